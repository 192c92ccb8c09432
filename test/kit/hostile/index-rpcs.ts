import { MsgType } from '../../../src/gen/common.js';
import { DataCoordService as D } from '../../../src/gen/data_coord.js';
import {
  AlterIndexRequest as DataAlterIndexRequest,
  CreateIndexRequest as DataCreateIndexRequest,
  DescribeIndexRequest as DataDescribeIndexRequest,
  DropIndexRequest as DataDropIndexRequest,
  GetIndexInfoRequest,
  GetSegmentIndexStateRequest,
} from '../../../src/gen/index_coord.js';
import {
  AlterIndexRequest,
  CreateIndexRequest,
  DescribeIndexRequest,
  DropIndexRequest,
  GetIndexStatisticsRequest,
  MilvusServiceService as M,
} from '../../../src/gen/milvus.js';
import { RootCoordService as R } from '../../../src/gen/root_coord.js';
import { pairs } from '../schemas.js';
import type { BuiltRpc, ServiceName } from './built-rpcs.js';

const NAMED = { collectionName: 'hostile', fieldName: 'vector', indexName: 'i' };
const extraParams = pairs({ index_type: 'HNSW', metric_type: 'L2', params: '{"M":8}' });

const create = CreateIndexRequest.create({
  base: { msgType: MsgType.CreateIndex },
  ...NAMED,
  extraParams,
});
const drop = DropIndexRequest.create({ base: { msgType: MsgType.DropIndex }, ...NAMED });
const describe = DescribeIndexRequest.create({
  base: { msgType: MsgType.DescribeIndex },
  ...NAMED,
});
const alter = AlterIndexRequest.create({
  ...NAMED,
  extraParams: pairs({ 'mmap.enabled': 'true' }),
});

const rpcs = (service: ServiceName, requests: readonly (readonly [string, Buffer])[]): BuiltRpc[] =>
  requests.map(([path, valid]) => ({ service, path, valid }));

/** What DataCoord is asked about itself. */
const EMPTY = [
  D.getComponentStates.path,
  D.checkHealth.path,
  D.getStatisticsChannel.path,
  D.getTimeTickChannel.path,
  D.getSegmentInfoChannel.path,
].map((path) => [path, Buffer.alloc(0)] as const);

const DATA = { collectionID: 100n, indexName: 'i' };

/** Index RPCs and requests they take, on every service, and the others of DataCoord. */
export const indexRpcs: readonly BuiltRpc[] = [
  ...rpcs('milvus', [
    [M.createIndex.path, M.createIndex.requestSerialize(create)],
    [M.alterIndex.path, M.alterIndex.requestSerialize(alter)],
    [M.dropIndex.path, M.dropIndex.requestSerialize(drop)],
    [M.describeIndex.path, M.describeIndex.requestSerialize(describe)],
    // These ask in the same words.
    [M.getIndexState.path, M.describeIndex.requestSerialize(describe)],
    [M.getIndexBuildProgress.path, M.describeIndex.requestSerialize(describe)],
    [
      M.getIndexStatistics.path,
      M.getIndexStatistics.requestSerialize(
        GetIndexStatisticsRequest.create({ collectionName: 'hostile', indexName: 'i' }),
      ),
    ],
  ]),
  ...rpcs('rootCoord', [
    [R.createIndex.path, R.createIndex.requestSerialize(create)],
    [R.dropIndex.path, R.dropIndex.requestSerialize(drop)],
    [R.describeIndex.path, R.describeIndex.requestSerialize(describe)],
    [R.getIndexState.path, R.describeIndex.requestSerialize(describe)],
  ]),
  ...rpcs('dataCoord', EMPTY),
  ...rpcs('dataCoord', [
    [
      D.createIndex.path,
      D.createIndex.requestSerialize(
        DataCreateIndexRequest.create({
          ...DATA,
          fieldID: 101n,
          indexParams: extraParams,
          userIndexParams: extraParams,
        }),
      ),
    ],
    [
      D.alterIndex.path,
      D.alterIndex.requestSerialize(
        DataAlterIndexRequest.create({ ...DATA, params: pairs({ 'mmap.enabled': 'true' }) }),
      ),
    ],
    [
      D.dropIndex.path,
      D.dropIndex.requestSerialize(DataDropIndexRequest.create({ ...DATA, dropAll: true })),
    ],
    [
      D.getSegmentIndexState.path,
      D.getSegmentIndexState.requestSerialize(
        GetSegmentIndexStateRequest.create({ ...DATA, segmentIDs: [1n, 2n] }),
      ),
    ],
    [
      D.getIndexInfos.path,
      D.getIndexInfos.requestSerialize(
        GetIndexInfoRequest.create({ collectionID: 100n, segmentIDs: [1n, 2n] }),
      ),
    ],
    ...[
      D.describeIndex.path,
      D.getIndexState.path,
      D.getIndexStatistics.path,
      D.getIndexBuildProgress.path,
      D.listIndexes.path,
    ].map(
      (path) =>
        [
          path,
          D.describeIndex.requestSerialize(DataDescribeIndexRequest.create({ ...DATA })),
        ] as const,
    ),
  ]),
];
