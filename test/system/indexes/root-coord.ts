import { describe, expect, it } from 'vitest';
import { ErrorCode, MsgType } from '../../../src/gen/common.js';
import type { GetIndexStatesResponse } from '../../../src/gen/index_coord.js';
import {
  CreateIndexRequest,
  DescribeIndexRequest,
  DropIndexRequest,
  GetIndexStateRequest,
} from '../../../src/gen/milvus.js';
import type { RootCoordClient } from '../../../src/gen/root_coord.js';
import { answerOf } from '../../kit/answer-of.js';
import { createIndex, describeIndex, dropIndex, valuesOf } from '../../kit/index-calls.js';
import { createAtRoot } from '../../kit/root-calls.js';
import { pairs } from '../../kit/schemas.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, errorCode: ErrorCode.Success };
const extraParams = pairs({ index_type: 'IVF_FLAT', metric_type: 'L2', params: '{"nlist":128}' });

const stateAtRoot = (root: RootCoordClient, collectionName: string) =>
  answerOf<GetIndexStatesResponse>((done) =>
    root.getIndexState(GetIndexStateRequest.create({ collectionName }), done),
  );

/** Index RPCs of the RootCoord of Milvus 2.1 (facts/rootcoord §15). */
export function earlyIndexSuite(server: SuiteServer): void {
  describe('of the RootCoord of Milvus 2.1', () => {
    it('create, describe and drop the one index, which has a name of its own', async () => {
      const { root } = server;
      await createAtRoot(root, 'early');
      const field = { collectionName: 'early', fieldName: 'vector', extraParams };
      expect(await createIndex(root, field)).toMatchObject(OK);
      expect(await createIndex(root, field)).toMatchObject(OK);
      const { indexDescriptions } = await describeIndex(root, { collectionName: 'early' });
      expect(indexDescriptions).toMatchObject([
        { indexName: '_default_idx', fieldName: 'vector', state: 3 },
      ]);
      expect(valuesOf(indexDescriptions[0]?.params ?? [])).toEqual(valuesOf(extraParams));
      expect(await stateAtRoot(root, 'early')).toMatchObject({
        status: OK,
        states: [{ state: 3 }],
      });
      expect(await dropIndex(root, { collectionName: 'early' })).toMatchObject(OK);
      expect(await describeIndex(root, { collectionName: 'early' })).toMatchObject({
        status: { code: 700, errorCode: ErrorCode.IndexNotExist },
      });
    });

    it('drop nothing without complaint', async () => {
      await createAtRoot(server.root, 'early_bare');
      for (const collectionName of ['early_bare', 'never_there']) {
        expect(await dropIndex(server.root, { collectionName })).toMatchObject(OK);
      }
    });

    it.each([
      [{ collectionName: 'never_there' }, 100, /^collection not found/],
      [{ fieldName: 'x' }, 65535, /^collection early_bare doesn't have filed x$/],
      [{ extraParams: pairs({ index_type: 'HNSW' }) }, 1100, /^metric type not set/],
    ])('refuse a create with %o', async (changes, code, reason) => {
      const field = { collectionName: 'early_bare', fieldName: 'vector', extraParams };
      expect(await createIndex(server.root, { ...field, ...changes })).toMatchObject({
        code,
        reason: expect.stringMatching(reason),
      });
    });

    it('refuse a second index of a field in their own words', async () => {
      const { root } = server;
      await createAtRoot(root, 'early_twice');
      const field = { collectionName: 'early_twice', fieldName: 'vector', extraParams };
      expect(await createIndex(root, field)).toMatchObject(OK);
      const other = pairs({ index_type: 'HNSW', metric_type: 'L2', M: 8, efConstruction: 64 });
      expect(await createIndex(root, { ...field, extraParams: other })).toMatchObject({
        code: 65535,
        reason: 'index already exists, collection: early_twice, field: vector, index: _default_idx',
      });
      expect(await createIndex(root, { ...field, indexName: 'second' })).toMatchObject({
        code: 65535,
        reason: 'creating multiple indexes on same field is not supported',
      });
    });

    it('tell nothing of an index or a collection that is not there', async () => {
      const { root } = server;
      const none = { code: 700, errorCode: ErrorCode.IndexNotExist };
      const gone = { code: 100, errorCode: ErrorCode.CollectionNotExists };
      for (const [collectionName, status] of [
        ['early_bare', none],
        ['never_there', gone],
      ] as const) {
        expect(await describeIndex(root, { collectionName })).toMatchObject({ status });
        expect(await stateAtRoot(root, collectionName)).toMatchObject({ status, states: [] });
      }
    });

    it('say their type', async () => {
      const base = { msgType: MsgType.ShowSegments };
      const create = CreateIndexRequest.create({ base });
      const describing = DescribeIndexRequest.create({ base });
      const drop = DropIndexRequest.create({ base });
      const { root } = server;
      const reason = (type: number) => `invalid msg type, expected ${type}, got 250`;
      expect(await answerOf((done) => root.createIndex(create, done))).toMatchObject({
        reason: reason(300),
      });
      expect(await answerOf((done) => root.describeIndex(describing, done))).toMatchObject({
        status: { reason: reason(301) },
      });
      expect(await answerOf((done) => root.dropIndex(drop, done))).toMatchObject({
        reason: reason(302),
      });
    });
  });
}
