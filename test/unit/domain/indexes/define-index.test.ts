import { describe, expect, it } from 'vitest';
import { defineIndex } from '../../../../src/domain/indexes/define-index.js';
import { CollectionSchema, DataType, type FieldSchema } from '../../../../src/gen/schema.js';
import { refusalOf } from '../../../kit/refusals.js';
import {
  aField,
  aFunction,
  anArray,
  anArrayOfVector,
  aPrimaryKey,
  aSparseVector,
  aVarChar,
  aVector,
  pairs,
} from '../../../kit/schemas.js';

type Params = Readonly<Record<string, string | number>>;

const withDim = (dim: number) => ({ typeParams: pairs({ dim }) });
const vector = aVector({ fieldID: 101n, ...withDim(16) });
const bits = aVector({ dataType: DataType.BinaryVector, ...withDim(16) });
const ints = aVector({ dataType: DataType.Int8Vector, ...withDim(16) });
const half = aVector({ dataType: DataType.Float16Vector, ...withDim(16) });
const odd = aVector(withDim(7));
const sparse = aSparseVector('sparse');
const text = aVarChar('text');
const json = aField('json', { dataType: DataType.JSON });
const number = aField('number', { dataType: DataType.Int32 });
const real = aField('real', { dataType: DataType.Double });
const flag = aField('flag', { dataType: DataType.Bool });
const list = anArray('list');
const shape = aField('shape', { dataType: DataType.Geometry });

const plain = CollectionSchema.create();
const bm25 = CollectionSchema.fromPartial({ functions: [aFunction()] });

const define = (field: FieldSchema, params: Params, schema = plain) =>
  defineIndex(schema, field, pairs(params));

const record = (pairsOfParams: readonly { key: string; value: string }[]) =>
  Object.fromEntries(pairsOfParams.map(({ key, value }) => [key, value]));

const typed = (index_type: string, metric_type: string, more: Params = {}): Params => ({
  index_type,
  metric_type,
  ...more,
});

/** Index types, and a field and params each is made for. */
const accepted: readonly [FieldSchema, Params][] = [
  [vector, typed('FLAT', 'L2')],
  [vector, typed('IVF_FLAT', 'IP', { nlist: 1 })],
  [vector, typed('IVF_FLAT', 'IP', { nlist: 65_536 })],
  [vector, typed('IVF_SQ8', 'COSINE')],
  [vector, typed('IVF_PQ', 'L2', { nlist: 128, m: 4, nbits: 8 })],
  [vector, typed('IVF_RABITQ', 'L2', { nlist: 128 })],
  [vector, typed('SCANN', 'L2', { nlist: 128, with_raw_data: 'True' })],
  [vector, typed('HNSW', 'COSINE', { M: 2, efConstruction: 1 })],
  [vector, typed('HNSW', 'COSINE', { M: 2_048, efConstruction: 2_147_483_647 })],
  [vector, typed('HNSW', 'L2')],
  [vector, typed('HNSW', 'L2', { 'mmap.enabled': 'True' })],
  [vector, typed('HNSW_SQ', 'L2', { sq_type: 'SQ8' })],
  [vector, typed('DISKANN', 'L2', { 'mmap.enabled': 'FALSE' })],
  [half, typed('IVF_FLAT', 'L2')],
  [ints, typed('HNSW', 'IP')],
  [odd, typed('HNSW', 'L2')],
  [bits, typed('BIN_FLAT', 'SUBSTRUCTURE')],
  [bits, typed('BIN_IVF_FLAT', 'JACCARD', { nlist: 10 })],
  [bits, typed('MINHASH_LSH', 'MHJACCARD')],
  [sparse, typed('SPARSE_INVERTED_INDEX', 'IP', { drop_ratio_build: '0.99' })],
  [sparse, typed('SPARSE_WAND', 'IP', { drop_ratio_build: 0 })],
  [anArrayOfVector('many'), typed('HNSW', 'MAX_SIM_COSINE')],
  [text, { index_type: 'INVERTED' }],
  [text, { index_type: 'Trie' }],
  [text, { index_type: 'TRIE' }],
  [text, { index_type: 'STL_SORT' }],
  [text, { index_type: 'BITMAP' }],
  [text, { index_type: 'NGRAM', min_gram: 2, max_gram: 2 }],
  [number, { index_type: 'STL_SORT' }],
  [real, { index_type: 'INVERTED' }],
  [flag, { index_type: 'BITMAP', bitmap_cardinality_limit: 100 }],
  [list, { index_type: 'BITMAP' }],
  [list, { index_type: 'INVERTED' }],
  [json, { index_type: 'INVERTED', json_path: "json['a']", json_cast_type: 'double' }],
  [shape, { index_type: 'RTREE' }],
  [aPrimaryKey(), { index_type: 'INVERTED' }],
];

