import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/gen/common.js';
import { GetSegmentInfoChannelRequest } from '../../../src/gen/data_coord.js';
import { GetTimeTickChannelRequest } from '../../../src/gen/internal.js';
import {
  type ComponentStates,
  GetComponentStatesRequest,
  type StringResponse,
} from '../../../src/gen/milvus.js';
import { answerOf } from '../../kit/answer-of.js';
import {
  alterAtData,
  createAtData,
  describeAtData,
  dropAtData,
  listAtData,
  valuesOf,
} from '../../kit/index-calls.js';
import { createAtRoot, describeAtRoot } from '../../kit/root-calls.js';
import { aSchema, aVarChar, pairs } from '../../kit/schemas.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, errorCode: ErrorCode.Success };
const indexParams = pairs({ index_type: 'HNSW', metric_type: 'L2', M: 8 });
const scalarParams = pairs({ index_type: 'INVERTED' });

/** Index RPCs of DataCoord, as a Milvus proxy asks them: by id, everything worked out. */
export function dataCoordIndexSuite(server: SuiteServer): void {
  const create = async (name: string) => {
    const schema = aSchema([aVarChar('title')], { name });
    await createAtRoot(server.root, name, { schema });
    const { collectionID, schema: stored } = await describeAtRoot(server.root, name);
    const idOf = (field: string) => stored?.fields.find((f) => f.name === field)?.fieldID ?? 0n;
    return { collectionID, vector: idOf('vector'), title: idOf('title') };
  };

  describe('of DataCoord', () => {
    it('create, describe, list and drop indexes', async () => {
      const { collectionID, vector, title } = await create('at_data');
      const { data } = server;
      const request = { collectionID, fieldID: vector, indexParams, userIndexParams: indexParams };
      expect(await createAtData(data, request)).toMatchObject(OK);
      expect(await createAtData(data, request)).toMatchObject(OK);
      const scalar = { collectionID, fieldID: title, indexName: 't', indexParams: scalarParams };
      expect(await createAtData(data, { ...scalar, timestamp: 77n })).toMatchObject(OK);
      const { indexInfos } = await describeAtData(data, { collectionID });
      expect(indexInfos).toMatchObject([
        { indexName: 'vector', fieldID: vector, collectionID, state: 3, totalRows: 0n },
        { indexName: 't', fieldID: title, collectionID, state: 3, totalRows: 0n },
      ]);
      const { indexInfos: listed } = await listAtData(data, collectionID);
      expect(listed.map(({ indexName, state }) => [indexName, state])).toEqual([
        ['vector', 0],
        ['t', 0],
      ]);
      expect(await dropAtData(data, { collectionID })).toMatchObject({ code: 702 });
      const ofPartition = { collectionID, indexName: 't', partitionIDs: [1n] };
      expect(await dropAtData(data, ofPartition)).toMatchObject(OK);
      expect((await listAtData(data, collectionID)).indexInfos).toHaveLength(2);
      expect(await dropAtData(data, { collectionID, dropAll: true })).toMatchObject(OK);
      expect(await listAtData(data, collectionID)).toMatchObject({ status: OK, indexInfos: [] });
      expect(await dropAtData(data, { collectionID, dropAll: true })).toMatchObject(OK);
    });

    it('name the channels, and have none for statistics', async () => {
      const { data } = server;
      const channel = (answer: Promise<StringResponse>) => answer;
      const ticks = GetTimeTickChannelRequest.create();
      expect(await channel(answerOf((done) => data.getTimeTickChannel(ticks, done)))).toMatchObject(
        { status: OK, value: 'by-dev-datacoord-timetick-channel' },
      );
      const segments = GetSegmentInfoChannelRequest.create();
      expect(
        await channel(answerOf((done) => data.getSegmentInfoChannel(segments, done))),
      ).toMatchObject({ status: OK, value: 'by-dev-segment-info-channel' });
    });

    it('alter one, and say what they do not take', async () => {
      const { collectionID, vector } = await create('altered_at_data');
      const { data } = server;
      await createAtData(data, { collectionID, fieldID: vector, indexParams });
      const subject = { collectionID, indexName: 'vector' };
      const on = { ...subject, params: pairs({ 'mmap.enabled': 'true' }) };
      expect(await alterAtData(data, on)).toMatchObject(OK);
      const [info] = (await describeAtData(data, { collectionID })).indexInfos;
      expect(valuesOf(info?.indexParams ?? [])['mmap.enabled']).toBe('true');
      expect(await alterAtData(data, { ...on, indexName: 'x' })).toMatchObject({
        code: 700,
        errorCode: ErrorCode.IndexNotExist,
      });
      expect(await alterAtData(data, { ...on, indexName: '' })).toMatchObject({ code: 1100 });
      const many = { ...subject, params: pairs({ M: 9 }) };
      expect(await alterAtData(data, many)).toMatchObject({ code: 1100 });
    });

    it.each([
      [{ collectionID: 4n }, 100, 'collection not found[collection=4]'],
      [{ fieldID: 4n }, 1700, 'field not found[fieldID=4]'],
      [
        { indexParams: [...scalarParams, ...scalarParams] },
        1100,
        'duplicated index param key "index_type": invalid parameter',
      ],
      [
        { indexName: 'i'.repeat(2_049) },
        1100,
        'the length of an index name should be limited to 2048, but is 2049: invalid parameter',
      ],
    ])('refuse a create with %o', async (changes, code, reason) => {
      const name = `refused_at_data_${code}_${Object.keys(changes)}`;
      const { collectionID, title } = await create(name.slice(0, 60));
      const request = { collectionID, fieldID: title, indexParams: scalarParams, ...changes };
      expect(await createAtData(server.data, request)).toMatchObject({ code, reason });
      expect((await listAtData(server.data, collectionID)).indexInfos).toEqual([]);
    });

    it('tell of segments what there is to tell: none has an index', async () => {
      const { collectionID, vector } = await create('segments_at_data');
      const { data } = server;
      await createAtData(data, { collectionID, fieldID: vector, indexParams });
      const states = await answerOf<object>((done) =>
        data.getSegmentIndexState({ collectionID, indexName: '', segmentIDs: [5n] }, done),
      );
      expect(states).toMatchObject({
        status: OK,
        states: [{ segmentID: 5n, state: 1, failReason: 'segment index not exist with ID: 5' }],
      });
      const infos = await answerOf<{ segmentInfo: Map<bigint, object> }>((done) =>
        data.getIndexInfos({ collectionID, segmentIDs: [5n, 6n], indexName: '' }, done),
      );
      expect([...infos.segmentInfo.keys()]).toEqual([5n, 6n]);
      expect(infos.segmentInfo.get(5n)).toMatchObject({ enableIndex: false, indexInfos: [] });
    });

    it('say which component they belong to', async () => {
      const states = await answerOf<ComponentStates>((done) =>
        server.data.getComponentStates(GetComponentStatesRequest.create(), done),
      );
      expect(states).toMatchObject({ status: OK, state: { role: 'datacoord', stateCode: 1 } });
    });
  });
}
