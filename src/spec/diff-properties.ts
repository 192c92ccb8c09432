import type { KeyValuePair } from '../gen/common.js';
import type { Properties } from './catalog-state.js';

/** What has to be written and removed to get from one map to another. */
export interface PropertyChanges {
  readonly set: readonly KeyValuePair[];
  /** Keys that only the existing map has. */
  readonly unwanted: readonly string[];
}

/** Compares values as they are meant: pymilvus writes `True` where others write `true`. */
export function diffProperties(wanted: Properties, existing: Properties): PropertyChanges {
  const set: KeyValuePair[] = [];
  for (const [key, value] of wanted) {
    const there = existing.get(key);
    if (there === undefined || canonicalValue(there) !== canonicalValue(value)) {
      set.push({ key, value });
    }
  }
  return { set, unwanted: [...existing.keys()].filter((key) => !wanted.has(key)) };
}

const WORDS = /^(?:true|false)$/i;

/** The value in the one spelling that all spellings of it share. */
export const canonicalValue = (value: string): string =>
  WORDS.test(value) ? value.toLowerCase() : value;
