import type { CreateCollectionReq, FieldType } from '@zilliz/milvus2-sdk-node';
import { collectionOf, idField, vectorField } from '../../kit/sdk-collections.js';

/** Both codes of a status, the way the SDK shows them. */
export interface Codes {
  readonly code: number;
  readonly error_code: string;
}

export const ILLEGAL_ARGUMENT: Codes = { code: 1100, error_code: 'IllegalArgument' };
/** Failures Milvus gives no code of their own. */
export const PLAIN: Codes = { code: 65535, error_code: 'UnexpectedError' };
export const ILLEGAL_SCHEMA: Codes = { code: 105, error_code: 'UnexpectedError' };
export const VECTOR_CLUSTERING_KEY: Codes = { code: 107, error_code: 'UnexpectedError' };
export const BAD_FIELD_NAME: Codes = { code: 1701, error_code: 'UnexpectedError' };
export const NO_DATABASE: Codes = { code: 800, error_code: 'UnexpectedError' };
export const NO_COLLECTION: Codes = { code: 100, error_code: 'CollectionNotExists' };

/** The collection each row asks for, unless its name is what is wrong. */
export const NAME = 'refused';

/** One create through the SDK that must be refused, with these codes and exactly these words. */
export interface CreateRefusal {
  readonly title: string;
  readonly request: CreateCollectionReq;
  readonly codes: Codes;
  readonly reason: string;
}

type Words = readonly [codes: Codes, reason: string];
type Changes = Parameters<typeof collectionOf>[2];

/** A key, a vector and `extra` fields, with `changes` to the request. */
export const refused = (
  title: string,
  extra: FieldType[],
  [codes, reason]: Words,
  changes: Changes = {},
): CreateRefusal => ({ title, request: collectionOf(NAME, extra, changes), codes, reason });

/** Exactly these fields. */
export const refusedFields = (
  title: string,
  fields: FieldType[],
  [codes, reason]: Words,
  changes: Changes = {},
): CreateRefusal => ({
  title,
  request: { collection_name: NAME, fields, ...changes },
  codes,
  reason,
});

/** A vector that differs from a good one. */
export const refusedVector = (title: string, changes: Partial<FieldType>, words: Words) =>
  refusedFields(title, [idField(), vectorField(changes)], words);

/** Code 1100: Milvus ends the words with its own. */
export const invalid = (explanation: string): Words => [
  ILLEGAL_ARGUMENT,
  `${explanation}: invalid parameter`,
];

export const plain = (reason: string): Words => [PLAIN, reason];

/** Code 105, which names the collection. */
export const illegalSchema = (explanation: string): Words => [
  ILLEGAL_SCHEMA,
  `${explanation}: illegal collection schema[collection=${NAME}]`,
];
