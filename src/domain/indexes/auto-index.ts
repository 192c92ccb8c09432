import { DataType } from '../../gen/schema.js';
import { CoordError } from '../errors.js';
import { dataTypeName } from '../schema/data-types.js';
import {
  AUTO_INDEX,
  INDEX_TYPE,
  METRIC_TYPE,
  MMAP_ENABLED,
  type ParamMap,
} from './index-params.js';

/** What Milvus builds when the choice is its own (`autoIndex.params.*.build`). */
const DENSE = { [INDEX_TYPE]: 'HNSW', [METRIC_TYPE]: 'COSINE', M: '18', efConstruction: '240' };
const BINARY = { [INDEX_TYPE]: 'BIN_IVF_FLAT', [METRIC_TYPE]: 'HAMMING', nlist: '1024' };
const SPARSE = { [INDEX_TYPE]: 'SPARSE_INVERTED_INDEX', [METRIC_TYPE]: 'IP' };
const EMBEDDING_LIST = { ...DENSE, [METRIC_TYPE]: 'MAX_SIM_COSINE' };

const VECTOR_CHOICES: ReadonlyMap<DataType, Readonly<Record<string, string>>> = new Map<
  DataType,
  Readonly<Record<string, string>>
>([
  [DataType.FloatVector, DENSE],
  [DataType.Float16Vector, DENSE],
  [DataType.BFloat16Vector, DENSE],
  [DataType.Int8Vector, DENSE],
  [DataType.BinaryVector, BINARY],
  [DataType.SparseFloatVector, SPARSE],
  [DataType.ArrayOfVector, EMBEDDING_LIST],
]);

const SCALAR_CHOICE = 'INVERTED';
/** Types an inverted index is made of without being told how. */
const AUTO_SCALARS: ReadonlySet<DataType> = new Set([
  DataType.Bool,
  ...[DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64],
  ...[DataType.Float, DataType.Double, DataType.VarChar, DataType.String],
]);

/** True when the request leaves the type of the index to the server. */
export const isAutoIndex = (params: ParamMap): boolean =>
  (params.get(INDEX_TYPE) ?? AUTO_INDEX) === AUTO_INDEX;

/**
 * The params an automatic index of a vector field is built with. The user may choose the metric,
 * and whether it is memory-mapped.
 *
 * @throws CoordError code 65535 for any other param.
 */
export function autoVectorParams(
  dataType: DataType,
  given: ParamMap,
  defaultMetric: string | undefined,
): Map<string, string> {
  for (const key of given.keys()) {
    if (key !== INDEX_TYPE && key !== METRIC_TYPE && key !== MMAP_ENABLED) {
      throw CoordError.plain('only metric type can be passed when use AutoIndex');
    }
  }
  const params = new Map(Object.entries(VECTOR_CHOICES.get(dataType) ?? DENSE));
  const metric = given.get(METRIC_TYPE) ?? defaultMetric;
  if (metric !== undefined) params.set(METRIC_TYPE, metric);
  const mmap = given.get(MMAP_ENABLED);
  if (mmap !== undefined) params.set(MMAP_ENABLED, mmap);
  return params;
}

/**
 * The same for a scalar field; other params stay as given.
 *
 * @throws CoordError code 1100 for a type no index is chosen for.
 */
export function autoScalarParams(
  dataType: DataType,
  elementType: DataType,
  given: ParamMap,
): Map<string, string> {
  const indexed = dataType === DataType.Array ? elementType : dataType;
  if (!AUTO_SCALARS.has(indexed) && dataType !== DataType.JSON) {
    const why = `create auto index on type:${dataTypeName(dataType)} is not supported`;
    throw unexpectedValueOnly('supported field', why);
  }
  return new Map([...given, [INDEX_TYPE, SCALAR_CHOICE]]);
}

const unexpectedValueOnly = (expected: string, actual: string): CoordError =>
  CoordError.of('ParameterInvalid', { expected, actual });