/** The context every refusal of bad index params has behind it. */
const BAD = ': invalid parameter[expected=valid index params][actual=invalid index params]';

const range = (key: string, value: string, within: string) =>
  `Out of range in json: param '${key}' (${value}) should be in range ${within}${BAD}`;
const noMetric = (what: string, metric: string) =>
  `${what} index does not support metric type: ${metric}${BAD}`;
const wrongType = (type: string, index: string) =>
  `data type ${type} can't build with this index ${index}${BAD}`;
const unknown = (type: string) =>
  `invalid parameter[expected=valid index][actual=invalid index type: ${type}]`;

/** A field, params, and the text they are refused with; code 1100. */
const refused: readonly [FieldSchema, Params, string][] = [
  [vector, typed('HNSWW', 'L2'), unknown('HNSWW')],
  [vector, typed('hnsw', 'L2'), unknown('hnsw')],
  [vector, typed('', 'L2'), unknown('')],
  [vector, typed('HYBRID', 'L2'), unknown('HYBRID')],
  [vector, { index_type: 'HNSW' }, `metric type not set for vector index${BAD}`],
  [vector, typed('HNSW', 'HAMMING'), noMetric('float vector', 'HAMMING')],
  [vector, typed('HNSW', 'l2'), noMetric('float vector', 'l2')],
  [vector, typed('AUTOINDEX', 'JACCARD'), noMetric('float vector', 'JACCARD')],
  [ints, typed('HNSW', 'JACCARD'), noMetric('int vector', 'JACCARD')],
  [bits, typed('BIN_FLAT', 'L2'), noMetric('binary vector', 'L2')],
  [
    bits,
    typed('BIN_IVF_FLAT', 'SUBSTRUCTURE'),
    `metric type SUBSTRUCTURE not found or not supported, supported: [HAMMING JACCARD]${BAD}`,
  ],
  [
    sparse,
    typed('SPARSE_WAND', 'L2'),
    `only IP&BM25 is the supported metric type for sparse index${BAD}`,
  ],
  [
    sparse,
    typed('SPARSE_WAND', 'BM25'),
    `only BM25 Function output field support BM25 metric type${BAD}`,
  ],
  [anArrayOfVector('many'), typed('HNSW', 'L2'), noMetric('embedding list', 'L2')],
  [vector, typed('BIN_FLAT', 'L2'), wrongType('FloatVector', 'BIN_FLAT')],
  [vector, typed('SPARSE_WAND', 'IP'), wrongType('FloatVector', 'SPARSE_WAND')],
  [vector, typed('INVERTED', 'L2'), wrongType('FloatVector', 'INVERTED')],
  [bits, typed('HNSW', 'HAMMING'), wrongType('BinaryVector', 'HNSW')],
  [sparse, typed('HNSW', 'IP'), wrongType('SparseFloatVector', 'HNSW')],
  [ints, typed('IVF_FLAT', 'L2'), wrongType('Int8Vector', 'IVF_FLAT')],
  [text, typed('HNSW', 'L2'), `index HNSW only supports vector data type${BAD}`],
  [json, typed('SCANN', 'L2'), `index SCANN only supports vector data type${BAD}`],
  [vector, typed('HNSW', 'L2', { M: 1 }), range('M', '1', '[2, 2048]')],
  [vector, typed('HNSW', 'L2', { M: 2_049 }), range('M', '2049', '[2, 2048]')],
  [
    vector,
    typed('HNSW', 'L2', { efConstruction: 0 }),
    range('efConstruction', '0', '[1, 2147483647]'),
  ],
  [
    vector,
    typed('HNSW', 'L2', { M: 'x' }),
    `Type conflict in json: param 'M' (x) should be a integer${BAD}`,
  ],
  [
    vector,
    typed('HNSW', 'L2', { M: '8.5' }),
    `Type conflict in json: param 'M' (8.5) should be a integer${BAD}`,
  ],
  [vector, typed('IVF_FLAT', 'L2', { nlist: 0 }), range('nlist', '0', '[1, 65536]')],
  [vector, typed('IVF_FLAT', 'L2', { nlist: 65_537 }), range('nlist', '65537', '[1, 65536]')],
  [vector, typed('IVF_PQ', 'L2', { m: -1 }), range('m', '-1', '[1, 65536]')],
  [vector, typed('IVF_PQ', 'L2', { m: 4, nbits: 25 }), range('nbits', '25', '[1, 24]')],
  [
    vector,
    typed('IVF_PQ', 'L2', { m: 5 }),
    'The dimension of a vector (dim) should be a multiple of the number of subquantizers (m). ' +
      `Dimension:16, m:5${BAD}`,
  ],
  [odd, typed('SCANN', 'L2'), `dimension must be able to be divided by 2, dimension: 7${BAD}`],
  [
    vector,
    typed('FLAT', 'L2', { dim: 8 }),
    `dimension mismatch, dimension in schema: 16, dimension: 8${BAD}`,
  ],
  [
    sparse,
    typed('SPARSE_WAND', 'IP', { drop_ratio_build: '1' }),
    range('drop_ratio_build', '1', '[0.000000, 1.000000)'),
  ],
  [
    sparse,
    typed('SPARSE_INVERTED_INDEX', 'IP', { drop_ratio_build: '-0.3' }),
    range('drop_ratio_build', '-0.3', '[0.000000, 1.000000)'),
  ],
  [json, { index_type: 'TRIE' }, `TRIE are only supported on varchar field${BAD}`],
  [
    json,
    { index_type: 'STL_SORT' },
    `STL_SORT are only supported on numeric, varchar or timestamptz field${BAD}`,
  ],
  [shape, { index_type: 'INVERTED' }, `INVERTED are not supported on Geometry field${BAD}`],
  [
    json,
    { index_type: 'INVERTED' },
    `json index must specify cast type: missing parameter[missing_param=json_cast_type]${BAD}`,
  ],
  [
    json,
    { index_type: 'INVERTED', json_cast_type: 'ARRAY_INT64' },
    `json_cast_type ARRAY_INT64 is not supported: invalid parameter${BAD}`,
  ],
  [
    aPrimaryKey(),
    { index_type: 'BITMAP' },
    `create bitmap index on primary key not supported${BAD}`,
  ],
  [
    real,
    { index_type: 'BITMAP' },
    `bitmap index are only supported on bool, int, string and array field${BAD}`,
  ],
  [
    anArray('reals', { elementType: DataType.Float }),
    { index_type: 'BITMAP' },
    `bitmap index are only supported on bool, int, string for array field${BAD}`,
  ],
  [
    flag,
    { index_type: 'BITMAP', bitmap_cardinality_limit: 0 },
    range('bitmap_cardinality_limit', '0', '[1, 2147483647]'),
  ],
  [
    text,
    { index_type: 'NGRAM', min_gram: 2 },
    `Ngram index must specify both min_gram and max_gram${BAD}`,
  ],
  [
    text,
    { index_type: 'NGRAM', min_gram: 3, max_gram: 2 },
    range('max_gram', '2', '[3, 2147483647]'),
  ],
  [
    number,
    { index_type: 'NGRAM', min_gram: 2, max_gram: 3 },
    `ngram index can only be created on VARCHAR or JSON field${BAD}`,
  ],
  [number, { index_type: 'RTREE' }, `RTREE are not supported on Int32 field${BAD}`],
  [
    shape,
    {},
    'invalid parameter[expected=supported field][actual=create auto index on type:Geometry is not supported]',
  ],
  [
    vector,
    typed('DISKANN', 'L2', { 'mmap.enabled': 'true' }),
    'index type DISKANN does not support mmap: invalid parameter',
  ],
  [
    vector,
    typed('HNSW', 'L2', { 'mmap.enabled': 'yes' }),
    'invalid mmap.enabled value: yes, expected: true, false: invalid parameter',
  ],
  [
    vector,
    typed('HNSW', 'L2', { 'indexoffsetcache.enabled': 'true' }),
    'index type HNSW does not support offset cache: invalid parameter',
  ],
  [
    vector,
    typed('HNSW', 'L2', { params: '[1]' }),
    'the index param "params" should be a JSON object: [1]: invalid parameter',
  ],
  [
    vector,
    typed('HNSW', 'L2', { params: '{"M": 8' }),
    'the index param "params" should be a JSON object: {"M": 8: invalid parameter',
  ],
];

