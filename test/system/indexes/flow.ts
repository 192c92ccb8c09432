import { DataType, ErrorCode } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { createIndex, describeIndex, valuesOf } from '../../kit/index-calls.js';
import { pairs } from '../../kit/schemas.js';
import { collectionOf, createThrough, freshName, textField } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { error_code: ErrorCode.SUCCESS, code: 0 };
const HNSW = { index_type: 'HNSW', metric_type: 'L2', params: { M: 8, efConstruction: 64 } };

/** Index DDL the way the official SDK does it. */
export function indexFlowSuite(server: SuiteServer): void {
  const create = async (word: string) => {
    const name = freshName(word);
    await createThrough(server.sdk, collectionOf(name, [textField('title')]));
    return name;
  };
  const described = async (collection_name: string) => {
    const { index_descriptions } = await server.sdk.describeIndex({ collection_name });
    return index_descriptions;
  };

  describe('through the SDK', () => {
    it('a collection with index params has its indexes', async () => {
      const collection_name = freshName('whole');
      const whole = {
        ...collectionOf(collection_name, [textField('title')]),
        index_params: [
          { field_name: 'vector', ...HNSW },
          { field_name: 'title', index_type: 'INVERTED' },
        ],
      };
      await server.sdk.createCollection(whole);
      const names = (await described(collection_name)).map(({ index_name }) => index_name);
      expect(names.sort()).toEqual(['title', 'vector']);
    });

    it('the quick set-up by dimension has an automatic index of its metric', async () => {
      const collection_name = freshName('quick');
      await server.sdk.createCollection({ collection_name, dimension: 8 });
      const [index] = await described(collection_name);
      expect(index).toMatchObject({ field_name: 'vector', state: 'Finished' });
      expect(valuesOf(index?.params ?? [])).toEqual({
        index_type: 'AUTOINDEX',
        metric_type: 'COSINE',
      });
    });

    it('an index is created, described in the words it was given, altered and dropped', async () => {
      const collection_name = await create('flow');
      const { sdk } = server;
      expect(
        await sdk.createIndex({ collection_name, field_name: 'vector', index_name: 'v', ...HNSW }),
      ).toMatchObject(OK);
      expect(await described(collection_name)).toMatchObject([
        {
          index_name: 'v',
          field_name: 'vector',
          state: 'Finished',
          indexed_rows: '0',
          total_rows: '0',
          pending_index_rows: '0',
          index_state_fail_reason: '',
        },
      ]);
      const [{ params = [] } = {}] = await described(collection_name);
      expect(valuesOf(params)).toEqual({
        index_type: 'HNSW',
        metric_type: 'L2',
        params: '{"M":8,"efConstruction":64}',
      });
      const subject = { collection_name, index_name: 'v' };
      const mapped = { ...subject, params: { 'mmap.enabled': true } };
      expect(await sdk.alterIndexProperties(mapped)).toMatchObject(OK);
      const [{ params: altered = [] } = {}] = await described(collection_name);
      expect(valuesOf(altered)['mmap.enabled']).toBe('true');
      expect(
        await sdk.dropIndexProperties({ ...subject, properties: ['mmap.enabled'] }),
      ).toMatchObject(OK);
      const [{ params: back = [] } = {}] = await described(collection_name);
      expect(back).toEqual(params);
      expect(await sdk.dropIndex(subject)).toMatchObject(OK);
      expect((await sdk.describeIndex(subject)).status).toMatchObject({
        error_code: 'IndexNotExist',
        code: 700,
        reason: 'index not found[indexName=v]',
      });
    });

    it('state, progress and statistics tell that an index without data is finished', async () => {
      const collection_name = await create('state');
      const { sdk } = server;
      await sdk.createIndex({ collection_name, field_name: 'vector', ...HNSW });
      const subject = { collection_name, index_name: 'vector' };
      expect(await sdk.getIndexState(subject)).toMatchObject({ status: OK, state: 'Finished' });
      expect(await sdk.getIndexBuildProgress(subject)).toMatchObject({
        status: OK,
        indexed_rows: '0',
        total_rows: '0',
      });
      expect(await sdk.getIndexStatistics(subject)).toMatchObject({
        status: OK,
        index_descriptions: [{ index_name: 'vector', total_rows: '0' }],
      });
      expect(await sdk.listIndexes({ collection_name })).toMatchObject({ indexes: ['vector'] });
    });

    it('the same index again is no error, nested or flat; another is', async () => {
      const collection_name = await create('again');
      const { sdk, milvus } = server;
      const field = { collection_name, field_name: 'vector' };
      await sdk.createIndex({ ...field, ...HNSW });
      expect(await sdk.createIndex({ ...field, ...HNSW })).toMatchObject(OK);
      const flat = pairs({ efConstruction: 64, M: 8, metric_type: 'L2', index_type: 'HNSW' });
      const request = { collectionName: collection_name, fieldName: 'vector', extraParams: flat };
      expect(await createIndex(milvus, request)).toMatchObject({ code: 0 });
      expect(await sdk.createIndex({ ...field, ...HNSW, params: { M: 16 } })).toMatchObject({
        error_code: 'UnexpectedError',
        code: 65535,
        reason: 'CreateIndex failed: at most one distinct index is allowed per field',
      });
      expect(await described(collection_name)).toHaveLength(1);
    });

    it('an alias is as good as a name', async () => {
      const collection_name = await create('aliased');
      const alias = `${collection_name}_alias`;
      await server.sdk.createAlias({ collection_name, alias });
      const index = { collection_name: alias, field_name: 'vector', ...HNSW };
      expect(await server.sdk.createIndex(index)).toMatchObject(OK);
      expect(await described(collection_name)).toHaveLength(1);
    });

    it('a drop that names only a field takes the index of that field, and no other', async () => {
      const collection_name = await create('by_field');
      const { sdk } = server;
      await sdk.createIndex({ collection_name, field_name: 'vector', ...HNSW });
      await sdk.dropIndex({ collection_name, field_name: 'title' });
      expect(await described(collection_name)).toHaveLength(1);
      await sdk.createIndex({ collection_name, field_name: 'title', index_type: 'TRIE' });
      await sdk.dropIndex({ collection_name, field_name: 'vector' });
      const left = (await described(collection_name)).map(({ index_name }) => index_name);
      expect(left).toEqual(['title']);
    });

    it('what is loaded keeps its indexes until it is released', async () => {
      const collection_name = await create('loaded');
      const { sdk } = server;
      const subject = { collection_name, index_name: 'vector' };
      await sdk.createIndex({ collection_name, field_name: 'vector', ...HNSW });
      await sdk.loadCollectionSync({ collection_name });
      expect(await sdk.dropIndex(subject)).toMatchObject({
        code: 65535,
        reason: 'index cannot be dropped, collection is loaded, please release it first',
      });
      const mapped = { ...subject, params: { 'mmap.enabled': true } };
      expect(await sdk.alterIndexProperties(mapped)).toMatchObject({
        code: 104,
        reason:
          "can't alter index on loaded collection, please release the collection first: " +
          `collection already loaded[collection=${collection_name}]`,
      });
      await sdk.releaseCollection({ collection_name });
      expect(await sdk.alterIndexProperties(mapped)).toMatchObject(OK);
      expect(await sdk.dropIndex(subject)).toMatchObject(OK);
    });

    it('dropping what is not there succeeds', async () => {
      const collection_name = await create('nothing_there');
      expect(await server.sdk.dropIndex({ collection_name, index_name: 'x' })).toMatchObject(OK);
      expect(await server.sdk.dropIndex({ collection_name })).toMatchObject(OK);
    });

    it('a description asks for a moment, too, as pymilvus does', async () => {
      const collection_name = await create('moment');
      await server.sdk.createIndex({ collection_name, field_name: 'vector', ...HNSW });
      const question = { collectionName: collection_name, timestamp: 2n ** 62n };
      const { indexDescriptions } = await describeIndex(server.milvus, question);
      expect(indexDescriptions).toMatchObject([{ indexName: 'vector', state: 3 }]);
    });

    it('every kind of field takes an automatic index, booleans are in any case', async () => {
      const collection_name = freshName('kinds');
      await createThrough(
        server.sdk,
        collectionOf(collection_name, [
          { name: 'bits', data_type: DataType.BinaryVector, dim: 16 },
          { name: 'sparse', data_type: DataType.SparseFloatVector },
          { name: 'flag', data_type: DataType.Bool },
          { name: 'number', data_type: DataType.Double },
        ]),
      );
      const extraParams = pairs({ index_type: 'AUTOINDEX', 'mmap.enabled': 'True' });
      for (const fieldName of ['vector', 'bits', 'sparse', 'flag', 'number']) {
        const request = { collectionName: collection_name, fieldName, extraParams };
        expect(await createIndex(server.milvus, request)).toMatchObject({ code: 0 });
      }
      const metrics = (await described(collection_name)).map(
        ({ params }) => valuesOf(params).metric_type,
      );
      expect(metrics).toEqual(['COSINE', 'HAMMING', 'IP', undefined, undefined]);
    });
  });
}
