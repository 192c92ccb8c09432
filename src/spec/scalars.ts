import { z } from 'zod';
import { echo } from '../domain/errors.js';
import { hintFor } from './nearest-name.js';

/**
 * The kinds of value a spec has. The document keeps every scalar as it is spelled, so that no
 * number passes through a double and `1.10` stays what it is; a kind reads the spelling. Its words
 * finish the sentence "must be …".
 */
const fromText = <T>(allowed: string, read: (text: string) => T | undefined) =>
  z.string({ error: `must be ${allowed}` }).transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `must be ${allowed}, not "${echo(text)}"` });
    return z.NEVER;
  });

/** Any text, exactly as spelled. */
export const text = z.string({ error: 'must be text' });

/** true or false. */
export const flag = fromText('true or false', (word) => {
  if (word === 'true') return true;
  return word === 'false' ? false : undefined;
});

/** Longer digit strings are refused before they could lose digits in a double. */
const WHOLE = /^\d{1,15}$/;

/** A whole number of `min` to `max`. */
export const wholeNumber = (min: number, max: number) =>
  fromText(`a whole number from ${min} to ${max}`, (digits) => {
    const value = WHOLE.test(digits) ? Number(digits) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });

/** A name of one of Milvus' enums; the value is what the wire carries. */
export function wordOf<Value extends number>(
  what: string,
  values: Readonly<Record<string, Value>>,
  unwanted: readonly string[] = [],
) {
  const words = Object.keys(values).filter((word) => !unwanted.includes(word));
  return z.string({ error: `must be ${what}` }).transform((word, context): Value => {
    const value = words.includes(word) ? values[word] : undefined;
    if (value !== undefined) return value;
    const hint = hintFor(word, words) || `: one of ${words.join(', ')}`;
    context.addIssue({ code: 'custom', message: `"${echo(word)}" is no ${what}${hint}` });
    return z.NEVER;
  });
}

/** A list; a key with nothing after it is an empty one. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(orEmpty([]), z.array(item, { error: 'must be a list' })).default([]);

/** Keys of the user's own choosing; nothing after the key is an empty map. */
export const mapOf = <Value extends z.ZodType>(value: Value) =>
  z
    .preprocess(orEmpty({}), z.record(z.string(), value, { error: 'must be keys and values' }))
    .default({});

/** Keys of ours; others are refused with the nearest one named. */
export const objectOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess(
    orEmpty({}),
    z.strictObject(shape, {
      error: (issue) => {
        if (issue.code !== 'unrecognized_keys') return 'must be keys and values';
        return issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join('; ');
      },
    }),
  );

const unknownKey = (key: string, known: readonly string[]): string =>
  `unknown key "${echo(key)}"${hintFor(key, known)}`;

const orEmpty =
  (empty: unknown) =>
  (value: unknown): unknown =>
    value === '' ? empty : value;
