import type { KeyValuePair } from '../../src/gen/common.js';
import {
  CollectionSchema,
  DataType,
  FieldSchema,
  FunctionSchema,
  FunctionType,
  StructArrayFieldSchema,
} from '../../src/gen/schema.js';

/** Schemas for tests: each builder makes a valid thing, and a test says what differs. */

/** `{ dim: 8 }` as the pairs a client sends. */
export const pairs = (entries: Readonly<Record<string, string | number>>): KeyValuePair[] =>
  Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));

type Changes<T> = Partial<Omit<T, '_unknownFields'>>;

export const aField = (name: string, changes: Changes<FieldSchema> = {}): FieldSchema => ({
  ...FieldSchema.fromPartial({ name, dataType: DataType.Int64 }),
  ...changes,
});

export const aPrimaryKey = (changes: Changes<FieldSchema> = {}): FieldSchema =>
  aField('id', { isPrimaryKey: true, ...changes });

export const aVector = (changes: Changes<FieldSchema> = {}): FieldSchema =>
  aField('vector', { dataType: DataType.FloatVector, typeParams: pairs({ dim: 8 }), ...changes });

export const aVarChar = (name: string, changes: Changes<FieldSchema> = {}): FieldSchema =>
  aField(name, { dataType: DataType.VarChar, typeParams: pairs({ max_length: 64 }), ...changes });

export const anArray = (name: string, changes: Changes<FieldSchema> = {}): FieldSchema =>
  aField(name, {
    dataType: DataType.Array,
    elementType: DataType.Int32,
    typeParams: pairs({ max_capacity: 8 }),
    ...changes,
  });

export const anArrayOfVector = (name: string, changes: Changes<FieldSchema> = {}): FieldSchema =>
  aField(name, {
    dataType: DataType.ArrayOfVector,
    elementType: DataType.FloatVector,
    typeParams: pairs({ dim: 4, max_capacity: 8 }),
    ...changes,
  });

export const aStruct = (
  name: string,
  fields: FieldSchema[],
  changes: Changes<StructArrayFieldSchema> = {},
): StructArrayFieldSchema => ({
  ...StructArrayFieldSchema.fromPartial({ name }),
  fields,
  ...changes,
});

/** A text field that BM25 can read. */
export const anAnalysedText = (changes: Changes<FieldSchema> = {}): FieldSchema =>
  aVarChar('text', {
    typeParams: pairs({ max_length: 64, enable_analyzer: 'true' }),
    ...changes,
  });

export const aSparseVector = (name: string, changes: Changes<FieldSchema> = {}): FieldSchema =>
  aField(name, { dataType: DataType.SparseFloatVector, ...changes });

/** BM25 from `text` to `sparse`. */
export const aFunction = (changes: Changes<FunctionSchema> = {}): FunctionSchema => ({
  ...FunctionSchema.fromPartial({
    name: 'bm25',
    type: FunctionType.BM25,
    inputFieldNames: ['text'],
    outputFieldNames: ['sparse'],
  }),
  ...changes,
});

/** A primary key, a vector, and `extra` fields. */
export const aSchema = (
  extra: FieldSchema[] = [],
  changes: Changes<CollectionSchema> = {},
): CollectionSchema => ({
  ...CollectionSchema.fromPartial({ name: 'books' }),
  fields: [aPrimaryKey(), aVector(), ...extra],
  ...changes,
});
