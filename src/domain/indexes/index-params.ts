import type { KeyValuePair } from '../../gen/common.js';
import { CoordError, echo } from '../errors.js';

/** Keys of index params that mean something to a coordinator. */
export const INDEX_TYPE = 'index_type';
export const METRIC_TYPE = 'metric_type';
/** Its value is JSON with more params: the Node SDK nests what pymilvus sends flat. */
const NESTED_PARAMS = 'params';
export const MMAP_ENABLED = 'mmap.enabled';
export const OFFSET_CACHE_ENABLED = 'indexoffsetcache.enabled';
export const JSON_PATH = 'json_path';
export const JSON_CAST_TYPE = 'json_cast_type';

/** The type that leaves the choice to the server. */
export const AUTO_INDEX = 'AUTOINDEX';

/** Flat params by key. */
export type ParamMap = ReadonlyMap<string, string>;

/**
 * The params of a request, flat: a pair under `params` is unfolded in its place, and of a key given
 * in both places the later one counts (facts/wire-surface §3).
 *
 * @throws CoordError `ParameterInvalid` for a key given twice or nested params that are no object.
 */
export function decodeIndexParams(pairs: readonly KeyValuePair[]): Map<string, string> {
  const seen = new Set<string>();
  for (const { key, value } of pairs) {
    if (seen.has(key)) {
      throw CoordError.invalid(
        `duplicated index param (key=${echo(key)}) (value=${echo(value)}) found`,
      );
    }
    seen.add(key);
  }
  return new Map(pairs.flatMap(unfold));
}

/** The same of stored params, whatever they are: what cannot be unfolded stays as it is. */
export const effectiveParams = (pairs: readonly KeyValuePair[]): Map<string, string> =>
  new Map(
    pairs.flatMap((pair) => {
      const nested = pair.key === NESTED_PARAMS ? parseObject(pair.value) : undefined;
      return nested ? textsOf(nested) : [[pair.key, pair.value] as const];
    }),
  );

function unfold({ key, value }: KeyValuePair): (readonly [string, string])[] {
  if (key !== NESTED_PARAMS) return [[key, value]];
  const nested = parseObject(value);
  if (nested) return textsOf(nested);
  throw CoordError.invalid(`the index param "params" should be a JSON object: ${echo(value)}`);
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Texts stay texts; numbers, booleans and whatever is deeper become JSON again. */
const textsOf = (nested: object): (readonly [string, string])[] =>
  Object.entries(nested).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);

/** The same pairs without what else a decoder found in them. */
export const plainPairs = (pairs: readonly KeyValuePair[]): KeyValuePair[] =>
  pairs.map(({ key, value }) => ({ key, value }));

/** Flat params as pairs, in their order. */
export const toPairs = (params: ParamMap): KeyValuePair[] =>
  Array.from(params, ([key, value]) => ({ key, value }));
