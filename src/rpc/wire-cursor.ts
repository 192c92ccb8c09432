import { CoordError } from '../domain/errors.js';

/** Longest varint: 64 bits in groups of 7. */
const VARINT_BYTES_MAX = 10;
/** Tags and lengths are 32 bits wide; the fifth byte brings the last four of them. */
const VARINT32_BYTES_MAX = 5;
const VARINT32_LAST_BYTE_MAX = 0x0f;

/** A position in protobuf bytes that only moves forward and never leaves the message it is in. */
export class WireCursor {
  readonly bytes: Uint8Array;
  /** Named in errors: the message the caller sent. */
  readonly #messageName: string;
  position = 0;

  constructor(bytes: Uint8Array, messageName: string) {
    this.bytes = bytes;
    this.#messageName = messageName;
  }

  malformed(why: string): CoordError {
    return CoordError.invalid(`malformed ${this.#messageName} at byte ${this.position}: ${why}`);
  }

  /** Reads a tag or a length. Throws when it ends past `end` or does not fit 32 bits. */
  uint32(end: number): number {
    const first = this.bytes[this.position];
    if (first !== undefined && first < 0x80 && this.position < end) {
      this.position += 1;
      return first;
    }
    return this.#longUint32(end);
  }

  #longUint32(end: number): number {
    let value = 0;
    for (let index = 0; index < VARINT32_BYTES_MAX; index++) {
      const byte = this.#byte(end);
      if (index === VARINT32_BYTES_MAX - 1 && byte > VARINT32_LAST_BYTE_MAX) break;
      value |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return value >>> 0;
    }
    throw this.malformed('a tag or length is longer than 32 bits');
  }

  #byte(end: number): number {
    const byte = this.position < end ? this.bytes[this.position] : undefined;
    if (byte === undefined) throw this.malformed('it ends in the middle of a field');
    this.position += 1;
    return byte;
  }

  /** Steps over one number of up to 64 bits. */
  skipVarint(end: number): void {
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      if (this.#byte(end) < 0x80) return;
    }
    throw this.malformed('a number is longer than 64 bits');
  }

  /** Steps over `length` bytes, all of which must lie before `end`. */
  skip(length: number, end: number): void {
    if (length > end - this.position) throw this.malformed('a field ends past its message');
    this.position += length;
  }
}
