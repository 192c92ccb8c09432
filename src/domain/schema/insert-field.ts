import type { CollectionSchema, FieldSchema } from '../../gen/schema.js';
import { CoordError } from '../errors.js';
import { nextFieldId } from './next-ids.js';
import { countFields } from './schema-bounds.js';
import type { SchemaLimits } from './schema-limits.js';
import { FIRST_USER_FIELD_ID } from './system-fields.js';

/** Only the user's fields and `$meta` count; the two system fields are no part of the limit. */
const countUserFields = (schema: CollectionSchema): number =>
  countFields(schema) - schema.fields.filter(isSystemField).length;

const isSystemField = ({ fieldID }: FieldSchema): boolean => fieldID < FIRST_USER_FIELD_ID;

/**
 * The schema with one more field, numbered past all others and put before the system fields, where
 * a load from the store puts it, too. Code 1100 when the schema is full.
 */
export function insertField(
  schema: CollectionSchema,
  field: FieldSchema,
  { maxFieldNum }: SchemaLimits,
): CollectionSchema {
  if (countUserFields(schema) >= maxFieldNum) {
    throw CoordError.invalid(`The number of fields has reached the maximum value ${maxFieldNum}`);
  }
  const added = { ...field, fieldID: nextFieldId(schema) };
  const users = schema.fields.filter((each) => !isSystemField(each));
  return { ...schema, fields: [...users, added, ...schema.fields.filter(isSystemField)] };
}
