import type { KeyValuePair } from '../../gen/common.js';
import { CoordError, echo } from '../errors.js';
import { parseBoolean } from '../schema/params.js';
import {
  effectiveParams,
  INDEX_TYPE,
  MMAP_ENABLED,
  OFFSET_CACHE_ENABLED,
  type ParamMap,
} from './index-params.js';
import { SCALAR_INDEX_TYPES } from './scalar-index-types.js';
import { VECTOR_INDEX_TYPES } from './vector-index-types.js';

/** What of an index may change later: switches of its use, never how it is built. */
const ALTERABLE: ReadonlySet<string> = new Set([MMAP_ENABLED, OFFSET_CACHE_ENABLED]);

/** Refuses, with code 1100, a key that an index keeps for life (facts/datacoord §16.5). */
export function checkAlterable(keys: readonly string[]): void {
  for (const key of keys) {
    if (!ALTERABLE.has(key)) {
      throw CoordError.invalid(`${echo(key)} is not a configable index property`);
    }
  }
}

/** Refuses, with code 1100, switches that are no booleans or that the index type has not. */
export function checkSwitches(params: ParamMap): void {
  const type = params.get(INDEX_TYPE) ?? '';
  if (readSwitch(params, MMAP_ENABLED) && !supportsMmap(type)) {
    throw CoordError.invalid(`index type ${echo(type)} does not support mmap`);
  }
  if (readSwitch(params, OFFSET_CACHE_ENABLED) && VECTOR_INDEX_TYPES.has(type)) {
    throw CoordError.invalid(`index type ${echo(type)} does not support offset cache`);
  }
}

/** The same for the switches of a stored or coming index. */
export const checkSwitchesOf = (indexParams: readonly KeyValuePair[]): void =>
  checkSwitches(effectiveParams(indexParams));

/** An index type of another Milvus is given the benefit of the doubt. */
const supportsMmap = (type: string): boolean =>
  (VECTOR_INDEX_TYPES.get(type) ?? SCALAR_INDEX_TYPES.get(type))?.mmap ?? true;

function readSwitch(params: ParamMap, key: string): boolean {
  const text = params.get(key);
  if (text === undefined) return false;
  const value = parseBoolean(text);
  if (value !== undefined) return value;
  throw CoordError.invalid(`invalid ${key} value: ${echo(text)}, expected: true, false`);
}
