import type { KeyValuePair } from '../../gen/common.js';
import {
  type CollectionSchema,
  DataType,
  type FieldSchema,
  type FunctionSchema,
  FunctionType,
} from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import type { FieldId } from '../ids.js';
import { dataTypeName, isVector, vectorTypeOf } from '../schema/data-types.js';
import { checkSwitches } from './alterable-params.js';
import { autoScalarParams, autoVectorParams, isAutoIndex } from './auto-index.js';
import { badIndexParams } from './bad-index-params.js';
import { checkIndexBounds } from './index-bounds.js';
import {
  AUTO_INDEX,
  decodeIndexParams,
  INDEX_TYPE,
  METRIC_TYPE,
  type ParamMap,
  toPairs,
} from './index-params.js';
import type { IndexDefinition } from './index-record.js';
import { checkMetric } from './metrics.js';
import { checkRange } from './param-range.js';
import { SCALAR_INDEX_TYPES } from './scalar-index-types.js';
import { VECTOR_INDEX_TYPES, type VectorIndexType } from './vector-index-types.js';

/** Params that describe the field; an index has them from there. */
const FIELD_PARAMS = ['dim', 'max_length'];

/**
 * What a proxy makes of a CreateIndex request (facts/wire-surface §2.5): params unfolded, automatic
 * choices filled in, everything checked against the field.
 *
 * @throws CoordError code 1100 or 65535, for the reason it gives.
 */
export function defineIndex(
  schema: CollectionSchema,
  field: FieldSchema,
  extraParams: readonly KeyValuePair[],
): Omit<IndexDefinition, 'name'> {
  checkIndexBounds(extraParams);
  const given = decodeIndexParams(extraParams);
  checkKnownType(given.get(INDEX_TYPE));
  const isAuto = isAutoIndex(given);
  const params = isVector(field.dataType)
    ? vectorParams(schema, field, given, isAuto)
    : scalarParams(field, given, isAuto);
  checkSwitches(params);
  for (const key of FIELD_PARAMS) params.delete(key);
  return {
    fieldId: field.fieldID as FieldId,
    typeParams: field.typeParams.filter(({ key }) => !params.has(key)),
    indexParams: toPairs(params),
    userIndexParams: isAuto ? autoWords(field, given, params) : [...extraParams],
    isAutoIndex: isAuto,
    isMetricGiven: given.has(METRIC_TYPE),
  };
}

function checkKnownType(type: string | undefined): void {
  if (type === undefined || type === AUTO_INDEX) return;
  if (VECTOR_INDEX_TYPES.has(type) || SCALAR_INDEX_TYPES.has(type)) return;
  throw CoordError.of('ParameterInvalid', {
    expected: 'valid index',
    actual: `invalid index type: ${echo(type)}`,
  });
}

/** A description says AUTOINDEX, never what that came to. */
function autoWords(field: FieldSchema, given: ParamMap, params: ParamMap): KeyValuePair[] {
  const words = new Map([[INDEX_TYPE, AUTO_INDEX]]);
  const metric = params.get(METRIC_TYPE);
  if (isVector(field.dataType) && metric !== undefined) words.set(METRIC_TYPE, metric);
  for (const [key, value] of given) if (!words.has(key)) words.set(key, value);
  return toPairs(words);
}

function scalarParams(field: FieldSchema, given: ParamMap, isAuto: boolean): Map<string, string> {
  const params = isAuto
    ? autoScalarParams(field.dataType, field.elementType, given)
    : new Map(given);
  const type = params.get(INDEX_TYPE) ?? '';
  const spec = SCALAR_INDEX_TYPES.get(type);
  if (!spec) throw badIndexParams(`index ${echo(type)} only supports vector data type`);
  spec.checkField(field);
  spec.checkParams(field, params);
  return params;
}

function vectorParams(
  schema: CollectionSchema,
  field: FieldSchema,
  given: ParamMap,
  isAuto: boolean,
): Map<string, string> {
  const fn = schema.functions.find(({ outputFieldNames }) => outputFieldNames.includes(field.name));
  const isBm25 = fn?.type === FunctionType.BM25;
  const params = isAuto
    ? autoVectorParams(field.dataType, given, isBm25 ? 'BM25' : undefined)
    : new Map(given);
  const metric = params.get(METRIC_TYPE);
  if (metric === undefined) throw badIndexParams('metric type not set for vector index');
  checkMetric(field.dataType, metric);
  if (field.dataType === DataType.SparseFloatVector) checkBm25(fn, metric);
  if (!isAuto) checkVectorType(field, params, metric);
  return params;
}

function checkBm25(fn: FunctionSchema | undefined, metric: string): void {
  const isBm25Output = fn?.type === FunctionType.BM25;
  if (metric === 'BM25' && !isBm25Output) {
    throw badIndexParams('only BM25 Function output field support BM25 metric type');
  }
  if (isBm25Output && metric !== 'BM25') {
    throw badIndexParams(
      `index metric type of BM25 function output field must be BM25, got ${echo(metric)}`,
    );
  }
}

function checkVectorType(field: FieldSchema, params: ParamMap, metric: string): void {
  const type = params.get(INDEX_TYPE) ?? '';
  const spec = VECTOR_INDEX_TYPES.get(type);
  if (!spec?.dataTypes.has(vectorTypeOf(field))) {
    const name = dataTypeName(field.dataType);
    throw badIndexParams(`data type ${name} can't build with this index ${echo(type)}`);
  }
  if (spec.metrics && !spec.metrics.includes(metric)) {
    throw badIndexParams(
      `metric type ${metric} not found or not supported, supported: [${spec.metrics.join(' ')}]`,
    );
  }
  for (const range of spec.ranges) checkRange(params, range);
  checkDimension(field, spec, params);
}

function checkDimension(field: FieldSchema, spec: VectorIndexType, params: ParamMap): void {
  const dim = Number(field.typeParams.find(({ key }) => key === 'dim')?.value);
  const given = params.get('dim');
  if (given !== undefined && Number(given) !== dim) {
    throw badIndexParams(
      `dimension mismatch, dimension in schema: ${dim}, dimension: ${echo(given)}`,
    );
  }
  if (spec.evenDimension && dim % 2 !== 0) {
    throw badIndexParams(`dimension must be able to be divided by 2, dimension: ${dim}`);
  }
  const divisor = spec.divisor && params.get(spec.divisor);
  if (divisor && dim % Number(divisor) !== 0) {
    throw badIndexParams(
      'The dimension of a vector (dim) should be a multiple of the number of subquantizers (m). ' +
        `Dimension:${dim}, m:${divisor}`,
    );
  }
}
