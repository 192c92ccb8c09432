import type { CollectionSchema } from '../../gen/schema.js';
import { FUNCTIONS_MAX } from './schema-bounds.js';
import { FIRST_FUNCTION_ID, FIRST_USER_FIELD_ID } from './system-fields.js';

function highest(ids: readonly bigint[], lowest: bigint): bigint {
  let max = lowest;
  for (const id of ids) if (id > max) max = id;
  return max;
}

/** One past every field, struct array and member of these. Fields are never dropped. */
export const nextFieldId = ({ fields, structArrayFields }: CollectionSchema): bigint =>
  1n +
  highest(
    [...fields, ...structArrayFields.flatMap((struct) => [struct, ...struct.fields])].map(
      ({ fieldID }) => fieldID,
    ),
    FIRST_USER_FIELD_ID - 1n,
  );

/**
 * The id of a function added now, which no other of this collection ever had. Milvus takes the
 * highest present plus one, which hands out the id of a dropped function again; here the schema's
 * version, which only grows, keeps the ids apart. `FUNCTIONS_MAX` makes room for the functions a
 * collection was created with; a store from Milvus with ids past that room keeps Milvus' rule.
 */
export const nextFunctionId = ({ functions, version }: CollectionSchema): bigint =>
  1n +
  highest(
    functions.map(({ id }) => id),
    FIRST_FUNCTION_ID + BigInt(FUNCTIONS_MAX) + BigInt(version),
  );
