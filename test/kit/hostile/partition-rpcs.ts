import { MsgType } from '../../../src/gen/common.js';
import {
  CreatePartitionRequest,
  DropPartitionRequest,
  HasPartitionRequest,
  MilvusServiceService as M,
  ShowPartitionsRequest,
} from '../../../src/gen/milvus.js';
import { RootCoordService as R } from '../../../src/gen/root_coord.js';
import type { BuiltRpc, ServiceName } from './built-rpcs.js';

const NAMED = { collectionName: 'hostile', partitionName: 'p' };
const create = CreatePartitionRequest.create({
  base: { msgType: MsgType.CreatePartition },
  ...NAMED,
});
const drop = DropPartitionRequest.create({ base: { msgType: MsgType.DropPartition }, ...NAMED });
const has = HasPartitionRequest.create({ base: { msgType: MsgType.HasPartition }, ...NAMED });
const show = ShowPartitionsRequest.create({
  base: { msgType: MsgType.ShowPartitions },
  collectionName: 'hostile',
  partitionNames: ['_default', 'p'],
});

const rpcsOf = (service: ServiceName, methods: typeof M | typeof R): BuiltRpc[] => {
  const { createPartition, dropPartition, hasPartition, showPartitions } = methods;
  return [
    [createPartition.path, createPartition.requestSerialize(create)] as const,
    [dropPartition.path, dropPartition.requestSerialize(drop)] as const,
    [hasPartition.path, hasPartition.requestSerialize(has)] as const,
    [showPartitions.path, showPartitions.requestSerialize(show)] as const,
  ].map(([path, valid]) => ({ service, path, valid }));
};

/** Partition RPCs and requests they take, on both services. */
export const partitionRpcs: readonly BuiltRpc[] = [
  ...rpcsOf('milvus', M),
  ...rpcsOf('rootCoord', R),
  {
    service: 'rootCoord',
    path: R.showPartitionsInternal.path,
    valid: R.showPartitionsInternal.requestSerialize(show),
  },
];
