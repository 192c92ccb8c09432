import { beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode, MsgType } from '../../../src/gen/common.js';
import { createIndex, describeIndex } from '../../kit/index-calls.js';
import { createPartition, showPartitions } from '../../kit/partition-calls.js';
import { createAtRoot, describeAtRoot, dropAtRoot } from '../../kit/root-calls.js';
import { pairs } from '../../kit/schemas.js';
import {
  describeSegment,
  describeSegments,
  releaseStream,
  segmentFlushCompleted,
  showSegments,
} from '../../kit/segment-calls.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, errorCode: ErrorCode.Success };
const GONE_ID = 404n;
const UNSEEN = {
  code: 100,
  errorCode: ErrorCode.CollectionNotExists,
  reason: `collection not found[collection=${GONE_ID}]`,
};

const refused = (reason: string) => ({ code: 65535, errorCode: ErrorCode.UnexpectedError, reason });

/** Segment RPCs of the RootCoord of Milvus 2.1 (facts/rootcoord §15), where there are no segments. */
export function earlySegmentSuite(server: SuiteServer): void {
  describe('segments, of the RootCoord of Milvus 2.1', () => {
    let collectionID = 0n;
    let partitionIDs: bigint[] = [];

    const idOf = async (name: string) => (await describeAtRoot(server.root, name)).collectionID;

    beforeAll(async () => {
      const { root } = server;
      await createAtRoot(root, 'early_segments');
      await createPartition(root, 'early_segments', 'p');
      collectionID = await idOf('early_segments');
      partitionIDs = (await showPartitions(root, { collectionID })).partitionIDs;
    });

    it('are none in any partition', async () => {
      expect(partitionIDs).toHaveLength(2);
      for (const partitionID of partitionIDs) {
        expect(await showSegments(server.root, { collectionID, partitionID })).toMatchObject({
          status: OK,
          segmentIDs: [],
        });
      }
    });

    it('are none when none are asked about', async () => {
      const answer = await describeSegments(server.root, { collectionID, segmentIDs: [] });
      expect(answer).toMatchObject({ status: OK, collectionID, segmentInfos: new Map() });
    });

    it('of another partition are not shown', async () => {
      await createAtRoot(server.root, 'early_other');
      const other = await showPartitions(server.root, { collectionName: 'early_other' });
      for (const partitionID of [0n, collectionID, ...other.partitionIDs]) {
        const { status } = await showSegments(server.root, { collectionID, partitionID });
        expect(status).toMatchObject(
          refused(`partition id = ${partitionID} not belong to collection id = ${collectionID}`),
        );
      }
    });

    it('that are not there are not described', async () => {
      const one = await describeSegment(server.root, { collectionID, segmentID: 9n });
      expect(one).toMatchObject({
        status: refused(`segment id 9 not belong to collection id ${collectionID}`),
        ...{ indexID: 0n, buildID: 0n, enableIndex: false, fieldID: 0n },
      });
      const many = await describeSegments(server.root, { collectionID, segmentIDs: [9n, 10n] });
      expect(many).toMatchObject({
        status: refused(`segment not found, collection: ${collectionID}, segment: 9`),
        segmentInfos: new Map(),
      });
    });

    it('that are flushed but not there leave the indexes as they are', async () => {
      const { root } = server;
      expect(await segmentFlushCompleted(root, { collectionID })).toMatchObject(OK);
      const extraParams = pairs({ index_type: 'IVF_FLAT', metric_type: 'L2', nlist: 128 });
      const collectionName = 'early_segments';
      await createIndex(root, { collectionName, fieldName: 'vector', extraParams });
      const before = await describeIndex(root, { collectionName });
      expect(await segmentFlushCompleted(root, { collectionID })).toMatchObject(OK);
      expect(await describeIndex(root, { collectionName })).toEqual(before);
      expect(before.indexDescriptions).toMatchObject([{ totalRows: 0n, state: 3 }]);
    });

    it('of a collection nobody sees are refused, also of one that was dropped', async () => {
      const { root } = server;
      await createAtRoot(root, 'early_dropped');
      const dropped = await idOf('early_dropped');
      await dropAtRoot(root, 'early_dropped');
      for (const id of [GONE_ID, dropped]) {
        const asked = { collectionID: id };
        const reason = `collection not found[collection=${id}]`;
        const statuses = [
          (await describeSegment(root, { ...asked, segmentID: 9n })).status,
          (await describeSegments(root, { ...asked, segmentIDs: [] })).status,
          (await showSegments(root, { ...asked, partitionID: 1n })).status,
          await segmentFlushCompleted(root, asked),
        ];
        for (const status of statuses) expect(status).toMatchObject({ ...UNSEEN, reason });
      }
    });

    it('have search streams that are let go of whenever that is asked', async () => {
      for (const id of [collectionID, collectionID, GONE_ID]) {
        expect(await releaseStream(server.root, id)).toMatchObject(OK);
      }
    });

    it('are asked about by type', async () => {
      const { root } = server;
      const asked = { collectionID, msgType: MsgType.TimeTick };
      const reason = (type: number) =>
        `invalid msg type, expected ${type}, got ${MsgType.TimeTick}`;
      const { status: one } = await describeSegment(root, { ...asked, segmentID: 9n });
      const { status: many } = await describeSegments(root, { ...asked, segmentIDs: [] });
      const { status: shown } = await showSegments(root, { ...asked, partitionID: 1n });
      const flushed = await segmentFlushCompleted(root, asked);
      expect(one).toMatchObject(refused(reason(251)));
      expect(many).toMatchObject(refused(reason(256)));
      expect(shown).toMatchObject(refused(reason(250)));
      expect(flushed).toMatchObject(refused(reason(1207)));
    });
  });
}
