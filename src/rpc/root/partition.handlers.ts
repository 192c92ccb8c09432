import { StatusOk } from '../../domain/status.js';
import { MsgType } from '../../gen/common.js';
import type { ShowPartitionsRequest } from '../../gen/milvus.js';
import { RootCoordService } from '../../gen/root_coord.js';
import { byNameNow, type CollectionQuery } from '../../root/catalog/catalog-reader.js';
import type { RootCoord } from '../../root/root-coord.js';
import { askerOf } from '../asker-of.js';
import { showPartitionsReply } from '../show-partitions-reply.js';
import { type Call, type RpcDeps, unary } from '../unary.js';
import { checkType, collectionNameOf, type OnCollection } from './request.js';

interface OnPartition extends OnCollection {
  readonly partitionName: string;
}

const commandOf = ({ request }: Call<OnPartition>) => ({
  ...collectionNameOf(request),
  partitionName: request.partitionName,
});

/** Requests about partitions name no moment: they are about the present (facts/rootcoord §6.3). */
const shownIn = (request: ShowPartitionsRequest): CollectionQuery => ({
  ...collectionNameOf(request),
  collectionId: request.collectionID,
  at: 0n,
});

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
      const collection = byNameNow(collectionNameOf(request));
      return { status: StatusOk, value: root().partitions.has(collection, request.partitionName) };
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
