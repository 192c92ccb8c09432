import type { DataCoord } from '../data/data-coord.js';
import { checkCollectionName } from '../domain/names.js';
import type { SchemaLimits } from '../domain/schema/schema-limits.js';
import { validateCreateCollection } from '../domain/schema/validate-schema.js';
import { StatusOk } from '../domain/status.js';
import { type CreateCollectionRequest, MilvusServiceService, ShowType } from '../gen/milvus.js';
import type { QueryCoord } from '../query/query-coord.js';
import type { RootCoord } from '../root/root-coord.js';
import { askerOf } from '../rpc/asker-of.js';
import { decodeSchema } from '../rpc/schema-bytes.js';
import { showCollectionsReply } from '../rpc/show-collections-reply.js';
import { type Call, type RpcDeps, unary } from '../rpc/unary.js';
import { inClientsWords } from './clients-words.js';
import { loadedCollections } from './in-memory.js';
import { collectionNameReader } from './named-collection.js';
import { requestDatabase } from './request-database.js';

export interface FrontDeps extends RpcDeps {
  readonly root: () => RootCoord;
  readonly data: () => DataCoord;
  readonly query: () => QueryCoord;
  readonly schemaLimits: SchemaLimits;
}

/** Collection RPCs of MilvusService: what a proxy checks, then RootCoord. */
export function collectionHandlers(deps: FrontDeps) {
  const { root, schemaLimits } = deps;
  const nameOf = (name: string): string => checkCollectionName(name, schemaLimits.maxNameLength);
  const collectionNameOf = collectionNameReader(deps);
  return {
    createCollection: unary(deps, MilvusServiceService.createCollection, async (call) => {
      const command = judgeCreate(call, schemaLimits);
      await root().createCollection(command, askerOf(call));
      return StatusOk;
    }),

    dropCollection: unary(deps, MilvusServiceService.dropCollection, async (call) => {
      await root().dropCollection(collectionNameOf(call), askerOf(call));
      return StatusOk;
    }),

    hasCollection: unary(deps, MilvusServiceService.hasCollection, (call) => {
      const collectionName = nameOf(call.request.collectionName);
      const query = {
        databaseName: requestDatabase(call),
        collectionName,
        collectionId: 0n,
        at: call.request.timeStamp,
      };
      return { status: StatusOk, value: root().hasCollection(query) };
    }),

    describeCollection: unary(deps, MilvusServiceService.describeCollection, (call) => {
      const { collectionName, collectionID, timeStamp } = call.request;
      const isById = collectionName === '' && collectionID !== 0n;
      const query = {
        databaseName: requestDatabase(call),
        collectionName: isById ? '' : nameOf(collectionName),
        collectionId: collectionID,
        at: timeStamp,
      };
      try {
        return root().describeCollection(query, 'public');
      } catch (caught) {
        throw inClientsWords(caught);
      }
    }),

    showCollections: unary(deps, MilvusServiceService.showCollections, async (call) => {
      const { type, timeStamp, collectionNames } = call.request;
      const databaseName = requestDatabase(call);
      if (type === ShowType.InMemory) {
        const loaded = await loadedCollections(deps, databaseName, collectionNames);
        return showCollectionsReply(deps.lane, loaded.records, [], loaded.progressOf);
      }
      const collections = root().listings.collections(databaseName, timeStamp);
      return showCollectionsReply(deps.lane, collections, collectionNames);
    }),
  };
}

function judgeCreate(call: Call<CreateCollectionRequest>, limits: SchemaLimits) {
  const { request } = call;
  const { shardsNum, properties, consistencyLevel } = request;
  const collectionName = request.collectionName.trim();
  const { schema, numPartitions } = validateCreateCollection(
    { ...request, collectionName, schema: decodeSchema(request.schema) },
    limits,
  );
  return {
    databaseName: requestDatabase(call),
    collectionName,
    schema,
    shardsNum,
    consistencyLevel,
    properties,
    numPartitions,
  };
}
