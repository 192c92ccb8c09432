import type { KeyValuePair } from '../gen/common.js';
import { DataType, type FieldSchema } from '../gen/schema.js';
import { type Alteration, withSchema } from './alteration.js';
import { CoordError, echo } from './errors.js';
import { changeProperties, checkPropertyChange, type PropertyChange } from './property-changes.js';
import type { CollectionRecord } from './records.js';
import { checkDefaultValue } from './schema/default-values.js';
import { isDecimal, paramOf } from './schema/params.js';
import type { SchemaLimits } from './schema/schema-limits.js';
import { FIRST_USER_FIELD_ID } from './schema/system-fields.js';
import { checkFieldSwitches } from './schema/validate-field.js';

const DESCRIPTION_KEY = 'field.description';
const MMAP_KEY = 'mmap.enabled';

/** `max_capacity` and the description came with Milvus 2.6. */
const ALTERABLE_KEYS: ReadonlySet<string> = new Set([
  'max_length',
  'max_capacity',
  MMAP_KEY,
  DESCRIPTION_KEY,
]);

/** pymilvus' word for the switch (facts/rootcoord §5.6). */
const canonical = (key: string): string => (key === 'mmap_enabled' ? MMAP_KEY : key);

/**
 * The collection with one field's params changed (facts/rootcoord §5.6), or the same record when
 * nothing changes. Only sizes, `mmap.enabled` and the description may change, and only
 * `mmap.enabled` may go. System fields and members of struct arrays cannot be altered. Code 1100,
 * 1102 when too large, 65535 for a change that says nothing or two things.
 */
export function alterField(
  record: CollectionRecord,
  fieldName: string,
  change: PropertyChange,
  { limits, at }: Alteration,
): CollectionRecord {
  if (fieldName === '') {
    throw CoordError.plain('alter collection field failed, filed name does not exists');
  }
  checkPropertyChange(change, 'field');
  const { schema } = record;
  const wanted = canonicalChange(change);
  const field = schema.fields.find(
    ({ name, fieldID }) => name === fieldName && fieldID >= FIRST_USER_FIELD_ID,
  );
  if (field === undefined) {
    throw CoordError.invalid(`field ${echo(fieldName)} does not exist in collection`);
  }
  for (const pair of wanted.properties) checkSize(field, pair, limits);
  const altered = changeField(field, wanted);
  if (altered === field) return record;
  checkFieldSwitches(altered);
  checkDefaultValue(altered);
  const fields = schema.fields.map((each) => (each === field ? altered : each));
  return withSchema(record, { ...schema, fields }, at);
}

function canonicalChange({ properties, deleteKeys }: PropertyChange): PropertyChange {
  for (const { key } of properties) {
    if (ALTERABLE_KEYS.has(canonical(key))) continue;
    throw CoordError.invalid(`${echo(key)} does not allow update in collection field param`);
  }
  for (const key of deleteKeys) {
    if (canonical(key) === MMAP_KEY) continue;
    throw CoordError.invalid(`${echo(key)} is not allowed to drop in collection field param`);
  }
  return {
    properties: properties.map(({ key, value }) => ({ key: canonical(key), value })),
    deleteKeys: deleteKeys.map(canonical),
  };
}

function checkSize(field: FieldSchema, { key, value }: KeyValuePair, limits: SchemaLimits): void {
  if (key === 'max_length') checkMaxLength(field, value, limits.maxVarCharLength);
  if (key === 'max_capacity') checkMaxCapacity(field, value, limits.maxArrayCapacity);
}

function checkMaxLength({ name, dataType, elementType }: FieldSchema, text: string, max: number) {
  const type = dataType === DataType.Array ? elementType : dataType;
  if (type !== DataType.VarChar) {
    throw CoordError.invalid(`${name} can not modify the maxlength for non-string types`);
  }
  if (!isDecimal(text)) {
    throw CoordError.invalid(`max_length should be an integer, but got "${echo(text)}"`);
  }
  if (Number(text) > max) {
    throw CoordError.invalid(`${echo(text)} exceeds the maximum allowed value ${max}`);
  }
  if (Number(text) <= 0) {
    throw CoordError.invalid(`the maximum length specified for a VarChar should be in (0, ${max}]`);
  }
}

function checkMaxCapacity({ name, dataType }: FieldSchema, text: string, max: number): void {
  if (dataType !== DataType.Array) {
    throw CoordError.invalid(`${name} can not modify the maxcapacity for non-array types`);
  }
  if (!isDecimal(text)) {
    throw CoordError.invalid(`the value for max_capacity of field ${name} must be an integer`);
  }
  if (Number(text) <= 0 || Number(text) > max) {
    throw CoordError.invalid(`the maximum capacity specified for a Array should be in (0, ${max}]`);
  }
}

/** The description is kept in one place, as with collections. */
function changeField(field: FieldSchema, change: PropertyChange): FieldSchema {
  const params = change.properties.filter(({ key }) => key !== DESCRIPTION_KEY);
  const typeParams = changeProperties(field.typeParams, { ...change, properties: params });
  const description =
    paramOf([...change.properties].reverse(), DESCRIPTION_KEY) ?? field.description;
  const same = typeParams === field.typeParams && description === field.description;
  return same ? field : { ...field, description, typeParams: [...typeParams] };
}
