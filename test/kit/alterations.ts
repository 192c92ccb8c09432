import type { CollectionRecord } from '../../src/domain/records.js';
import { normaliseSchema } from '../../src/domain/schema/normalise-schema.js';
import { DEFAULT_SCHEMA_LIMITS } from '../../src/domain/schema/schema-limits.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import type { CollectionSchema } from '../../src/gen/schema.js';
import { aRecord } from './records.js';

/** Past what a double can hold, so that a rounded timestamp is seen. */
export const LATER = (2n ** 60n + 1n) as Timestamp;

export const alteration = { limits: DEFAULT_SCHEMA_LIMITS, at: LATER };

/** The stored collection that a client's schema makes. */
export const collectionOf = (
  schema: CollectionSchema,
  differences: Partial<CollectionRecord> = {},
): CollectionRecord =>
  aRecord({ name: schema.name, schema: normaliseSchema(schema), ...differences });
