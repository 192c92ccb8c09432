import type { KeyValuePair } from '../../gen/common.js';
import { CoordError, echo } from '../errors.js';
import {
  PARAM_KEY_LENGTH_MAX,
  PARAM_VALUE_LENGTH_MAX,
  PARAMS_MAX,
} from '../schema/schema-bounds.js';

/** A field has one index, a JSON field one for each path; more than this is a mistake or an attack. */
export const INDEXES_PER_COLLECTION_MAX = 1024;
/** All texts of one list together; the catalog keeps no larger record. */
const PARAMS_LENGTH_MAX = 128 * 1024;

/** As long as `proxy.maxNameLength` may ever allow, and a JSON path behind it. */
const NAME_LENGTH_MAX = 2_048;

/** Refuses, with code 1100, a name no proxy lets through. */
export const checkNameBound = (name: string): void =>
  bound('the length of an index name', Buffer.byteLength(name), NAME_LENGTH_MAX);

/** Refuses, with code 1100, params that are absurdly many or long. */
export function checkIndexBounds(params: readonly KeyValuePair[]): void {
  bound("maximum index param's number", params.length, PARAMS_MAX);
  let length = 0;
  for (const { key, value } of params) {
    bound('the length of an index param key', Buffer.byteLength(key), PARAM_KEY_LENGTH_MAX);
    bound('the length of an index param value', Buffer.byteLength(value), PARAM_VALUE_LENGTH_MAX);
    length += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  bound('the length of all index params', length, PARAMS_LENGTH_MAX);
}

/** Refuses, with code 1100, a key that occurs twice (facts/datacoord §16.2). */
export function checkDistinctKeys(params: readonly KeyValuePair[]): void {
  const seen = new Set<string>();
  for (const { key } of params) {
    if (seen.has(key)) throw CoordError.invalid(`duplicated index param key "${echo(key)}"`);
    seen.add(key);
  }
}

function bound(what: string, actual: number, max: number): void {
  if (actual > max) {
    throw CoordError.invalid(`${what} should be limited to ${max}, but is ${actual}`);
  }
}
