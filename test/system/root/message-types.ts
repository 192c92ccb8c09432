import { describe, expect, it } from 'vitest';
import { ErrorCode, MsgType, type Status } from '../../../src/gen/common.js';
import {
  AddCollectionFieldRequest,
  type BoolResponse,
  CreateCollectionRequest,
  DescribeCollectionRequest,
  type DescribeCollectionResponse,
  DropCollectionRequest,
  HasCollectionRequest,
  RenameCollectionRequest,
  ShowCollectionsRequest,
  type ShowCollectionsResponse,
} from '../../../src/gen/milvus.js';
import type { RootCoordClient } from '../../../src/gen/root_coord.js';
import { answerOf } from '../../kit/answer-of.js';
import type { SuiteServer } from '../../kit/suite-server.js';
import { typedPartitionCalls } from '../partitions/typed-calls.js';

type Base = { readonly msgType: MsgType } | undefined;
type Ask = (root: RootCoordClient, base: Base) => Promise<Status | undefined>;

const collectionName = 'books';

/** Each RPC that names its message type, and the type it must name. */
const calls: readonly (readonly [rpc: string, msgType: MsgType, ask: Ask])[] = [
  [
    'CreateCollection',
    MsgType.CreateCollection,
    (root, base) =>
      answerOf<Status>((done) =>
        root.createCollection(CreateCollectionRequest.create({ base, collectionName }), done),
      ),
  ],
  [
    'DropCollection',
    MsgType.DropCollection,
    (root, base) =>
      answerOf<Status>((done) =>
        root.dropCollection(DropCollectionRequest.create({ base, collectionName }), done),
      ),
  ],
  [
    'HasCollection',
    MsgType.HasCollection,
    async (root, base) => {
      const request = HasCollectionRequest.create({ base, collectionName });
      return (await answerOf<BoolResponse>((done) => root.hasCollection(request, done))).status;
    },
  ],
  [
    'DescribeCollection',
    MsgType.DescribeCollection,
    async (root, base) => {
      const request = DescribeCollectionRequest.create({ base, collectionName });
      const answer = await answerOf<DescribeCollectionResponse>((done) =>
        root.describeCollection(request, done),
      );
      return answer.status;
    },
  ],
  [
    'DescribeCollectionInternal',
    MsgType.DescribeCollection,
    async (root, base) => {
      const request = DescribeCollectionRequest.create({ base, collectionName });
      const answer = await answerOf<DescribeCollectionResponse>((done) =>
        root.describeCollectionInternal(request, done),
      );
      return answer.status;
    },
  ],
  [
    'RenameCollection',
    MsgType.RenameCollection,
    (root, base) =>
      answerOf<Status>((done) =>
        root.renameCollection(
          RenameCollectionRequest.create({ base, oldName: collectionName }),
          done,
        ),
      ),
  ],
  [
    'AddCollectionField',
    MsgType.AddCollectionField,
    (root, base) =>
      answerOf<Status>((done) =>
        root.addCollectionField(AddCollectionFieldRequest.create({ base, collectionName }), done),
      ),
  ],
  [
    'ShowCollections',
    MsgType.ShowCollections,
    async (root, base) => {
      const request = ShowCollectionsRequest.create({ base });
      const answer = await answerOf<ShowCollectionsResponse>((done) =>
        root.showCollections(request, done),
      );
      return answer.status;
    },
  ],
];

/** Proxies and coordinators always say what they ask for (facts/rootcoord §1). */
export function messageTypesSuite(server: SuiteServer): void {
  describe('the message type of a request', () => {
    for (const [rpc, expected, ask] of [...calls, ...typedPartitionCalls]) {
      const refusal = (actual: number) => ({
        code: 65535,
        errorCode: ErrorCode.UnexpectedError,
        reason: `invalid msg type, expected ${expected}, got ${actual}`,
      });

      it(`of ${rpc} must be ${expected}`, async () => {
        const others = [MsgType.Undefined, MsgType.CreatePartition, MsgType.TimeTick];
        for (const msgType of others.filter((other) => other !== expected)) {
          expect(await ask(server.root, { msgType })).toMatchObject(refusal(msgType));
        }
        expect(await ask(server.root, undefined)).toMatchObject(refusal(0));
        const asExpected = await ask(server.root, { msgType: expected });
        expect(asExpected?.reason).not.toContain('invalid msg type');
      });
    }
  });
}
