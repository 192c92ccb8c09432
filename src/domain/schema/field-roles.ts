import { type CollectionSchema, DataType, type FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';

/** Types whose values can tell rows apart cheaply; keys of any kind are made of them. */
const KEY_TYPES: ReadonlySet<DataType> = new Set([DataType.Int64, DataType.VarChar]);

export const isKeyType = (type: DataType): boolean => KEY_TYPES.has(type);

/** `field name = a, b`, the way Milvus names two fields that claim one role. */
export const bothNames = (first: FieldSchema, second: FieldSchema): string =>
  `field name = ${echo(first.name)}, ${echo(second.name)}`;

/** Exactly one primary key, Int64 or VarChar (facts/rootcoord §19.2); code 65535. */
export function checkPrimaryKey(schema: CollectionSchema): void {
  let primary: FieldSchema | undefined;
  for (const field of schema.fields.filter((each) => each.isPrimaryKey)) {
    if (primary !== undefined) {
      throw CoordError.plain(`there are more than one primary key, ${bothNames(primary, field)}`);
    }
    if (!isKeyType(field.dataType)) {
      throw CoordError.plain('the data type of primary key should be Int64 or VarChar');
    }
    primary = field;
  }
  if (primary === undefined) throw CoordError.plain('primary key is not specified');
}

/** The dynamic field is the server's (facts/rootcoord §19.2); code 65535. */
export function checkNoDynamicField(schema: CollectionSchema): void {
  if (schema.fields.some((field) => field.isDynamic)) {
    throw CoordError.plain('cannot explicitly set a field as a dynamic field');
  }
}

/** At most the primary key is numbered by the server (facts/rootcoord §19.2); code 65535. */
export function checkAutoId(schema: CollectionSchema): void {
  let numbered: FieldSchema | undefined;
  for (const field of schema.fields.filter((each) => each.autoID)) {
    if (numbered !== undefined) {
      throw CoordError.plain(
        `only one field can speficy AutoID with true, ${bothNames(numbered, field)}`,
      );
    }
    if (!field.isPrimaryKey) {
      throw CoordError.plain(
        `only primary field can speficy AutoID with true, field name = ${echo(field.name)}`,
      );
    }
    numbered = field;
  }
}

/** One name, one field, struct arrays and their members included; code 65535. */
export function checkUniqueNames(schema: CollectionSchema): void {
  const seen = new Set<string>();
  const structs = schema.structArrayFields.flatMap((struct) => [struct, ...struct.fields]);
  for (const { name } of [...schema.fields, ...structs]) {
    if (seen.has(name)) throw CoordError.plain('duplicated field name');
    seen.add(name);
  }
}