describe('an index definition', () => {
  it.each(accepted)('%# takes what its type is made for', (field, params) => {
    const { indexParams, userIndexParams } = define(field, params);
    expect(record(userIndexParams)).toEqual(record(pairs(params)));
    expect(record(indexParams)).toEqual(record(pairs(params)));
  });

  it.each(refused)('%# is refused with the reason', (field, params, text) => {
    expect(refusalOf(() => define(field, params))).toEqual({ code: 1100, text });
  });

  it('refuses the same param twice', () => {
    const twice = [...pairs({ M: 8 }), ...pairs({ M: 9 })];
    expect(refusalOf(() => defineIndex(plain, vector, twice))).toEqual({
      code: 1100,
      text: 'duplicated index param (key=M) (value=9) found: invalid parameter',
    });
  });

  it.each([
    ['M', { M: 8 }],
    ['nlist', { index_type: 'AUTOINDEX', nlist: 8 }],
    ['params', { index_type: 'AUTOINDEX', params: '{"M": 8}' }],
  ])('refuses %s beside an automatic type', (_what, params) => {
    const text = 'only metric type can be passed when use AutoIndex';
    expect(refusalOf(() => define(vector, params))).toEqual({ code: 65535, text });
  });

  it('refuses params that are absurdly many or long', () => {
    const many = Array.from({ length: 65 }, (_, i) => ({ key: `k${i}`, value: '' }));
    expect(refusalOf(() => defineIndex(plain, vector, many)).text).toMatch(/limited to 64/);
    expect(refusalOf(() => define(vector, { x: 'x'.repeat(65_536) })).text).toMatch(/65535/);
    expect(refusalOf(() => define(vector, { ['k'.repeat(257)]: '' })).text).toMatch(/to 256/);
  });
});

