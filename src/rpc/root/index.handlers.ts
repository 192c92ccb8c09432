import type { DataCoord } from '../../data/data-coord.js';
import { CoordError, echo, isKind } from '../../domain/errors.js';
import { defineIndex } from '../../domain/indexes/define-index.js';
import { fieldByName } from '../../domain/indexes/indexed-field.js';
import type { CollectionRecord } from '../../domain/records.js';
import { StatusOk } from '../../domain/status.js';
import { MsgType } from '../../gen/common.js';
import { RootCoordService } from '../../gen/root_coord.js';
import { byNameNow } from '../../root/catalog/catalog-reader.js';
import type { RootCoord } from '../../root/root-coord.js';
import { checkUnkeyed } from '../check-unkeyed.js';
import { indexDescriptionOf, indexInfoOf } from '../index-replies.js';
import { type RpcDeps, unary } from '../unary.js';
import { checkType, collectionNameOf, type OnCollection } from './request.js';

/** In 2.1 every index has this name unless its request says another (facts/rootcoord §15). */
const DEFAULT_INDEX_NAME = '_default_idx';

/**
 * Index RPCs of the RootCoord of Milvus 2.1, with its messages (facts/rootcoord §15): they are
 * DataCoord's today.
 */
export function indexHandlers(deps: RpcDeps, root: () => RootCoord, data: () => DataCoord) {
  const collectionOf = (request: OnCollection): CollectionRecord =>
    root().collection(byNameNow(collectionNameOf(request)));

  const statusesOf = ({ id }: CollectionRecord, name: string) =>
    data().indexes.statistics({ collectionId: id, name });

  return {
    createIndex: unary(deps, RootCoordService.createIndex, async (call) => {
      checkUnkeyed(call);
      const { request } = call;
      checkType(request.base, MsgType.CreateIndex);
      const { id: collectionId, schema, name } = collectionOf(request);
      const field = fieldByName(schema, request.fieldName);
      if (!field) {
        // Milvus' own spelling, which old tests look for.
        throw CoordError.plain(`collection ${name} doesn't have filed ${echo(request.fieldName)}`);
      }
      const indexName = request.indexName || DEFAULT_INDEX_NAME;
      await data().indexes.create({
        ...defineIndex(schema, field, request.extraParams),
        name: indexName,
        collectionId,
        at: 0n,
        taken: {
          name: `index already exists, collection: ${name}, field: ${field.name}, index: ${echo(indexName)}`,
          field: 'creating multiple indexes on same field is not supported',
        },
      });
      return StatusOk;
    }),

    describeIndex: unary(deps, RootCoordService.describeIndex, ({ request }) => {
      checkType(request.base, MsgType.DescribeIndex);
      const collection = collectionOf(request);
      const statuses = statusesOf(collection, request.indexName);
      return {
        status: StatusOk,
        indexDescriptions: statuses.map((status) => indexDescriptionOf(collection, status)),
      };
    }),

    getIndexState: unary(deps, RootCoordService.getIndexState, ({ request }) => {
      const statuses = statusesOf(collectionOf(request), request.indexName);
      return { status: StatusOk, states: statuses.map(indexInfoOf) };
    }),

    dropIndex: unary(deps, RootCoordService.dropIndex, async (call) => {
      checkUnkeyed(call);
      const { request } = call;
      checkType(request.base, MsgType.DropIndex);
      const collection = found(() => collectionOf(request));
      if (collection) {
        const query = { collectionId: collection.id, name: request.indexName };
        await data().indexes.drop({ ...query, dropAll: true });
      }
      return StatusOk;
    }),
  };
}

/** Dropping the index of what is not there succeeds (facts/rootcoord §15). */
function found(find: () => CollectionRecord): CollectionRecord | undefined {
  try {
    return find();
  } catch (caught) {
    if (isKind(caught, 'CollectionNotFound')) return undefined;
    throw caught;
  }
}
