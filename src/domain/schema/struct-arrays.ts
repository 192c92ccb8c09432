import {
  type CollectionSchema,
  DataType,
  type FieldSchema,
  type StructArrayFieldSchema,
} from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { checkFieldName } from '../names.js';
import { illegalSchema } from '../refusals.js';
import { dataTypeName, isFixedDimensionVector } from './data-types.js';
import { checkElementType } from './field-types.js';
import { paramOf, parseInt64 } from './params.js';
import type { SchemaLimits } from './schema-limits.js';
import { checkFieldSizes, checkFieldSwitches } from './validate-field.js';

/**
 * The rules of struct arrays (Milvus 2.6): at least one member, each an Array or an ArrayOfVector
 * of flat elements, all of one `max_capacity`, none with a role of its own. Texts and codes are
 * Milvus' where it has them, else code 1100.
 */
export function checkStructArrays(schema: CollectionSchema, limits: SchemaLimits): void {
  for (const struct of schema.structArrayFields) {
    checkFieldName(struct.name, limits.maxNameLength);
    if (struct.fields.length === 0) {
      throw CoordError.invalid(`struct array field ${struct.name} has no sub-fields`);
    }
    for (const member of struct.fields) checkMember(member, schema.name, limits);
    checkOneCapacity(struct);
    checkMemberNulls(struct);
  }
}

/** Members of a nullable struct array are nullable with it, as Milvus 3 stores them. */
export const inheritNullable = (struct: StructArrayFieldSchema): StructArrayFieldSchema =>
  struct.nullable
    ? { ...struct, fields: struct.fields.map((member) => ({ ...member, nullable: true })) }
    : struct;

function checkMember(member: FieldSchema, collectionName: string, limits: SchemaLimits): void {
  checkFieldName(member.name, limits.maxNameLength);
  checkMemberRoles(member, collectionName);
  checkMemberType(member);
  checkFieldSizes(member, collectionName, limits);
  checkFieldSwitches(member);
}

function checkMemberRoles(member: FieldSchema, collectionName: string): void {
  const named = `field name = ${member.name}`;
  if (member.isPrimaryKey) {
    throw CoordError.invalid(`primary key is not supported for struct field, ${named}`);
  }
  if (member.autoID) {
    throw CoordError.invalid(`autoID is not supported for struct field, ${named}`);
  }
  if (member.isDynamic) {
    throw CoordError.invalid(`dynamic field is not supported for struct field, ${named}`);
  }
  if (member.isPartitionKey) {
    throw illegalSchema(
      collectionName,
      `partition key is not supported for struct field, ${named}`,
    );
  }
  if (member.isClusteringKey) {
    throw illegalSchema(
      collectionName,
      `clustering key is not supported for struct field, ${named}`,
    );
  }
}

/** Code 1100 unless the member is an array of flat elements, scalar or vector. */
export function checkMemberType(member: FieldSchema): void {
  const name = echo(member.name);
  if (member.dataType !== DataType.Array && member.dataType !== DataType.ArrayOfVector) {
    throw CoordError.invalid(
      `Fields in StructArrayField can only be array or array of vector, but field ${name} is ${dataTypeName(member.dataType)}`,
    );
  }
  if (NESTED_TYPES.has(member.elementType)) {
    throw CoordError.invalid(`Nested array is not supported ${name}`);
  }
  if (member.dataType === DataType.Array) {
    checkElementType(member.elementType);
  } else if (!isFixedDimensionVector(member.elementType)) {
    throw CoordError.invalid(
      `Unsupported element type ${dataTypeName(member.elementType)} of ArrayOfVector field ${name}, only fixed dimension vector types are supported`,
    );
  }
}

const NESTED_TYPES: ReadonlySet<DataType> = new Set([
  DataType.Array,
  DataType.ArrayOfVector,
  DataType.ArrayOfStruct,
  DataType.Struct,
]);

/** Each row of a struct array has one length, so its members share one bound. */
function checkOneCapacity(struct: StructArrayFieldSchema): void {
  const capacities = struct.fields.map((member) =>
    parseInt64(paramOf(member.typeParams, 'max_capacity') ?? ''),
  );
  const odd = capacities.findIndex((capacity) => capacity !== capacities[0]);
  if (odd === -1) return;
  throw CoordError.invalid(
    `all sub-fields in struct array field must have the same max_capacity: structName=${struct.name}, ` +
      `subFieldName=${struct.fields[odd]?.name}, max_capacity=${capacities[odd]}, expected=${capacities[0]}`,
  );
}

function checkMemberNulls(struct: StructArrayFieldSchema): void {
  const odd = struct.nullable ? undefined : struct.fields.find((member) => member.nullable);
  if (odd === undefined) return;
  throw CoordError.invalid(
    'sub-field in non-nullable struct cannot be nullable individually, set nullable on the struct instead: ' +
      `structName=${struct.name}, subFieldName=${odd.name}`,
  );
}
