import type { CollectionSchema, FieldSchema } from '../gen/schema.js';
import { type Alteration, withSchema } from './alteration.js';
import { CoordError, echo } from './errors.js';
import type { CollectionRecord } from './records.js';
import { unexpectedValue } from './refusals.js';
import { checkClusteringKey } from './schema/clustering-key.js';
import { timezoneOf } from './schema/collection-properties.js';
import { dataTypeName, isKnownDataType, isVector } from './schema/data-types.js';
import { readTimestamptzDefault } from './schema/default-values.js';
import { checkNoDynamicField } from './schema/field-roles.js';
import { checkFieldTypes } from './schema/field-types.js';
import { insertField } from './schema/insert-field.js';
import { checkLoadFields } from './schema/load-fields.js';
import { checkRootPreconditions } from './schema/root-preconditions.js';
import { NAMESPACE_FIELD_NAME, SYSTEM_FIELD_NAMES } from './schema/system-fields.js';
import { checkSupported } from './schema/unsupported.js';
import { checkField } from './schema/validate-field.js';

const RESERVED_NAMES: ReadonlySet<string> = new Set([...SYSTEM_FIELD_NAMES, NAMESPACE_FIELD_NAME]);

/**
 * The collection with one more field (AddCollectionField of Milvus 2.6, on which the facts are
 * silent). Rows that are there hold null or the default, so the field must be nullable; it can be
 * no key but a clustering key, and no vector. Its id is one past the highest, whatever the client
 * sent; `schema.version` counts up. Otherwise the rules are those of a field at create, with
 * their codes and texts; rules of adding have code 1100.
 */
export function addField(
  record: CollectionRecord,
  field: FieldSchema,
  { limits, at }: Alteration,
): CollectionRecord {
  const { schema } = record;
  const extended = insertField(schema, field, limits);
  checkName(schema, field);
  checkRoles(schema, field);
  checkAlone(record, field, { limits, at });
  checkLoadFields(extended);
  const readable = readTimestamptzDefault(field, timezoneOf(record.properties));
  return withSchema(record, insertField(schema, readable, limits), at);
}

function checkName(schema: CollectionSchema, { name }: FieldSchema): void {
  const structs = schema.structArrayFields.flatMap((struct) => [struct, ...struct.fields]);
  if (RESERVED_NAMES.has(name)) {
    throw CoordError.invalid(`not support to add system field, field name = ${name}`);
  }
  if ([...schema.fields, ...structs].some((each) => each.name === name)) {
    throw CoordError.invalid(`duplicated field name ${echo(name)}`);
  }
}

/** Texts are Milvus 2.6's, its two spaces before one `=` included. */
function checkRoles(schema: CollectionSchema, field: FieldSchema): void {
  const name = echo(field.name);
  if (!isKnownDataType(field.dataType)) {
    const actual = `field data type: ${dataTypeName(field.dataType)} is not supported`;
    throw unexpectedValue(`field ${name}`, 'valid field', actual);
  }
  const notSupported = (what: string) =>
    CoordError.invalid(`not support to add ${what} field, field name = ${name}`);
  if (isVector(field.dataType)) throw notSupported('vector');
  if (field.isPrimaryKey) throw notSupported('pk');
  if (field.autoID) {
    throw CoordError.invalid(
      `only primary field can speficy AutoID with true, field name = ${name}`,
    );
  }
  if (field.isPartitionKey) {
    throw CoordError.invalid(`not support to add partition key field, field name  = ${name}`);
  }
  if (field.isClusteringKey && schema.fields.some((each) => each.isClusteringKey)) {
    throw CoordError.invalid(`already has another clustering key field, field name: ${name}`);
  }
  if (field.isFunctionOutput) {
    throw CoordError.invalid(
      `field ${name} is marked as function output, but is no function's output`,
    );
  }
  if (!field.nullable) {
    throw CoordError.invalid(`added field must be nullable, please check it, field name = ${name}`);
  }
}

/** What create asks of a field whatever the others are. */
function checkAlone(
  { name, schema }: CollectionRecord,
  field: FieldSchema,
  { limits }: Alteration,
): void {
  const alone = { ...schema, name, fields: [field], structArrayFields: [], functions: [] };
  checkSupported(alone);
  checkNoDynamicField(alone);
  checkFieldTypes(alone);
  checkClusteringKey(alone, name);
  checkField(field, name, limits);
  checkRootPreconditions(name, alone);
}
