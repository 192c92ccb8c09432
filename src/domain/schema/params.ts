import type { KeyValuePair } from '../../gen/common.js';
import { CoordError, echo } from '../errors.js';

const DECIMAL = /^[+-]?[0-9]+$/;
/** Digits and sign of the longest int64; a longer text cannot be one. */
const INT64_TEXT_LENGTH_MAX = 20;

const TRUE_TEXTS: ReadonlySet<string> = new Set(['true', 't', '1']);
const FALSE_TEXTS: ReadonlySet<string> = new Set(['false', 'f', '0']);

/** True for digits with or without a sign, and nothing around them. */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/** The value of the first pair with this key. */
export const paramOf = (params: readonly KeyValuePair[], key: string): string | undefined =>
  params.find((pair) => pair.key === key)?.value;

/**
 * A decimal int64, exactly. Throws code 65535 with the words Go's parser has for it, since that is
 * what Milvus' clients see (facts/rootcoord §19.2: "number parse error").
 */
export function parseInt64(text: string): bigint {
  const failed = (why: string) =>
    CoordError.plain(`strconv.ParseInt: parsing "${echo(text)}": ${why}`);
  if (!isDecimal(text)) throw failed('invalid syntax');
  if (text.length > INT64_TEXT_LENGTH_MAX) throw failed('value out of range');
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) throw failed('value out of range');
  return value;
}

/** Reads a boolean in any case (pymilvus sends `True`); undefined when the text is none. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE_TEXTS.has(word)) return true;
  return FALSE_TEXTS.has(word) ? false : undefined;
}

/** True when the key is there and says so; a text that is no boolean counts as false. */
export const isEnabled = (params: readonly KeyValuePair[], key: string): boolean =>
  parseBoolean(paramOf(params, key) ?? '') === true;

/** Refuses, with code 1100, a value of one of `keys` that is no boolean. `owner` names the place. */
export function checkBooleans(
  params: readonly KeyValuePair[],
  keys: ReadonlySet<string>,
  owner: string,
): void {
  for (const { key, value } of params) {
    if (keys.has(key) && parseBoolean(value) === undefined) {
      throw CoordError.invalid(
        `the value of ${key} of ${owner} should be a boolean, but got "${echo(value)}"`,
      );
    }
  }
}

/** Refuses, with code 1100, a key that occurs twice: which value counts would be a guess. */
export function checkUniqueKeys(params: readonly KeyValuePair[], kind: 'type' | 'index'): void {
  const seen = new Set<string>();
  for (const { key } of params) {
    if (seen.has(key)) throw CoordError.invalid(`duplicated ${kind} param key "${echo(key)}"`);
    seen.add(key);
  }
}
