import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * The kinds of value a key can have. Every source (file, environment, command line) hands over
 * text, as in Milvus, and the default is text too, so there is one way to read a value. A kind
 * says in words what it allows; the words finish the sentence "must be …".
 */
const fromText = <T>(byDefault: string, allowed: string, read: (text: string) => T | undefined) =>
  z
    .string()
    .default(byDefault)
    .transform((text, context): T => {
      const value = read(text.trim());
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `must be ${allowed}` });
      return z.NEVER;
    });

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Milvus keeps such numbers as int32 or int64; none of ours has a use above int32. */
const INT32_MAX = 2_147_483_647;

/** Longer digit strings are refused before they could lose digits in a double. */
const WHOLE = /^[+-]?\d{1,15}$/;

const within = (value: number, { min, max }: Range): number | undefined =>
  value >= min && value <= max ? value : undefined;

const readWhole = (text: string, range: Range): number | undefined =>
  WHOLE.test(text) ? within(Number(text), range) : undefined;

/** A whole number. */
export const count = (byDefault: number, range: Range) =>
  fromText(String(byDefault), `a whole number from ${range.min} to ${range.max}`, (text) =>
    readWhole(text, range),
  );

/** A limit that only its owner knows a sensible ceiling for: any whole number of an int32. */
export const limit = (byDefault: number, min = 1) => count(byDefault, { min, max: INT32_MAX });

/** A TCP port to listen at; 0 takes any free one. */
export const port = (byDefault: number) => count(byDefault, { min: 0, max: 65_535 });

const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const UNIT_NAMES = { ms: 'milliseconds', s: 'seconds' } as const;
const DURATION = /^(\d{1,15})\s*(ms|s|m|h)?$/;

/**
 * A length of time in the key's own unit. A bare number is in that unit, as Milvus writes it;
 * `50ms`, `3s`, `5m` and `1h` are converted and must come out whole.
 */
export const duration = (unit: keyof typeof UNIT_NAMES, byDefault: number, range: Range) =>
  fromText(
    String(byDefault),
    `a whole number of ${UNIT_NAMES[unit]} from ${range.min} to ${range.max}, with or without a unit (ms, s, m, h)`,
    (text) => readDuration(text, unit, range),
  );

function readDuration(text: string, unit: string, range: Range): number | undefined {
  const [, digits, suffix = unit] = DURATION.exec(text) ?? [];
  const factor = (UNIT_MS.get(suffix) ?? Number.NaN) / (UNIT_MS.get(unit) ?? Number.NaN);
  const value = digits === undefined ? Number.NaN : Number(digits) * factor;
  return Number.isInteger(value) ? within(value, range) : undefined;
}

const UNIT_BYTES = new Map([
  ['', 1],
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
]);
const SIZE = /^(\d{1,15})\s*(?:([kmg])b?)?$/;

/** A number of bytes; `64k`, `64mb`, `1G` count in powers of 1024, as Milvus counts them. */
export const bytes = (byDefault: number, range: Range) =>
  fromText(
    String(byDefault),
    `a number of bytes from ${range.min} to ${range.max}, with or without a unit (kb, mb, gb)`,
    (text) => {
      const [, digits, unit = ''] = SIZE.exec(text.toLowerCase()) ?? [];
      return within(Number(digits) * (UNIT_BYTES.get(unit) ?? Number.NaN), range);
    },
  );

/** The words Go's `strconv.ParseBool` takes, which is what Milvus reads booleans with. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** true or false. */
export const flag = (byDefault: boolean) =>
  fromText(String(byDefault), 'true or false', (text) => BOOLEANS.get(text));

/**
 * A protection Milvus has and Rootstock has not. Ignoring the key would leave its owner believing
 * in it, so only "off" is taken.
 */
export const notYet = (off: 'false' | '0') =>
  fromText(off, `${off}, since Rootstock does not support it yet`, (text) =>
    BOOLEANS.get(text) === false ? false : undefined,
  );

/** One of a few words; case does not matter. */
export const choice = <const Word extends string>(byDefault: Word, words: readonly Word[]) =>
  fromText(byDefault, `one of ${words.join(', ')}`, (text) =>
    words.find((word) => word === text.toLowerCase()),
  );

/** Text of a given form. */
export const text = (byDefault: string, allowed: string, form: RegExp) =>
  fromText(byDefault, allowed, (given) => (form.test(given) ? given : undefined));

/** An address to listen at. Names are refused: which address they mean may change. */
export const ip = (byDefault: string) =>
  fromText(byDefault, 'an IP address such as 127.0.0.1, 0.0.0.0 or ::', (given) =>
    isIP(given) === 0 ? undefined : given,
  );

/** Even a large etcd has nine members; more entries are a mistake. */
const ENDPOINTS_MAX = 32;
const ENDPOINT = /^(?:https?:\/\/)?(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i;

/** `host:port` entries, parted by commas or given as a list; a scheme may come first. */
export const endpoints = (byDefault: string) =>
  fromText(
    byDefault,
    `1 to ${ENDPOINTS_MAX} entries of the form host:port, parted by commas`,
    (given): readonly string[] | undefined => {
      const entries = given.split(',').map((entry) => entry.trim());
      return entries.length <= ENDPOINTS_MAX && entries.every(isEndpoint) ? entries : undefined;
    },
  );

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])$/i;

/** A server to call: a host whose port another key says, or `host:port`; `none` when there is none. */
export const server = () =>
  fromText('none', 'none, a host, or host:port', (given) =>
    HOST.test(given) || (!given.includes('/') && isEndpoint(given)) ? given : undefined,
  );

function isEndpoint(entry: string): boolean {
  const portText = ENDPOINT.exec(entry)?.[1];
  return portText !== undefined && readWhole(portText, { min: 1, max: 65_535 }) !== undefined;
}
