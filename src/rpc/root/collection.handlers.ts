import { CoordError } from '../../domain/errors.js';
import { DEFAULT_DATABASE_NAME } from '../../domain/ids.js';
import { StatusOk } from '../../domain/status.js';
import { type MsgBase, MsgType } from '../../gen/common.js';
import type { DescribeCollectionRequest, HasCollectionRequest } from '../../gen/milvus.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { CollectionQuery } from '../../root/catalog/catalog-reader.js';
import type { RootCoord } from '../../root/root-coord.js';
import { decodeSchema } from '../schema-bytes.js';
import { showCollectionsReply } from '../show-collections-reply.js';
import { type RpcDeps, unary } from '../unary.js';

/** Coordinators and proxies always say what they ask for; 0 is a mismatch, too (§1). */
function checkType(base: MsgBase | undefined, expected: MsgType): void {
  const actual = base?.msgType ?? MsgType.Undefined;
  if (actual === expected) return;
  throw CoordError.plain(`invalid msg type, expected ${expected}, got ${actual}`);
}

const databaseOf = ({ dbName }: { dbName: string }): string => dbName || DEFAULT_DATABASE_NAME;

const queryOf = (request: HasCollectionRequest | DescribeCollectionRequest): CollectionQuery => ({
  databaseName: databaseOf(request),
  collectionName: request.collectionName,
  collectionId: 'collectionID' in request ? request.collectionID : 0n,
  at: request.timeStamp,
});

/** Collection RPCs of `milvus.proto.rootcoord.RootCoord` (facts/rootcoord §5). */
export function collectionHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    createCollection: unary(deps, RootCoordService.createCollection, async (call) => {
      const { request } = call;
      checkType(request.base, MsgType.CreateCollection);
      const asker = { actor: call.peer, signal: call.signal };
      await root().createCollection(
        {
          databaseName: databaseOf(request),
          collectionName: request.collectionName,
          schema: decodeSchema(request.schema),
          shardsNum: request.shardsNum,
          consistencyLevel: request.consistencyLevel,
          properties: request.properties,
          numPartitions: request.numPartitions,
        },
        asker,
      );
      return StatusOk;
    }),

    dropCollection: unary(deps, RootCoordService.dropCollection, async (call) => {
      const { request } = call;
      checkType(request.base, MsgType.DropCollection);
      await root().dropCollection(
        { databaseName: databaseOf(request), collectionName: request.collectionName },
        { actor: call.peer, signal: call.signal },
      );
      return StatusOk;
    }),

    hasCollection: unary(deps, RootCoordService.hasCollection, ({ request }) => {
      checkType(request.base, MsgType.HasCollection);
      return { status: StatusOk, value: root().hasCollection(queryOf(request)) };
    }),

    describeCollection: unary(deps, RootCoordService.describeCollection, ({ request }) => {
      checkType(request.base, MsgType.DescribeCollection);
      return root().describeCollection(queryOf(request), 'internal');
    }),

    showCollections: unary(deps, RootCoordService.showCollections, ({ request }) => {
      checkType(request.base, MsgType.ShowCollections);
      const { timeStamp, collectionNames } = request;
      const collections = root().listCollections(databaseOf(request), timeStamp);
      return showCollectionsReply(collections, collectionNames);
    }),
  };
}
