import { StatusOk } from '../../domain/status.js';
import { MsgType } from '../../gen/common.js';
import type { ShowPartitionsRequest } from '../../gen/milvus.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { CollectionQuery } from '../../root/catalog/catalog-reader.js';
import type { RootCoord } from '../../root/root-coord.js';
import { askerOf } from '../asker-of.js';
import { showPartitionsReply } from '../show-partitions-reply.js';
import { type Call, type RpcDeps, unary } from '../unary.js';
import { checkType, databaseOf } from './request.js';

interface Named {
  readonly dbName: string;
  readonly collectionName: string;
  readonly partitionName: string;
}

const commandOf = ({ request }: Call<Named>) => ({
  databaseName: databaseOf(request),
  collectionName: request.collectionName,
  partitionName: request.partitionName,
});

/** Requests about partitions name no moment: they are about the present (facts/rootcoord §6.3). */
const queryOf = (request: Omit<Named, 'partitionName'>, collectionId: bigint): CollectionQuery => ({
  databaseName: databaseOf(request),
  collectionName: request.collectionName,
  collectionId,
  at: 0n,
});

const shownIn = (request: ShowPartitionsRequest) => queryOf(request, request.collectionID);

/** Partition RPCs of `milvus.proto.rootcoord.RootCoord` (facts/rootcoord §6). */
export function partitionHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    createPartition: unary(deps, RootCoordService.createPartition, async (call) => {
      checkType(call.request.base, MsgType.CreatePartition);
      await root().partitions.create(commandOf(call), askerOf(call));
      return StatusOk;
    }),

    dropPartition: unary(deps, RootCoordService.dropPartition, async (call) => {
      checkType(call.request.base, MsgType.DropPartition);
      await root().partitions.drop(commandOf(call), askerOf(call));
      return StatusOk;
    }),

    hasPartition: unary(deps, RootCoordService.hasPartition, ({ request }) => {
      checkType(request.base, MsgType.HasPartition);
      const { partitionName } = request;
      return {
        status: StatusOk,
        value: root().partitions.has(queryOf(request, 0n), partitionName),
      };
    }),

    showPartitions: unary(deps, RootCoordService.showPartitions, ({ request }) => {
      checkType(request.base, MsgType.ShowPartitions);
      return showPartitionsReply(root().partitions.list(shownIn(request)));
    }),

    showPartitionsInternal: unary(deps, RootCoordService.showPartitionsInternal, ({ request }) => {
      checkType(request.base, MsgType.ShowPartitions);
      return showPartitionsReply(root().partitions.listInternal(shownIn(request)));
    }),
  };
}
