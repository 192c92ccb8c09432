import { DataType } from '../../gen/schema.js';
import { MAX_INT32, type ParamRange } from './param-range.js';

/** What a vector index can be built on and with. */
export interface VectorIndexType {
  readonly dataTypes: ReadonlySet<DataType>;
  /** Narrower than what the field's type allows; undefined allows all of that. */
  readonly metrics?: readonly string[];
  readonly ranges: readonly ParamRange[];
  /** A param that must divide the dimension. */
  readonly divisor?: string;
  /** Every dimension must be even. */
  readonly evenDimension?: boolean;
  readonly mmap: boolean;
}

const FLOATS: ReadonlySet<DataType> = new Set([
  DataType.FloatVector,
  DataType.Float16Vector,
  DataType.BFloat16Vector,
]);
const DENSE: ReadonlySet<DataType> = new Set([...FLOATS, DataType.Int8Vector]);
const BINARY: ReadonlySet<DataType> = new Set([DataType.BinaryVector]);
const SPARSE: ReadonlySet<DataType> = new Set([DataType.SparseFloatVector]);

const NLIST: ParamRange = { key: 'nlist', min: 1, max: 65_536 };
const NBITS: ParamRange = { key: 'nbits', min: 1, max: 24 };
const M: ParamRange = { key: 'M', min: 2, max: 2_048 };
const EF: ParamRange = { key: 'efConstruction', min: 1, max: MAX_INT32 };
const SUBQUANTIZERS: ParamRange = { key: 'm', min: 1, max: 65_536 };
const NRQ: ParamRange = { key: 'nrq', min: 1, max: 16 };
const DEGREE: ParamRange = { key: 'max_degree', min: 1, max: 2_048 };
const SEARCH_LIST: ParamRange = { key: 'search_list_size', min: 1, max: MAX_INT32 };
const DROP_RATIO: ParamRange = { key: 'drop_ratio_build', min: 0, max: 1, isRatio: true };

const onFloats = (ranges: readonly ParamRange[]): VectorIndexType => ({
  dataTypes: FLOATS,
  ranges,
  mmap: true,
});

/** Vector index types by name, as a Milvus without GPUs offers them. */
export const VECTOR_INDEX_TYPES: ReadonlyMap<string, VectorIndexType> = new Map([
  ['FLAT', onFloats([])],
  ['IVF_FLAT', onFloats([NLIST])],
  ['IVF_SQ8', onFloats([NLIST])],
  ['IVF_PQ', { ...onFloats([NLIST, SUBQUANTIZERS, NBITS]), divisor: 'm' }],
  ['IVF_RABITQ', onFloats([NLIST])],
  ['SCANN', { ...onFloats([NLIST]), evenDimension: true }],
  ['HNSW', { ...onFloats([M, EF]), dataTypes: DENSE }],
  ['HNSW_SQ', onFloats([M, EF])],
  ['HNSW_PQ', onFloats([M, EF, SUBQUANTIZERS, NBITS])],
  ['HNSW_PRQ', onFloats([M, EF, SUBQUANTIZERS, NBITS, NRQ])],
  ['DISKANN', { ...onFloats([DEGREE, SEARCH_LIST]), mmap: false }],
  ['BIN_FLAT', { dataTypes: BINARY, ranges: [], mmap: true }],
  [
    'BIN_IVF_FLAT',
    { dataTypes: BINARY, metrics: ['HAMMING', 'JACCARD'], ranges: [NLIST], mmap: true },
  ],
  ['MINHASH_LSH', { dataTypes: BINARY, metrics: ['MHJACCARD'], ranges: [], mmap: true }],
  ['SPARSE_INVERTED_INDEX', { dataTypes: SPARSE, ranges: [DROP_RATIO], mmap: true }],
  ['SPARSE_WAND', { dataTypes: SPARSE, ranges: [DROP_RATIO], mmap: true }],
]);
