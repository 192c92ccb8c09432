import { isUtf8 } from 'node:buffer';
import { CoordError } from '../domain/errors.js';
import type { FieldShape, MessageShape } from './message-shape.js';
import { shapeOf } from './message-shape.js';
import { WireCursor } from './wire-cursor.js';

/** How much one request may hold. Past any of these it is refused before it is decoded. */
export interface WireLimits {
  /** Fields, list elements, map entries and packed numbers of the whole message, at any depth. */
  readonly elementsMax: number;
  /** Messages inside messages; the request itself is at depth 1, a map entry counts as a message. */
  readonly depthMax: number;
  /** Longest single text, in bytes. */
  readonly stringBytesMax: number;
}

export const WIRE_LIMITS: WireLimits = {
  /** The dearest message of this many decodes in some 15 ms; honest ones hold a few thousand. */
  elementsMax: 16_384,
  /** Honest requests stay under 10; the generated decoders give up at 100. */
  depthMax: 32,
  /** No text longer than this fits the metadata store, whose values end at 1.5 MiB. */
  stringBytesMax: 1024 * 1024,
};

/** Up to here a loop over the bytes beats the call into native code. */
const SHORT_TEXT_BYTES = 24;

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_LENGTH = 2;
const WIRE_FIXED32 = 5;

/** One pass over one message: the limits, what was counted so far, and where it stands. */
class Walk {
  readonly #cursor: WireCursor;
  readonly #limits: WireLimits;
  readonly #rootName: string;
  #elementsLeft: number;

  constructor(bytes: Uint8Array, rootName: string, limits: WireLimits) {
    this.#cursor = new WireCursor(bytes, rootName);
    this.#rootName = rootName;
    this.#limits = limits;
    this.#elementsLeft = limits.elementsMax;
  }

  message(shape: MessageShape, end: number, depth: number): void {
    const cursor = this.#cursor;
    while (cursor.position < end) {
      const tag = cursor.uint32(end);
      const number = tag >>> 3;
      if (number === 0) throw cursor.malformed('field number 0');
      this.#count(1);
      switch (tag & 7) {
        case WIRE_VARINT:
          cursor.skipVarint(end);
          break;
        case WIRE_LENGTH:
          this.#lengthDelimited(shape.fields[number], end, depth);
          break;
        case WIRE_FIXED64:
          cursor.skip(8, end);
          break;
        case WIRE_FIXED32:
          cursor.skip(4, end);
          break;
        default:
          throw cursor.malformed(`wire type ${tag & 7} of field ${number}`);
      }
    }
  }

  #lengthDelimited(field: FieldShape | undefined, end: number, depth: number): void {
    const cursor = this.#cursor;
    const length = cursor.uint32(end);
    const start = cursor.position;
    cursor.skip(length, end);
    if (field === undefined) return;
    switch (field.payload) {
      case 'message':
        if (depth >= this.#limits.depthMax) throw this.#tooDeep(field.name);
        cursor.position = start;
        this.message(field.inner(), start + length, depth + 1);
        return;
      case 'text':
        this.#text(field.name, start, length);
        return;
      case 'varints':
        cursor.position = start;
        this.#varints(start + length);
        return;
      case 'fixed32s':
        this.#fixed(length, 4);
        return;
      case 'fixed64s':
        this.#fixed(length, 8);
        return;
      case 'opaque':
        return;
    }
  }

  #count(elements: number): void {
    this.#elementsLeft -= elements;
    if (this.#elementsLeft >= 0) return;
    throw CoordError.of(
      'ParameterTooLarge',
      { request: this.#rootName, elementsMax: this.#limits.elementsMax },
      'the request holds too many elements, send it in smaller pieces',
    );
  }

  #tooDeep(name: string): CoordError {
    return CoordError.of(
      'ParameterTooLarge',
      { field: name, depthMax: this.#limits.depthMax },
      'the request nests messages too deeply',
    );
  }

  #text(name: string, start: number, length: number): void {
    if (length > this.#limits.stringBytesMax) {
      throw CoordError.of(
        'ParameterTooLarge',
        { field: name, bytes: length, bytesMax: this.#limits.stringBytesMax },
        'the text is too long',
      );
    }
    const { bytes } = this.#cursor;
    if (length <= SHORT_TEXT_BYTES && isAscii(bytes, start, length)) return;
    if (isUtf8(bytes.subarray(start, start + length))) return;
    throw CoordError.invalid(`${name} is not valid UTF-8`);
  }

  #varints(end: number): void {
    const cursor = this.#cursor;
    while (cursor.position < end) {
      this.#count(1);
      cursor.skipVarint(end);
    }
  }

  #fixed(length: number, width: number): void {
    if (length % width !== 0) throw this.#cursor.malformed('a packed list ends inside a number');
    this.#count(length / width);
  }
}

function isAscii(bytes: Uint8Array, start: number, length: number): boolean {
  let seen = 0;
  for (let index = start; index < start + length; index++) seen |= bytes[index] ?? 0;
  return seen < 0x80;
}

/** Refuses bytes that are not a well-formed, reasonably sized message. Throws only `CoordError`. */
export type WireGuard = (bytes: Uint8Array) => void;

/**
 * The guard of one message type, by its full name. What it lets through, the generated decoder
 * reads without throwing and within a bounded time: `ParameterInvalid` for bytes no encoder writes
 * (cut short, nonsense tags, text that is not UTF-8), `ParameterTooLarge` past a limit. It walks
 * the bytes once, allocates nothing per field and never looks into `bytes` fields; unknown fields
 * pass, so newer clients are welcome.
 */
export function guardFor(fullName: string, limits: WireLimits = WIRE_LIMITS): WireGuard {
  const shape = shapeOf(fullName);
  return (bytes) => new Walk(bytes, shape.name, limits).message(shape, bytes.length, 1);
}
