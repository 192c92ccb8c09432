import type { KeyValuePair } from '../../gen/common.js';
import type {
  CollectionSchema,
  FieldSchema,
  FunctionSchema,
  StructArrayFieldSchema,
  ValueField,
} from '../../gen/schema.js';
import { CoordError } from '../errors.js';

/**
 * Sizes past which a schema is refused before anything is worked out from it, so that validation
 * takes bounded time and a record fits a store's transaction. All refusals have code 1100.
 * Lengths are UTF-16 units, which `length` tells at once.
 */

/** Sixteen times Milvus' own limit, for a RootCoord whose proxies were configured generously. */
export const FIELDS_MAX = 1024;
/** Every function but a reranker needs an output field, and Milvus allows 64 fields. */
export const FUNCTIONS_MAX = 64;
/** Names one function may list; BM25 and embeddings take one, a reranker a few. */
export const FUNCTION_FIELDS_MAX = 64;
/** Milvus knows about a dozen type params and twenty index params. */
export const PARAMS_MAX = 64;
/** Milvus knows about forty collection properties. */
export const PROPERTIES_MAX = 128;
/** All their texts together; the catalog keeps no larger record. */
export const PROPERTIES_LENGTH_MAX = 256 * 1024;
/** The longest known key has 57 characters. */
export const PARAM_KEY_LENGTH_MAX = 256;
/** Analyzer params are JSON with stop words; as long as a VarChar is enough. */
export const PARAM_VALUE_LENGTH_MAX = 65_535;
/** A description is prose; as long as a VarChar is enough. */
export const DESCRIPTION_LENGTH_MAX = 65_535;
/** A default may be a VarChar of the greatest length. */
export const DEFAULT_VALUE_LENGTH_MAX = 65_535;

function bound(what: string, actual: number, max: number): void {
  if (actual > max)
    throw CoordError.invalid(`${what} should be limited to ${max}, but is ${actual}`);
}

/** Fields, struct arrays and the members of these: what `proxy.maxFieldNum` counts. */
export const countFields = (schema: CollectionSchema): number =>
  schema.structArrayFields.reduce(
    (count, struct) => count + 1 + struct.fields.length,
    schema.fields.length,
  );

/** Refuses a schema whose parts are absurdly many or long. */
export function checkSchemaBounds(schema: CollectionSchema): void {
  bound("maximum field's number", countFields(schema), FIELDS_MAX);
  bound("maximum function's number", schema.functions.length, FUNCTIONS_MAX);
  bound(
    'the length of the collection description',
    schema.description.length,
    DESCRIPTION_LENGTH_MAX,
  );
  bound('the length of the database name', schema.dbName.length, PARAM_KEY_LENGTH_MAX);
  checkPropertyBounds(schema.properties);
  for (const field of schema.fields) checkFieldBounds(field);
  for (const struct of schema.structArrayFields) checkStructBounds(struct);
  for (const fn of schema.functions) checkFunctionBounds(fn);
}

/** Refuses collection properties that are absurdly many or long. */
export function checkPropertyBounds(properties: readonly KeyValuePair[]): void {
  bound("maximum property's number", properties.length, PROPERTIES_MAX);
  for (const pair of properties) checkPairBounds(pair, 'property');
  const length = properties.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  bound('the length of all properties', length, PROPERTIES_LENGTH_MAX);
}

function checkFieldBounds(field: FieldSchema): void {
  bound('the length of a field description', field.description.length, DESCRIPTION_LENGTH_MAX);
  checkParamBounds(field.typeParams, 'type param');
  checkParamBounds(field.indexParams, 'index param');
  checkDefaultBounds(field.defaultValue);
}

function checkDefaultBounds(value: ValueField | undefined): void {
  const length = Math.max(value?.stringData?.length ?? 0, value?.bytesData?.length ?? 0);
  bound('the length of a default value', length, DEFAULT_VALUE_LENGTH_MAX);
}

function checkStructBounds(struct: StructArrayFieldSchema): void {
  bound('the length of a field description', struct.description.length, DESCRIPTION_LENGTH_MAX);
  checkParamBounds(struct.typeParams, 'type param');
  for (const member of struct.fields) checkFieldBounds(member);
}

function checkFunctionBounds(fn: FunctionSchema): void {
  bound('the length of a function description', fn.description.length, DESCRIPTION_LENGTH_MAX);
  bound("maximum function input field's number", fn.inputFieldNames.length, FUNCTION_FIELDS_MAX);
  bound("maximum function output field's number", fn.outputFieldNames.length, FUNCTION_FIELDS_MAX);
  checkParamBounds(fn.params, 'function param');
}

function checkParamBounds(params: readonly KeyValuePair[], kind: string): void {
  bound(`maximum ${kind}'s number`, params.length, PARAMS_MAX);
  for (const pair of params) checkPairBounds(pair, kind);
}

function checkPairBounds({ key, value }: KeyValuePair, kind: string): void {
  bound(`the length of a ${kind} key`, key.length, PARAM_KEY_LENGTH_MAX);
  bound(`the length of a ${kind} value`, value.length, PARAM_VALUE_LENGTH_MAX);
}
