import { DataType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { ErrorCode, type Status } from '../../../src/gen/common.js';
import type { MilvusServiceClient } from '../../../src/gen/milvus.js';
import {
  alterIndex,
  createIndex,
  describeIndex,
  dropIndex,
  indexProgress,
  indexState,
  indexStatistics,
} from '../../kit/index-calls.js';
import { pairs } from '../../kit/schemas.js';
import { collectionOf, createThrough, textField } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

interface Refusal {
  readonly title: string;
  readonly ask: (client: MilvusServiceClient) => Promise<Status | undefined>;
  readonly code: number;
  readonly errorCode: ErrorCode;
  readonly reason: string;
}

type Params = Readonly<Record<string, string | number>>;

const collectionName = 'refusing';
const PLAIN = { code: 65535, errorCode: ErrorCode.UnexpectedError };
const INVALID = { code: 1100, errorCode: ErrorCode.IllegalArgument };
const NOT_FOUND = { code: 700, errorCode: ErrorCode.IndexNotExist };
const BAD = ': invalid parameter[expected=valid index params][actual=invalid index params]';
const HNSW = { index_type: 'HNSW', metric_type: 'L2' };

const statusOf = async (answer: Promise<{ readonly status?: Status | undefined }>) =>
  (await answer).status;

const creating =
  (fieldName: string, params: Params, indexName = '') =>
  (client: MilvusServiceClient) =>
    createIndex(client, { collectionName, fieldName, indexName, extraParams: pairs(params) });

const badParams = (fieldName: string, params: Params, why: string): Refusal => ({
  title: `create on ${fieldName}: ${JSON.stringify(params)}`,
  ask: creating(fieldName, params),
  ...INVALID,
  reason: why,
});

const badIndexParams = (fieldName: string, params: Params, why: string) =>
  badParams(fieldName, params, why + BAD);

const badName = (indexName: string, rule: string): Refusal => ({
  title: `create: the name ${indexName.slice(0, 8)}`,
  ask: creating('vector', HNSW, indexName),
  ...PLAIN,
  reason: `Invalid index name: ${indexName}. ${rule}`,
});

const altering =
  (params: Params, { indexName = 'there', deleteKeys = [] as string[] } = {}) =>
  (client: MilvusServiceClient) =>
    alterIndex(client, { collectionName, indexName, extraParams: pairs(params), deleteKeys });

const badAlter = (title: string, ask: Refusal['ask'], reason: string): Refusal => ({
  title: `alter: ${title}`,
  ask,
  ...INVALID,
  reason: `${reason}: invalid parameter`,
});

type Subject = { readonly collectionName: string; readonly indexName: string };

/** Every call that names a collection and an index. */
const calls = {
  create: (client: MilvusServiceClient, subject: Subject) =>
    createIndex(client, { ...subject, fieldName: 'vector', extraParams: pairs(HNSW) }),
  alter: (client: MilvusServiceClient, subject: Subject) =>
    alterIndex(client, { ...subject, extraParams: pairs({ 'mmap.enabled': 'true' }) }),
  drop: dropIndex,
  describe: (client: MilvusServiceClient, subject: Subject) =>
    statusOf(describeIndex(client, subject)),
  state: (client: MilvusServiceClient, subject: Subject) => statusOf(indexState(client, subject)),
  progress: (client: MilvusServiceClient, subject: Subject) =>
    statusOf(indexProgress(client, subject)),
  statistics: (client: MilvusServiceClient, subject: Subject) =>
    statusOf(indexStatistics(client, subject)),
} as const;

const everyCall = (
  what: string,
  subject: Subject,
  refusal: Omit<Refusal, 'title' | 'ask'>,
  verbs: readonly (keyof typeof calls)[] = Object.keys(calls) as (keyof typeof calls)[],
): Refusal[] =>
  verbs.map((verb) => ({
    title: `${verb}: ${what}`,
    ask: (client) => calls[verb](client, subject),
    ...refusal,
  }));

const refusals: readonly Refusal[] = [
  ...everyCall(
    'there is no such collection',
    { collectionName: 'nothing', indexName: 'i' },
    {
      ...{ code: 100, errorCode: ErrorCode.CollectionNotExists },
      reason: 'collection not found[database=default][collection=nothing]',
    },
  ),
  ...everyCall(
    'the name of the collection has a hyphen',
    { collectionName: 'a-b', indexName: 'i' },
    {
      ...INVALID,
      reason:
        'Invalid collection name: a-b.  ' +
        'collection name can only contain numbers, letters and underscores: invalid parameter',
    },
  ),
  ...everyCall(
    'there is no such index',
    { collectionName, indexName: 'nowhere' },
    { ...NOT_FOUND, reason: 'index not found[indexName=nowhere]' },
    ['alter', 'describe', 'state', 'progress', 'statistics'],
  ),
  ...everyCall(
    'several indexes are meant',
    { collectionName, indexName: '' },
    {
      ...{ code: 702, errorCode: ErrorCode.UnexpectedError },
      reason: 'index duplicates[indexName=]: index name is ambiguous',
    },
    ['drop', 'state', 'progress'],
  ),
  {
    title: 'describe: the field has no index',
    ask: (client) => statusOf(describeIndex(client, { collectionName, fieldName: 'flag' })),
    ...NOT_FOUND,
    reason: 'index not found[indexName=]',
  },
  {
    title: 'create: there is no such field',
    ask: creating('nowhere', HNSW),
    ...PLAIN,
    reason: 'cannot create index on non-exist field: nowhere',
  },
  {
    title: 'create: a field only the server knows',
    ask: creating('RowID', { index_type: 'INVERTED' }),
    ...PLAIN,
    reason: 'cannot create index on non-exist field: RowID',
  },
  {
    title: 'create: another field has an index of that name',
    ask: creating('vector', HNSW, 'there'),
    ...PLAIN,
    reason: 'CreateIndex failed: at most one distinct index is allowed per field',
  },
  {
    title: 'create: the same name with other params',
    ask: creating('bits', { index_type: 'BIN_FLAT', metric_type: 'JACCARD' }, 'there'),
    ...PLAIN,
    reason: 'CreateIndex failed: at most one distinct index is allowed per field',
  },
  {
    title: 'create: the field has an index of another name',
    ask: creating('bits', { index_type: 'BIN_FLAT', metric_type: 'HAMMING' }, 'second'),
    ...PLAIN,
    reason: 'CreateIndex failed: creating multiple indexes on same field is not supported',
  },
  {
    title: 'create: a param beside an automatic type',
    ask: creating('vector', { index_type: 'AUTOINDEX', nlist: 8 }),
    ...PLAIN,
    reason: 'only metric type can be passed when use AutoIndex',
  },
  {
    title: 'create: an index that stays on disk, and no node that could build it',
    ask: creating('vector', { index_type: 'DISKANN', metric_type: 'L2' }),
    code: 701,
    errorCode: ErrorCode.UnexpectedError,
    reason: 'index type not supported[indexType=DISKANN]',
  },
  {
    title: 'create: a param twice',
    ask: (client) =>
      createIndex(client, {
        collectionName,
        fieldName: 'vector',
        extraParams: [...pairs(HNSW), ...pairs({ metric_type: 'IP' })],
      }),
    ...INVALID,
    reason: 'duplicated index param (key=metric_type) (value=IP) found: invalid parameter',
  },
  badName('1st', 'The first character of a index name must be an underscore or letter.'),
  badName('a-b', 'Index name can only contain numbers, letters, and underscores.'),
  badName('i'.repeat(256), 'The length of a index name must be less than 255 characters.'),
  badParams(
    'vector',
    { index_type: 'WARP', metric_type: 'L2' },
    'invalid parameter[expected=valid index][actual=invalid index type: WARP]',
  ),
  badParams(
    'vector',
    { ...HNSW, params: '{' },
    'the index param "params" should be a JSON object: {: invalid parameter',
  ),
  badParams(
    'vector',
    { ...HNSW, 'mmap.enabled': 'maybe' },
    'invalid mmap.enabled value: maybe, expected: true, false: invalid parameter',
  ),
  badParams(
    'vector',
    { index_type: 'DISKANN', metric_type: 'L2', 'mmap.enabled': 'True' },
    'index type DISKANN does not support mmap: invalid parameter',
  ),
  badIndexParams('vector', { index_type: 'HNSW' }, 'metric type not set for vector index'),
  badIndexParams(
    'vector',
    { index_type: 'HNSW', metric_type: 'JACCARD' },
    'float vector index does not support metric type: JACCARD',
  ),
  badIndexParams(
    'vector',
    { index_type: 'BIN_FLAT', metric_type: 'L2' },
    "data type FloatVector can't build with this index BIN_FLAT",
  ),
  badIndexParams(
    'vector',
    { ...HNSW, params: '{"M":1}' },
    "Out of range in json: param 'M' (1) should be in range [2, 2048]",
  ),
  badIndexParams(
    'vector',
    { index_type: 'IVF_FLAT', metric_type: 'L2', nlist: 0 },
    "Out of range in json: param 'nlist' (0) should be in range [1, 65536]",
  ),
  badIndexParams(
    'vector',
    { index_type: 'IVF_SQ8', metric_type: 'L2', nlist: 65_537 },
    "Out of range in json: param 'nlist' (65537) should be in range [1, 65536]",
  ),
  badIndexParams(
    'vector',
    { ...HNSW, M: 8, efConstruction: 0 },
    "Out of range in json: param 'efConstruction' (0) should be in range [1, 2147483647]",
  ),
  badIndexParams(
    'bits',
    { index_type: 'HNSW', metric_type: 'HAMMING' },
    "data type BinaryVector can't build with this index HNSW",
  ),
  badIndexParams(
    'sparse',
    { index_type: 'HNSW', metric_type: 'IP' },
    "data type SparseFloatVector can't build with this index HNSW",
  ),
  badIndexParams(
    'vector',
    { index_type: 'IVF_PQ', metric_type: 'L2', m: 3 },
    'The dimension of a vector (dim) should be a multiple of the number of subquantizers (m). ' +
      'Dimension:8, m:3',
  ),
  badIndexParams(
    'sparse',
    { index_type: 'SPARSE_WAND', metric_type: 'COSINE' },
    'only IP&BM25 is the supported metric type for sparse index',
  ),
  badIndexParams(
    'sparse',
    { index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'IP', drop_ratio_build: 2 },
    "Out of range in json: param 'drop_ratio_build' (2) should be in range [0.000000, 1.000000)",
  ),
  badIndexParams('title', HNSW, 'index HNSW only supports vector data type'),
  badIndexParams('flag', { index_type: 'TRIE' }, 'TRIE are only supported on varchar field'),
  badIndexParams(
    'flag',
    { index_type: 'STL_SORT' },
    'STL_SORT are only supported on numeric, varchar or timestamptz field',
  ),
  badIndexParams(
    'id',
    { index_type: 'BITMAP' },
    'create bitmap index on primary key not supported',
  ),
  badIndexParams(
    'json',
    { index_type: 'INVERTED' },
    'json index must specify cast type: missing parameter[missing_param=json_cast_type]',
  ),
  badAlter(
    'how the index is built',
    altering({ index_type: 'FLAT' }),
    'index_type is not a configable index property',
  ),
  badAlter(
    'to forget how it is built',
    altering({}, { deleteKeys: ['metric_type'] }),
    'metric_type is not a configable index property',
  ),
  badAlter(
    'setting and forgetting at once',
    altering({ 'mmap.enabled': 'true' }, { deleteKeys: ['mmap.enabled'] }),
    'cannot provide both DeleteKeys and ExtraParams',
  ),
  badAlter(
    'nothing',
    altering({}),
    'the index params to alter and the keys to delete are both empty',
  ),
  badAlter(
    'no name',
    altering({ 'mmap.enabled': 'true' }, { indexName: '' }),
    'index name is empty',
  ),
  badAlter(
    'a boolean that is none',
    altering({ 'mmap.enabled': 'on' }),
    'invalid mmap.enabled value: on, expected: true, false',
  ),
];

/** Every refusal of the index RPCs, with code, legacy code and text. */
export function indexRefusalSuite(server: SuiteServer): void {
  describe(`${refusals.length} requests about indexes are refused`, () => {
    it('and they are sixty or more', () => expect(refusals.length).toBeGreaterThanOrEqual(60));

    it('of a collection made for it, which has two indexes', async () => {
      await createThrough(
        server.sdk,
        collectionOf(collectionName, [
          textField('title'),
          { name: 'bits', data_type: DataType.BinaryVector, dim: 16 },
          { name: 'sparse', data_type: DataType.SparseFloatVector },
          { name: 'flag', data_type: DataType.Bool },
          { name: 'json', data_type: DataType.JSON },
        ]),
      );
      const { milvus } = server;
      const there = creating('bits', { index_type: 'BIN_FLAT', metric_type: 'HAMMING' }, 'there');
      expect(await there(milvus)).toMatchObject({ code: 0 });
      expect(await creating('title', { index_type: 'TRIE' })(milvus)).toMatchObject({ code: 0 });
    });

    for (const { title, ask, ...refusal } of refusals) {
      it(title, async () => {
        expect(await ask(server.milvus)).toMatchObject(refusal);
      });
    }

    it('without having changed anything', async () => {
      const { indexDescriptions } = await describeIndex(server.milvus, { collectionName });
      const names = indexDescriptions.map(({ indexName, params }) => [indexName, params.length]);
      expect(names).toEqual([
        ['there', 2],
        ['title', 1],
      ]);
    });
  });
}
