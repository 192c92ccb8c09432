import { isSecretName, REDACTED } from './secret-names.js';

/** How much of a value may be shown; what lies beyond is named, not shown. */
export interface JsonLimits {
  /** Objects nested deeper than this are shown as `[Object]` or `[Array]`. */
  readonly depthMax: number;
  /** Longest piece of one text, in characters. */
  readonly stringMax: number;
  /** Most entries of one object, array, map or set. */
  readonly entriesMax: number;
  /** Rough size at which the whole stops growing; it may overshoot by a text and its closings. */
  readonly charsMax: number;
}

/** Bytes are shown as this many in hex, and their count. */
const BYTES_SHOWN = 16;
/** What a number, a boolean or the punctuation of an entry counts against `charsMax`. */
const CHARS_PER_LITERAL = 8;

/** Far above any field name of ours. */
const NAME_CHARS_MAX = 256;
/** We have some hundreds; names that clients make up must not stay for ever. */
const KNOWN_NAMES_MAX = 4_096;
const HIDDEN = JSON.stringify(REDACTED);

/**
 * JSON text of any value: bigint as exact decimal text, bytes as short hex, secrets hidden,
 * everything within `limits`. Cycles end at `depthMax`. Never throws, whatever the value does.
 * One pass over the value: a plain copy given to `JSON.stringify` costs about twice as much.
 */
export function boundedJson(value: unknown, limits: JsonLimits): string {
  try {
    return new Writer(limits).json(value, 0);
  } catch {
    return '"[unreadable]"';
  }
}

class Writer {
  readonly #limits: JsonLimits;
  #charsLeft: number;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
    this.#charsLeft = limits.charsMax;
  }

  json(value: unknown, depth: number): string {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'bigint') return this.#text(String(value));
    if (typeof value === 'object' && value !== null) return this.#object(value, depth);
    this.#charsLeft -= CHARS_PER_LITERAL;
    if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value === 'function') return `{"type":${JSON.stringify(value.name)}}`;
    return typeof value === 'symbol' ? JSON.stringify(String(value)) : 'null';
  }

  #object(value: object, depth: number): string {
    if (ArrayBuffer.isView(value)) return this.#text(bytesText(value));
    const isList = Array.isArray(value) || value instanceof Map || value instanceof Set;
    if (depth >= this.#limits.depthMax) return this.#text(isList ? '[Array]' : '[Object]');
    if (isList) return this.#list(value, depth + 1);
    if (value instanceof Error) return this.#record(errorFields(value), depth + 1);
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.json(value.toJSON(), depth + 1);
    }
    return this.#record(value, depth + 1);
  }

  #record(source: object, depth: number): string {
    let json = '';
    let entriesLeft = this.#limits.entriesMax;
    for (const key of Object.keys(source)) {
      const value: unknown = Reflect.get(source, key);
      if (value === undefined) continue;
      if (entriesLeft === 0 || this.#charsLeft <= 0) return `{${json}${comma(json)}"…":"cut"}`;
      entriesLeft -= 1;
      this.#charsLeft -= key.length + CHARS_PER_LITERAL;
      const name = nameOf(key);
      const isHidden = name.isSecret || (key === 'value' && isSecretPair(source));
      json += `${comma(json)}${name.json}:${isHidden ? HIDDEN : this.json(value, depth)}`;
    }
    return `{${json}}`;
  }

  #list(items: Iterable<unknown>, depth: number): string {
    let json = '';
    let entriesLeft = this.#limits.entriesMax;
    for (const item of items) {
      if (entriesLeft === 0 || this.#charsLeft <= 0) return `[${json}${comma(json)}"…"]`;
      entriesLeft -= 1;
      json += comma(json) + this.json(item, depth);
    }
    return `[${json}]`;
  }

  #text(text: string): string {
    const clipped = clip(text, this.#limits.stringMax);
    this.#charsLeft -= clipped.length;
    return quote(clipped);
  }
}

const clip = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…(${text.length} characters)`;

/** What JSON wants escaped: quotes, backslashes, control characters and halves of surrogates. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/** Most texts need no escaping, and finding that out is much cheaper than `JSON.stringify`. */
const quote = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`);

const comma = (before: string): string => (before === '' ? '' : ',');

function bytesText(view: ArrayBufferView): string {
  const shown = Math.min(view.byteLength, BYTES_SHOWN);
  const hex = Buffer.from(view.buffer, view.byteOffset, shown).toString('hex');
  return `0x${hex}${shown < view.byteLength ? '…' : ''} (${view.byteLength} bytes)`;
}

/** An error says most of what it knows in properties that are not enumerable. */
const errorFields = (error: Error): object =>
  Object.assign({ name: error.name, message: error.message }, error, {
    stack: error.stack,
    cause: error.cause,
  });

interface Name {
  readonly json: string;
  readonly isSecret: boolean;
}

/** The program's own field names, so that each is judged and quoted once. */
const knownNames = new Map<string, Name>();

function nameOf(key: string): Name {
  const known = knownNames.get(key);
  if (known !== undefined) return known;
  const name = { json: quote(clip(key, NAME_CHARS_MAX)), isSecret: isSecretName(key) };
  if (knownNames.size < KNOWN_NAMES_MAX) knownNames.set(key, name);
  return name;
}

/** True for the `{ key: 'password', value }` pairs in which the wire carries settings. */
const isSecretPair = (source: object): boolean =>
  'key' in source && typeof source.key === 'string' && isSecretName(source.key);
