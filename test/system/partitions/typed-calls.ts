import { MsgType, type Status } from '../../../src/gen/common.js';
import {
  type BoolResponse,
  CreatePartitionRequest,
  DropPartitionRequest,
  HasPartitionRequest,
  ShowPartitionsRequest,
  type ShowPartitionsResponse,
} from '../../../src/gen/milvus.js';
import type { RootCoordClient } from '../../../src/gen/root_coord.js';
import { answerOf } from '../../kit/answer-of.js';

type Base = { readonly msgType: MsgType } | undefined;
type Ask = (root: RootCoordClient, base: Base) => Promise<Status | undefined>;

const named = { collectionName: 'books', partitionName: 'p' };

/** Partition RPCs of RootCoord, and the message type each must name. */
export const typedPartitionCalls: readonly (readonly [rpc: string, msgType: MsgType, ask: Ask])[] =
  [
    [
      'CreatePartition',
      MsgType.CreatePartition,
      (root, base) =>
        answerOf<Status>((done) =>
          root.createPartition(CreatePartitionRequest.create({ base, ...named }), done),
        ),
    ],
    [
      'DropPartition',
      MsgType.DropPartition,
      (root, base) =>
        answerOf<Status>((done) =>
          root.dropPartition(DropPartitionRequest.create({ base, ...named }), done),
        ),
    ],
    [
      'HasPartition',
      MsgType.HasPartition,
      async (root, base) => {
        const request = HasPartitionRequest.create({ base, ...named });
        return (await answerOf<BoolResponse>((done) => root.hasPartition(request, done))).status;
      },
    ],
    ...(['showPartitions', 'showPartitionsInternal'] as const).map(
      (method) =>
        [
          method,
          MsgType.ShowPartitions,
          async (root: RootCoordClient, base: Base) => {
            const request = ShowPartitionsRequest.create({ base, collectionName: 'books' });
            const answer = await answerOf<ShowPartitionsResponse>((done) =>
              root[method](request, done),
            );
            return answer.status;
          },
        ] as const,
    ),
  ];