describe('nested and flat params', () => {
  it('come to the same definition, whatever type their values have', () => {
    const nested = typed('HNSW', 'L2', { params: '{"M": 8, "efConstruction": "64", "x": true}' });
    const flat = typed('HNSW', 'L2', { M: 8, efConstruction: '64', x: 'true' });
    expect(define(vector, nested).indexParams).toEqual(define(vector, flat).indexParams);
  });

  it('are checked alike', () => {
    const nested = typed('HNSW', 'L2', { params: '{"M": 1}' });
    expect(refusalOf(() => define(vector, nested)).text).toBe(range('M', '1', '[2, 2048]'));
  });

  it('are told to the user as they were said', () => {
    const said = pairs(typed('HNSW', 'L2', { params: '{"M":8}' }));
    expect(defineIndex(plain, vector, said).userIndexParams).toEqual(said);
  });

  it('do not let a key called __proto__ through to anything', () => {
    const nested = typed('HNSW', 'L2', { params: '{"__proto__": {"M": 1}}' });
    expect(define(vector, nested).indexParams).toContainEqual({
      key: '__proto__',
      value: '{"M":1}',
    });
  });
});

describe('an automatic index', () => {
  it.each([
    [vector, {}, 'HNSW', 'COSINE'],
    [vector, { metric_type: 'L2' }, 'HNSW', 'L2'],
    [vector, { index_type: 'AUTOINDEX', metric_type: 'IP' }, 'HNSW', 'IP'],
    [bits, {}, 'BIN_IVF_FLAT', 'HAMMING'],
    [sparse, {}, 'SPARSE_INVERTED_INDEX', 'IP'],
    [anArrayOfVector('many'), {}, 'HNSW', 'MAX_SIM_COSINE'],
  ] as const)('%# of a vector field has a type and a metric', (field, params, type, metric) => {
    const { indexParams, userIndexParams, isAutoIndex } = define(field, params);
    expect(isAutoIndex).toBe(true);
    expect(record(indexParams)).toMatchObject({ index_type: type, metric_type: metric });
    expect(userIndexParams).toEqual(pairs({ index_type: 'AUTOINDEX', metric_type: metric }));
  });

  it('of a BM25 output has the metric BM25, and no other', () => {
    expect(record(define(sparse, {}, bm25).indexParams).metric_type).toBe('BM25');
    const text = `index metric type of BM25 function output field must be BM25, got IP${BAD}`;
    const attempt = () => define(sparse, typed('SPARSE_WAND', 'IP'), bm25);
    expect(refusalOf(attempt)).toEqual({ code: 1100, text });
  });

  it.each([text, number, real, flag, list])('%# of a scalar field is inverted', (field) => {
    const { indexParams, userIndexParams } = define(field, {});
    expect(record(indexParams).index_type).toBe('INVERTED');
    expect(userIndexParams).toEqual(pairs({ index_type: 'AUTOINDEX' }));
  });

  it('may be memory-mapped', () => {
    const { indexParams, userIndexParams } = define(vector, { 'mmap.enabled': 'True' });
    expect(record(indexParams)['mmap.enabled']).toBe('True');
    expect(record(userIndexParams)['mmap.enabled']).toBe('True');
  });
});

describe('type params', () => {
  it('are those of the field; the dimension is never an index param', () => {
    const { typeParams, indexParams } = define(vector, typed('FLAT', 'L2', { dim: 16 }));
    expect(typeParams).toEqual(pairs({ dim: 16 }));
    expect(record(indexParams).dim).toBeUndefined();
  });
});
