import { ConsistencyLevel, type KeyValuePair } from '../../gen/common.js';
import { checkDeleteProtection } from '../delete-protection.js';
import { CoordError, echo } from '../errors.js';
import { illegalSchema } from '../refusals.js';
import { checkBooleans, isDecimal, paramOf, parseBoolean } from './params.js';
import type { SchemaLimits } from './schema-limits.js';
import { DEFAULT_TIMEZONE, isTimezone } from './timestamptz.js';

const TTL_KEY = 'collection.ttl.seconds';
export const CONSISTENCY_LEVEL_KEY = 'consistency_level';
const REPLICA_NUMBER_KEY = 'collection.replica.number';
export const DYNAMIC_FIELD_KEY = 'dynamicfield.enabled';
const PARTITION_KEY_ISOLATION_KEY = 'partitionkey.isolation';
const TIMEZONE_KEY = 'timezone';

/** A hundred years, Milvus' own bound; -1 means that rows never expire. */
const TTL_MAX_SECONDS = 3_155_760_000;

const BOOLEAN_KEYS: ReadonlySet<string> = new Set([
  'mmap.enabled',
  'lazyload.enabled',
  DYNAMIC_FIELD_KEY,
  'collection.autocompaction.enabled',
  'allow_insert_auto_id',
]);

const levels: ReadonlySet<ConsistencyLevel> = new Set(Object.values(ConsistencyLevel));

const levelNames: ReadonlyMap<string, ConsistencyLevel> = new Map(
  Object.entries(ConsistencyLevel).flatMap(([name, level]) => [
    [name, level],
    [String(level), level],
  ]),
);

/** Refuses, with code 1100, a property whose value cannot be what its key means. */
export function checkProperties(properties: readonly KeyValuePair[]): void {
  for (const { key, value } of properties) {
    if (key === TTL_KEY) checkTtl(value);
    if (key === CONSISTENCY_LEVEL_KEY) readConsistencyLevel(value);
    if (key === REPLICA_NUMBER_KEY) checkReplicaNumber(value);
    if (key === TIMEZONE_KEY) checkTimezone(value);
  }
  checkDeleteProtection(properties);
  checkBooleans(properties, BOOLEAN_KEYS, 'the collection properties');
}

/** The range is Milvus 2.6's; texts are its too. */
function checkTtl(text: string): void {
  if (!isDecimal(text)) {
    throw CoordError.invalid('collection TTL is not a valid positive integer');
  }
  const seconds = Number(text);
  if (seconds < -1 || seconds > TTL_MAX_SECONDS) {
    throw CoordError.invalid(
      `collection TTL is out of range, expect [-1, ${TTL_MAX_SECONDS}], got ${echo(text)}`,
    );
  }
}

/** Milvus stores any text here and fails when the collection is loaded; the words are its own. */
function checkReplicaNumber(text: string): void {
  if (isDecimal(text) && Number(text) >= 0) return;
  throw CoordError.invalid(
    `invalid collection property: [key=${REPLICA_NUMBER_KEY}] [value=${echo(text)}]`,
  );
}

/** The rule and the text are Milvus 2.6's. */
function checkTimezone(name: string): void {
  if (isTimezone(name)) return;
  throw CoordError.invalid(`unknown or invalid IANA Time Zone ID: ${echo(name)}`);
}

function readConsistencyLevel(text: string): ConsistencyLevel {
  const level = levelNames.get(text);
  if (level === undefined) {
    throw CoordError.invalid(`invalid consistency_level property "${echo(text)}"`);
  }
  return level;
}

/**
 * The level a collection gets: the property `consistency_level`, by name or number, overrides the
 * request's field (facts/rootcoord §5.1). A text that is neither, or a number that stands for no
 * level, is refused with code 1100, where Milvus overlooks it.
 */
export function consistencyLevelOf(
  requested: ConsistencyLevel,
  properties: readonly KeyValuePair[],
): ConsistencyLevel {
  const text = paramOf(properties, CONSISTENCY_LEVEL_KEY);
  if (text !== undefined) return readConsistencyLevel(text);
  if (levels.has(requested)) return requested;
  throw CoordError.invalid(`unknown consistency level ${requested}`);
}

/** The IANA name of the zone that times without an offset are in. */
export const timezoneOf = (properties: readonly KeyValuePair[]): string =>
  paramOf(properties, TIMEZONE_KEY) ?? DEFAULT_TIMEZONE;

/** Partition-key isolation needs a partition key and materialised views, else code 105 (§19.2). */
export function checkPartitionKeyIsolation(
  properties: readonly KeyValuePair[],
  collection: { readonly name: string; readonly hasPartitionKey: boolean },
  limits: SchemaLimits,
): void {
  const text = paramOf(properties, PARTITION_KEY_ISOLATION_KEY);
  if (text === undefined) return;
  const isolated = parseBoolean(text);
  if (isolated === undefined) {
    throw CoordError.invalid(
      `failed to parse partition key isolation: strconv.ParseBool: parsing "${echo(text)}": invalid syntax`,
    );
  }
  if (!isolated) return;
  if (!collection.hasPartitionKey) {
    throw illegalSchema(
      collection.name,
      'partition key isolation mode is enabled but no partition key field is set. Please set the partition key first',
    );
  }
  if (!limits.enableMaterializedView) {
    throw illegalSchema(
      collection.name,
      'partition key isolation mode is enabled but current Milvus does not support it. Please contact us',
    );
  }
}
