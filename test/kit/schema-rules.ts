import { expect, it } from 'vitest';
import { DEFAULT_SCHEMA_LIMITS, type SchemaLimits } from '../../src/domain/schema/schema-limits.js';
import {
  type NewCollection,
  type ValidatedCollection,
  validateCreateCollection,
} from '../../src/domain/schema/validate-schema.js';
import type { CollectionSchema } from '../../src/gen/schema.js';
import { refusalOf } from './refusals.js';

/** How a request differs from a plain one for the collection `books`. */
export type RequestChanges = Partial<NewCollection> & { readonly limits?: Partial<SchemaLimits> };

/** One row of a table of refusals. */
export type Refused = [
  rule: string,
  schema: CollectionSchema,
  text: string,
  changes?: RequestChanges,
];

/** Validates a create request for the collection `books` with this schema. */
export function validate(
  schema: CollectionSchema,
  { limits, ...changes }: RequestChanges = {},
): ValidatedCollection {
  const request = {
    collectionName: 'books',
    schema,
    shardsNum: 1,
    numPartitions: 0n,
    properties: [],
    ...changes,
  };
  return validateCreateCollection(request, { ...DEFAULT_SCHEMA_LIMITS, ...limits });
}

export const refusal = (schema: CollectionSchema, changes?: RequestChanges) =>
  refusalOf(() => validate(schema, changes));

/** Each row is refused with code 65535 and exactly its text. */
export const refusesPlainly = (rows: readonly Refused[]) =>
  it.each(rows)('%s → 65535', (_rule, schema, text, changes) => {
    expect(refusal(schema, changes)).toEqual({ code: 65535, text });
  });

/** Each row is refused with code 1100 and its text before `: invalid parameter`. */
export const refusesAsInvalid = (rows: readonly Refused[]) =>
  it.each(rows)('%s → 1100', (_rule, schema, text, changes) => {
    expect(refusal(schema, changes)).toEqual({ code: 1100, text: `${text}: invalid parameter` });
  });

/** Each row is refused with code 105 and its text before the collection's name. */
export const refusesAsIllegalSchema = (rows: readonly Refused[]) =>
  it.each(rows)('%s → 105', (_rule, schema, text, changes) => {
    expect(refusal(schema, changes)).toEqual({
      code: 105,
      text: `${text}: illegal collection schema[collection=books]`,
    });
  });
