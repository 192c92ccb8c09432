import type {
  CollectionSchema,
  FieldSchema,
  FunctionSchema,
  StructArrayFieldSchema,
} from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { readTimestamptzDefault } from './default-values.js';
import {
  dynamicField,
  FIRST_FUNCTION_ID,
  FIRST_USER_FIELD_ID,
  rowIdField,
  timestampField,
} from './system-fields.js';
import { DEFAULT_TIMEZONE } from './timestamptz.js';

/**
 * The schema as RootCoord keeps it (facts/rootcoord §5.1, normalisation): `$meta` appended when
 * dynamic fields are on; ids from 100 for fields in order, then for each struct array and its
 * members (Milvus 2.6's order); functions numbered from 100 with their fields' ids; `RowID` and
 * `Timestamp` last; Timestamptz defaults in microseconds. Takes a client's schema, not one that
 * went through here before. Throws code 1100 when a function names a field that is not there.
 * @param timezone of the collection (`timezoneOf` its properties), for times without an offset.
 */
export function normaliseSchema(
  schema: CollectionSchema,
  timezone: string = DEFAULT_TIMEZONE,
): CollectionSchema {
  const userFields = schema.enableDynamicField ? [...schema.fields, dynamicField()] : schema.fields;
  const fields = numberFields(userFields, FIRST_USER_FIELD_ID).map((field) =>
    readTimestamptzDefault(field, timezone),
  );
  const structs = numberStructs(
    schema.structArrayFields,
    FIRST_USER_FIELD_ID + BigInt(fields.length),
  );
  const ids = fieldIdsByName({ fields, structArrayFields: structs });
  return {
    ...schema,
    fields: [...fields, rowIdField(), timestampField()],
    structArrayFields: structs,
    functions: schema.functions.map((fn, index) =>
      numberFunction(fn, FIRST_FUNCTION_ID + BigInt(index), ids),
    ),
  };
}

const numberFields = (fields: readonly FieldSchema[], firstId: bigint): FieldSchema[] =>
  fields.map((field, index) => ({ ...field, fieldID: firstId + BigInt(index) }));

function numberStructs(
  structs: readonly StructArrayFieldSchema[],
  firstId: bigint,
): StructArrayFieldSchema[] {
  let nextId = firstId;
  return structs.map((struct) => {
    const fieldID = nextId;
    nextId += 1n + BigInt(struct.fields.length);
    return { ...struct, fieldID, fields: numberFields(struct.fields, fieldID + 1n) };
  });
}

/** Ids of the fields and of the members of struct arrays, by name. */
export const fieldIdsByName = ({
  fields,
  structArrayFields,
}: Pick<CollectionSchema, 'fields' | 'structArrayFields'>): ReadonlyMap<string, bigint> =>
  new Map(
    [...fields, ...structArrayFields.flatMap((struct) => struct.fields)].map((field) => [
      field.name,
      field.fieldID,
    ]),
  );

/** The function with this id and its fields' ids; code 1100 when it names a field that is not there. */
export function numberFunction(
  fn: FunctionSchema,
  id: bigint,
  ids: ReadonlyMap<string, bigint>,
): FunctionSchema {
  const idOf = (side: 'input' | 'output', name: string): bigint => {
    const fieldId = ids.get(name);
    if (fieldId !== undefined) return fieldId;
    throw CoordError.invalid(`${side} field ${echo(name)} of function ${echo(fn.name)} not found`);
  };
  return {
    ...fn,
    id,
    inputFieldIds: fn.inputFieldNames.map((name) => idOf('input', name)),
    outputFieldIds: fn.outputFieldNames.map((name) => idOf('output', name)),
  };
}
