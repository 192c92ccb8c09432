import type { KeyValuePair } from '../gen/common.js';
import { CoordError, echo } from './errors.js';
import { refusal } from './refusals.js';
import {
  PARAM_KEY_LENGTH_MAX,
  PARAM_VALUE_LENGTH_MAX,
  PROPERTIES_LENGTH_MAX,
  PROPERTIES_MAX,
} from './schema/schema-bounds.js';

/** What an alteration asks of an object's properties: new values, or keys to forget; never both. */
export interface PropertyChange {
  readonly properties: readonly KeyValuePair[];
  readonly deleteKeys: readonly string[];
}

/** RootCoord's words for a change that says nothing, and for one that says two things (§5.6, §8). */
const WORDS = {
  collection: {
    neither:
      'The collection properties to alter and keys to delete must not be empty at the same time',
    both: 'can not provide properties and deletekeys at the same time',
  },
  database: {
    neither:
      'alter database requires either properties or deletekeys to modify or delete keys, both cannot be empty',
    both: 'alter database operation cannot modify properties and delete keys at the same time',
  },
  field: {
    neither:
      'only support alter collection field properties, but collection field properties is empty',
    both: 'can not provide properties and deletekeys at the same time',
  },
} as const;

/** The proxy's own rule, before RootCoord's (facts/rootcoord §5.6); code 1100. */
export function checkNotBoth({ properties, deleteKeys }: PropertyChange): void {
  if (properties.length > 0 && deleteKeys.length > 0) {
    throw CoordError.invalid('cannot provide both DeleteKeys and ExtraParams');
  }
}

/**
 * Exactly one of the two lists must say something (facts/rootcoord §5.6, §8), else code 65535, and
 * neither may be absurdly long, else code 1102.
 */
export function checkPropertyChange(
  { properties, deleteKeys }: PropertyChange,
  owner: keyof typeof WORDS,
): void {
  if (properties.length === 0 && deleteKeys.length === 0) {
    throw CoordError.plain(WORDS[owner].neither);
  }
  if (properties.length > 0 && deleteKeys.length > 0) throw CoordError.plain(WORDS[owner].both);
  checkCount('properties', properties.length);
  checkCount('keys to delete', deleteKeys.length);
  for (const { key, value } of properties) {
    checkKey(key);
    checkBytes(`the value of property ${echo(key)}`, value, PARAM_VALUE_LENGTH_MAX);
  }
  for (const key of deleteKeys) checkKey(key);
}

/**
 * The stored properties after a checked change: given keys overwrite, others stay, deleted keys go
 * (facts/rootcoord §5.6). Order is kept and new keys follow in the order given; of a key given
 * twice the last value counts. The same array when nothing changes. Code 1102 when the whole would
 * get too many or too large.
 */
export function changeProperties(
  stored: readonly KeyValuePair[],
  { properties, deleteKeys }: PropertyChange,
): readonly KeyValuePair[] {
  return deleteProperties(mergeProperties(stored, properties), deleteKeys);
}

function mergeProperties(
  stored: readonly KeyValuePair[],
  given: readonly KeyValuePair[],
): readonly KeyValuePair[] {
  const values = firstValues(stored);
  const wanted = new Map(given.map(({ key, value }) => [key, value]));
  if ([...wanted].every(([key, value]) => values.get(key) === value)) return stored;
  const merged = [...new Map([...values, ...wanted])].map(([key, value]) => ({ key, value }));
  checkTotal(merged);
  return merged;
}

/** The first of two equal keys is the one readers see, so it is the one that stays. */
function firstValues(pairs: readonly KeyValuePair[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of pairs) if (!values.has(key)) values.set(key, value);
  return values;
}

function deleteProperties(
  stored: readonly KeyValuePair[],
  keys: readonly string[],
): readonly KeyValuePair[] {
  const gone = new Set(keys);
  const kept = stored.filter(({ key }) => !gone.has(key));
  return kept.length === stored.length ? stored : kept;
}

function checkTotal(properties: readonly KeyValuePair[]): void {
  checkCount('properties', properties.length);
  const bytes = properties.reduce(
    (sum, { key, value }) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes > PROPERTIES_LENGTH_MAX) {
    throw tooLarge(
      `all properties together have ${bytes} bytes, limit is ${PROPERTIES_LENGTH_MAX}`,
    );
  }
}

function checkCount(what: string, count: number): void {
  if (count > PROPERTIES_MAX) throw tooLarge(`${count} ${what}, limit is ${PROPERTIES_MAX}`);
}

const checkKey = (key: string): void =>
  checkBytes(`property key ${echo(key)}`, key, PARAM_KEY_LENGTH_MAX);

function checkBytes(what: string, text: string, bytesMax: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) throw tooLarge(`${what} has ${bytes} bytes, limit is ${bytesMax}`);
}

const tooLarge = (explanation: string): CoordError => refusal('ParameterTooLarge', explanation, {});
