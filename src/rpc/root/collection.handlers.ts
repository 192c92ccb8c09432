import { StatusOk } from '../../domain/status.js';
import { MsgType } from '../../gen/common.js';
import type { DescribeCollectionRequest, HasCollectionRequest } from '../../gen/milvus.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { CollectionQuery } from '../../root/catalog/catalog-reader.js';
import type { RootCoord } from '../../root/root-coord.js';
import { askerOf } from '../asker-of.js';
import { decodeSchema } from '../schema-bytes.js';
import { showCollectionsReply } from '../show-collections-reply.js';
import { type RpcDeps, unary } from '../unary.js';
import { checkType, collectionNameOf, databaseOf } from './request.js';

const queryOf = (request: HasCollectionRequest | DescribeCollectionRequest): CollectionQuery => ({
  ...collectionNameOf(request),
  collectionId: 'collectionID' in request ? request.collectionID : 0n,
  at: request.timeStamp,
});

/** Collection RPCs of `milvus.proto.rootcoord.RootCoord` (facts/rootcoord §5). */
export function collectionHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    createCollection: unary(deps, RootCoordService.createCollection, async (call) => {
      const { request } = call;
      checkType(request.base, MsgType.CreateCollection);
      const asker = askerOf(call);
      await root().createCollection(
        {
          ...collectionNameOf(request),
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
      await root().dropCollection(collectionNameOf(request), askerOf(call));
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

    describeCollectionInternal: unary(
      deps,
      RootCoordService.describeCollectionInternal,
      ({ request }) => {
        checkType(request.base, MsgType.DescribeCollection);
        return root().describeCollectionInternal(queryOf(request));
      },
    ),

    showCollections: unary(deps, RootCoordService.showCollections, ({ request }) => {
      checkType(request.base, MsgType.ShowCollections);
      const { timeStamp, collectionNames } = request;
      const collections = root().listings.collections(databaseOf(request), timeStamp);
      return showCollectionsReply(deps.lane, collections, collectionNames);
    }),
  };
}
