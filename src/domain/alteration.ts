import type { CollectionSchema } from '../gen/schema.js';
import type { CollectionRecord } from './records.js';
import type { SchemaLimits } from './schema/schema-limits.js';
import type { Timestamp } from './timestamp.js';

/** What an alteration needs beside the record: the operator's limits and its own timestamp. */
export interface Alteration {
  readonly limits: SchemaLimits;
  readonly at: Timestamp;
}

/**
 * The record with another structure. Each such change counts `schema.version` up by one, so that
 * whoever holds a schema can tell which of two is newer (Milvus 2.6).
 */
export const withSchema = (
  record: CollectionRecord,
  schema: CollectionSchema,
  at: Timestamp,
): CollectionRecord => ({
  ...record,
  schema: { ...schema, version: record.schema.version + 1 },
  updatedAt: at,
});
