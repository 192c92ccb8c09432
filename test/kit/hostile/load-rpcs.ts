import {
  GetCollectionStatisticsRequest,
  GetLoadingProgressRequest,
  GetLoadStateRequest,
  GetPartitionStatisticsRequest,
  GetPersistentSegmentInfoRequest,
  GetQuerySegmentInfoRequest,
  GetReplicasRequest,
  LoadCollectionRequest,
  LoadPartitionsRequest,
  MilvusServiceService as M,
  ReleaseCollectionRequest,
  ReleasePartitionsRequest,
} from '../../../src/gen/milvus.js';
import type { BuiltRpc } from './built-rpcs.js';

const collectionName = 'hostile';
const partitionNames = ['_default', 'p'];
const load = {
  collectionName,
  replicaNumber: 1,
  resourceGroups: ['__default_resource_group'],
  loadFields: ['id', 'vector'],
  loadParams: { load_priority: 'low' },
};

const requests: readonly (readonly [string, Buffer])[] = [
  [M.loadCollection.path, M.loadCollection.requestSerialize(LoadCollectionRequest.create(load))],
  [
    M.loadPartitions.path,
    M.loadPartitions.requestSerialize(LoadPartitionsRequest.create({ ...load, partitionNames })),
  ],
  [
    M.releaseCollection.path,
    M.releaseCollection.requestSerialize(ReleaseCollectionRequest.create({ collectionName })),
  ],
  [
    M.releasePartitions.path,
    M.releasePartitions.requestSerialize(
      ReleasePartitionsRequest.create({ collectionName, partitionNames }),
    ),
  ],
  [
    M.getLoadState.path,
    M.getLoadState.requestSerialize(GetLoadStateRequest.create({ collectionName, partitionNames })),
  ],
  [
    M.getLoadingProgress.path,
    M.getLoadingProgress.requestSerialize(
      GetLoadingProgressRequest.create({ collectionName, partitionNames }),
    ),
  ],
  [
    M.getReplicas.path,
    M.getReplicas.requestSerialize(GetReplicasRequest.create({ collectionName })),
  ],
  [
    M.getCollectionStatistics.path,
    M.getCollectionStatistics.requestSerialize(
      GetCollectionStatisticsRequest.create({ collectionName }),
    ),
  ],
  [
    M.getPartitionStatistics.path,
    M.getPartitionStatistics.requestSerialize(
      GetPartitionStatisticsRequest.create({ collectionName, partitionName: '_default' }),
    ),
  ],
  [
    M.getPersistentSegmentInfo.path,
    M.getPersistentSegmentInfo.requestSerialize(
      GetPersistentSegmentInfoRequest.create({ collectionName }),
    ),
  ],
  [
    M.getQuerySegmentInfo.path,
    M.getQuerySegmentInfo.requestSerialize(GetQuerySegmentInfoRequest.create({ collectionName })),
  ],
];

/** RPCs about loads and statistics, and requests they take. */
export const loadRpcs: readonly BuiltRpc[] = requests.map(([path, valid]) => ({
  service: 'milvus',
  path,
  valid,
}));
