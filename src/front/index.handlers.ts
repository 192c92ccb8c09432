import type { IndexQuery, IndexStatus } from '../data/indexes/index-reader.js';
import type { IndexPrecondition } from '../data/indexes/indexes.js';
import { CoordError, echo } from '../domain/errors.js';
import type { CollectionId, FieldId } from '../domain/ids.js';
import { checkAlteration } from '../domain/indexes/alter-index.js';
import { defineIndex } from '../domain/indexes/define-index.js';
import { checkIndexName } from '../domain/indexes/index-names.js';
import { fieldByName } from '../domain/indexes/indexed-field.js';
import type { CollectionRecord } from '../domain/records.js';
import { refusal } from '../domain/refusals.js';
import { StatusOk } from '../domain/status.js';
import { IndexState } from '../gen/common.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { checkUnkeyed } from '../rpc/check-unkeyed.js';
import { indexDescriptionOf } from '../rpc/index-replies.js';
import { type Call, unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { collectionReader, type OnCollection } from './named-collection.js';

interface OnIndex extends OnCollection {
  readonly indexName: string;
  /** Without an index name it says which index is meant. */
  readonly fieldName?: string;
}

/** No field has it. */
const NO_FIELD = -1n as FieldId;

/** Index DDL of MilvusService: what a proxy checks and fills in (facts/wire-surface §2.5). */
export function indexHandlers(deps: FrontDeps) {
  const { data } = deps;
  const service = MilvusServiceService;
  const { maxNameLength } = deps.schemaLimits;
  const collectionOf = collectionReader(deps);
  const whileReleased =
    (id: CollectionId, refuse: () => CoordError): IndexPrecondition =>
    async () => {
      const progressOf = await deps.query().loads.collections(id);
      if (progressOf(id)) throw refuse();
    };
  return {
    createIndex: unary(deps, service.createIndex, async (call) => {
      checkUnkeyed(call);
      const { fieldName, indexName, extraParams } = call.request;
      const { id: collectionId, schema } = collectionOf(call);
      const name = checkIndexName(indexName, maxNameLength);
      const field = fieldByName(schema, fieldName);
      if (!field) {
        throw CoordError.plain(`cannot create index on non-exist field: ${echo(fieldName)}`);
      }
      const definition = defineIndex(schema, field, extraParams);
      await data().indexes.create({ ...definition, name, collectionId, at: 0n });
      return StatusOk;
    }),

    alterIndex: unary(deps, service.alterIndex, async (call) => {
      checkUnkeyed(call);
      const { indexName, extraParams: params, deleteKeys } = call.request;
      const { id: collectionId, name: collection } = collectionOf(call);
      const name = checkIndexName(indexName, maxNameLength);
      checkAlteration({ params, deleteKeys });
      const precondition = whileReleased(collectionId, () => loadedForAlter(collection));
      await data().indexes.alter({ collectionId, name, params, deleteKeys, precondition });
      return StatusOk;
    }),

    dropIndex: unary(deps, service.dropIndex, async (call) => {
      checkUnkeyed(call);
      const query = queryOf(collectionOf(call), call.request);
      const precondition = whileReleased(query.collectionId, loadedForDrop);
      await data().indexes.drop({ ...query, dropAll: false, precondition });
      return StatusOk;
    }),

    ...readHandlers(deps),
  };
}

/** Code 104: what is searched through an index keeps it as it is. */
const loadedForAlter = (collection: string): CoordError =>
  refusal(
    'CollectionLoaded',
    "can't alter index on loaded collection, please release the collection first",
    { collection },
  );

/** Code 65535. */
const loadedForDrop = (): CoordError =>
  CoordError.plain('index cannot be dropped, collection is loaded, please release it first');

function readHandlers(deps: FrontDeps) {
  const { data } = deps;
  const service = MilvusServiceService;
  const collectionOf = collectionReader(deps);
  const onlyOf = (call: Call<OnIndex>): IndexStatus =>
    data().indexes.only(queryOf(collectionOf(call), call.request));
  return {
    describeIndex: unary(deps, service.describeIndex, (call) => {
      const collection = collectionOf(call);
      const query = queryOf(collection, call.request);
      const statuses = data().indexes.describe(query, call.request.timestamp);
      return {
        status: StatusOk,
        indexDescriptions: statuses.map((status) => indexDescriptionOf(collection, status)),
      };
    }),

    getIndexStatistics: unary(deps, service.getIndexStatistics, (call) => {
      const collection = collectionOf(call);
      const statuses = data().indexes.statistics(queryOf(collection, call.request));
      return {
        status: StatusOk,
        indexDescriptions: statuses.map((status) => indexDescriptionOf(collection, status)),
      };
    }),

    getIndexState: unary(deps, service.getIndexState, (call) => {
      const { state, failReason } = onlyOf(call).progress;
      return { status: StatusOk, state: IndexState[state], failReason };
    }),

    getIndexBuildProgress: unary(deps, service.getIndexBuildProgress, (call) => {
      const { indexedRows, totalRows } = onlyOf(call).progress;
      return { status: StatusOk, indexedRows, totalRows };
    }),
  };
}

/**
 * A client that names only the field means its index, and no other: Milvus overlooks the field and
 * drops whatever single index the collection has.
 */
function queryOf({ id, schema }: CollectionRecord, request: OnIndex): IndexQuery {
  const name = request.indexName.trim();
  const collectionId = id;
  if (name !== '' || !request.fieldName) return { collectionId, name };
  const field = fieldByName(schema, request.fieldName);
  return { collectionId, name, fieldId: (field?.fieldID ?? NO_FIELD) as FieldId };
}
