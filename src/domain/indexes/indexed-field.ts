import type { CollectionSchema, FieldSchema } from '../../gen/schema.js';
import { FIRST_USER_FIELD_ID } from '../schema/system-fields.js';

/** The field of this id, members of struct arrays included, fields only the server knows not. */
export const fieldById = (schema: CollectionSchema, id: bigint): FieldSchema | undefined =>
  everyField(schema).find(({ field }) => field.fieldID === id)?.field;

/** The field of this name; a member of a struct array is `struct[member]`, or just `member`. */
export const fieldByName = (schema: CollectionSchema, name: string): FieldSchema | undefined =>
  everyField(schema).find(({ names }) => names.includes(name))?.field;

/** The name clients know a field by; empty when there is none of this id. */
export const fieldNameOf = (schema: CollectionSchema, id: bigint): string =>
  everyField(schema).find(({ field }) => field.fieldID === id)?.names[0] ?? '';

interface NamedField {
  readonly field: FieldSchema;
  /** What clients may call it; the first is what they are told. */
  readonly names: readonly string[];
}

const everyField = ({ fields, structArrayFields }: CollectionSchema): NamedField[] => [
  ...fields
    .filter(({ fieldID }) => fieldID >= FIRST_USER_FIELD_ID)
    .map((field) => ({ field, names: [field.name] })),
  ...structArrayFields.flatMap((struct) =>
    struct.fields.map((field) => ({
      field,
      names: [`${struct.name}[${field.name}]`, field.name],
    })),
  ),
];
