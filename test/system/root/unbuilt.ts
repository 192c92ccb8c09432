import { type Client, status as grpcStatus, type ServiceDefinition } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/gen/common.js';
import { DataCoordService } from '../../../src/gen/data_coord.js';
import { MilvusServiceService } from '../../../src/gen/milvus.js';
import { RootCoordService } from '../../../src/gen/root_coord.js';
import { answerOf } from '../../kit/answer-of.js';
import type { SuiteServer } from '../../kit/suite-server.js';

interface Offer {
  readonly service: string;
  readonly definition: ServiceDefinition;
  /** RPCs that answer; every other one must say that it does not. */
  readonly built: readonly string[];
  readonly clientOf: (server: SuiteServer) => Client;
}

/** Both services have them. */
const alterations = [
  ...['AlterCollection', 'AlterCollectionField', 'AddCollectionField', 'RenameCollection'],
  ...['TruncateCollection', 'AddCollectionFunction', 'AlterCollectionFunction'],
  'DropCollectionFunction',
];

/** Databases and aliases, on both services. */
const NAME_RPCS: readonly string[] = [
  ...['CreateDatabase', 'DropDatabase', 'ListDatabases', 'DescribeDatabase', 'AlterDatabase'],
  ...['CreateAlias', 'DropAlias', 'AlterAlias', 'DescribeAlias', 'ListAliases'],
];

const PARTITION_RPCS = ['CreatePartition', 'DropPartition', 'HasPartition', 'ShowPartitions'];

const INDEX_RPCS = ['CreateIndex', 'DescribeIndex', 'DropIndex', 'GetIndexState'];
const LATER_INDEX_RPCS = ['AlterIndex', 'GetIndexStatistics', 'GetIndexBuildProgress'];

/** Of RootCoord in Milvus 2.1. */
const EARLY_SEGMENT_RPCS: readonly string[] = [
  ...['DescribeSegment', 'DescribeSegments', 'ShowSegments'],
  ...['SegmentFlushCompleted', 'ReleaseDQLMessageStream'],
];

/** What is loaded, and what there is to load. */
const LOAD_RPCS: readonly string[] = [
  ...['LoadCollection', 'ReleaseCollection', 'LoadPartitions', 'ReleasePartitions'],
  ...['GetLoadState', 'GetLoadingProgress', 'GetReplicas'],
  ...['GetCollectionStatistics', 'GetPartitionStatistics'],
  ...['GetPersistentSegmentInfo', 'GetQuerySegmentInfo'],
];

const offers: readonly Offer[] = [
  {
    service: 'MilvusService',
    definition: MilvusServiceService,
    built: [
      ...['Connect', 'GetVersion', 'CheckHealth', 'GetComponentStates', 'AllocTimestamp'],
      ...['CreateCollection', 'DropCollection', 'HasCollection'],
      ...['DescribeCollection', 'ShowCollections', 'BatchDescribeCollection'],
      ...alterations,
      ...NAME_RPCS,
      ...PARTITION_RPCS,
      ...LOAD_RPCS,
      ...INDEX_RPCS,
      ...LATER_INDEX_RPCS,
    ],
    clientOf: (server) => server.milvus,
  },
  {
    service: 'RootCoord',
    definition: RootCoordService,
    built: [
      ...['GetComponentStates', 'CheckHealth', 'GetTimeTickChannel', 'GetStatisticsChannel'],
      ...['AllocTimestamp', 'AllocID', 'CreateCollection', 'DropCollection', 'HasCollection'],
      ...['DescribeCollection', 'ShowCollections', 'DescribeCollectionInternal'],
      'UpdateChannelTimeTick',
      ...['ShowCollectionIDs', 'GetPChannelInfo', 'InvalidateCollectionMetaCache'],
      ...alterations,
      ...NAME_RPCS,
      ...PARTITION_RPCS,
      'ShowPartitionsInternal',
      ...INDEX_RPCS,
      ...EARLY_SEGMENT_RPCS,
    ],
    clientOf: (server) => server.root,
  },
  {
    service: 'DataCoord',
    definition: DataCoordService,
    built: [
      ...['GetComponentStates', 'CheckHealth', 'GetStatisticsChannel'],
      ...['GetTimeTickChannel', 'GetSegmentInfoChannel'],
      ...['GetSegmentIndexState', 'GetIndexInfos', 'ListIndexes'],
      ...INDEX_RPCS,
      ...LATER_INDEX_RPCS,
    ],
    clientOf: (server) => server.data,
  },
];

/** SDKs fall back to an older call after it, or their answers have no place for a status. */
const GRPC_UNIMPLEMENTED: ReadonlySet<string> = new Set([
  ...['AlterCollectionSchema', 'Dummy', 'GetReplicateInfo'],
  ...['CreateReplicateStream', 'DumpMessages'],
]);

type Method = ServiceDefinition[string];

const rpcOf = ({ path }: Method): string => path.slice(path.lastIndexOf('/') + 1);

const callEmpty = (client: Client, { path, responseDeserialize }: Method): Promise<object> =>
  answerOf<object>((done) =>
    client.makeUnaryRequest(
      path,
      () => Buffer.alloc(0),
      responseDeserialize,
      {},
      (error, response) => done(error, response ?? {}),
    ),
  );

/** The status of an answer, wherever it has its place. */
const statusIn = (answer: object): unknown =>
  'errorCode' in answer ? answer : 'status' in answer ? answer.status : undefined;

async function expectUnbuilt(client: Client, method: Method): Promise<void> {
  const rpc = rpcOf(method);
  const asked = callEmpty(client, method);
  if (GRPC_UNIMPLEMENTED.has(rpc)) {
    await expect(asked, rpc).rejects.toMatchObject({ code: grpcStatus.UNIMPLEMENTED });
    return;
  }
  const reason = expect.stringMatching(new RegExp(`^${rpc}: service unimplemented: \\w`));
  expect(statusIn(await asked), rpc).toMatchObject({
    ...{ code: 10, errorCode: ErrorCode.UnexpectedError, retriable: false },
    ...{ reason, detail: reason },
  });
}

/** What is not built says so the way clients understand best (facts/wire-surface §4.3). */
export function unbuiltSuite(server: SuiteServer): void {
  for (const { service, definition, built, clientOf } of offers) {
    const methods = Object.values(definition);
    const unbuilt = methods.filter((method) => !built.includes(rpcOf(method)));

    describe(`of the ${methods.length} RPCs of ${service}`, () => {
      it(`${unbuilt.length} say that they are not built`, async () => {
        expect(unbuilt).toHaveLength(methods.length - built.length);
        await Promise.all(unbuilt.map((method) => expectUnbuilt(clientOf(server), method)));
      });

      it(`${built.length} never say so`, async () => {
        for (const method of methods.filter((each) => built.includes(rpcOf(each)))) {
          const status = statusIn(await callEmpty(clientOf(server), method));
          expect(status, rpcOf(method)).toMatchObject({ code: expect.any(Number) });
          expect(status, rpcOf(method)).not.toMatchObject({ code: 10 });
        }
      });
    });
  }
}
