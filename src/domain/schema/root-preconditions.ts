import type { CollectionSchema, FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { unexpectedValue } from '../refusals.js';
import { dataTypeName, describeField, isKnownDataType, isVector } from './data-types.js';
import { checkDefaultValue } from './default-values.js';
import { checkUniqueKeys } from './params.js';
import { checkSchemaBounds } from './schema-bounds.js';
import { checkMemberType } from './struct-arrays.js';
import { SYSTEM_FIELD_NAMES } from './system-fields.js';

/**
 * What RootCoord itself checks of a schema, whoever checked before (facts/rootcoord §5.1 item 9):
 * a name, the same in the schema, nulls, defaults and keys make sense, no name of a system field, known data
 * types. Code 1100.
 */
export function checkRootPreconditions(collectionName: string, schema: CollectionSchema): void {
  checkSchemaBounds(schema);
  if (schema.name !== collectionName) {
    throw unexpectedValue(
      `collection name = ${echo(collectionName)}, schema.Name=${echo(schema.name)}`,
      'collection name matches schema name',
      "don't match",
    );
  }
  if (collectionName === '') throw CoordError.invalid('collection name should not be empty');
  for (const field of schema.fields) checkField(field);
  for (const struct of schema.structArrayFields) {
    for (const member of struct.fields) checkMember(member);
  }
  checkNoSystemField(schema);
  for (const field of schema.fields) checkDataType(field);
}

/** Nulls are for scalars only, as in Milvus 2.5. */
function checkField(field: FieldSchema): void {
  const described = describeField(field.dataType, echo(field.name));
  if (field.nullable && isVector(field.dataType)) {
    throw CoordError.invalid(`vector type not support null, ${described}`);
  }
  if (field.nullable && field.isPrimaryKey) {
    throw CoordError.invalid(`primary field not support null, ${described}`);
  }
  checkDefaultValue(field);
  checkUniqueKeys(field.typeParams, 'type');
  checkUniqueKeys(field.indexParams, 'index');
}

function checkMember(member: FieldSchema): void {
  checkMemberType(member);
  if (member.defaultValue !== undefined) {
    throw CoordError.invalid(
      `fields in struct array field not support default_value, data type:${dataTypeName(member.dataType)}, ` +
        `element type:${dataTypeName(member.elementType)}, name:${echo(member.name)}`,
    );
  }
  checkUniqueKeys(member.typeParams, 'type');
  checkUniqueKeys(member.indexParams, 'index');
}

function checkNoSystemField(schema: CollectionSchema): void {
  const structs = schema.structArrayFields.flatMap((struct) => [struct, ...struct.fields]);
  const reserved = [...schema.fields, ...structs].some(({ name }) =>
    SYSTEM_FIELD_NAMES.includes(name),
  );
  if (!reserved) return;
  throw unexpectedValue(
    `schema contains system field: ${SYSTEM_FIELD_NAMES.join(', ')}`,
    "schema don't contains system field",
    'contains',
  );
}

function checkDataType(field: FieldSchema): void {
  if (isKnownDataType(field.dataType)) return;
  throw unexpectedValue(
    `field ${echo(field.name)}`,
    'valid field',
    `field data type: ${dataTypeName(field.dataType)} is not supported`,
  );
}
