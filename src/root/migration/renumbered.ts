import type { KeyValue } from '../../ports/meta-store.js';
import { damaged } from './stored-value.js';

/** Bytes of a value by wire type; the other two are read from the message. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * The message with other numbers on its fields: `tags` says what the first byte of a field, its
 * number and wire type, becomes, and nothing when the field goes.
 *
 * @throws CoordError naming the key when the bytes are no message.
 */
export function renumbered(
  { key, value }: KeyValue,
  tags: ReadonlyMap<number, number | undefined>,
): KeyValue {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < value.length; ) {
    const end = endOfField(key, value, at);
    const tag = value[at] ?? 0;
    const next = tags.has(tag) ? tags.get(tag) : tag;
    if (next !== undefined) pieces.push(Uint8Array.of(next), value.subarray(at + 1, end));
    at = end;
  }
  return { key, value: Uint8Array.from(pieces.flatMap((piece) => [...piece])) };
}

function endOfField(key: string, value: Uint8Array, start: number): number {
  const tag = readVarint(value, start);
  const wireType = tag.value & 7;
  const end = endOfValue(value, tag.end, wireType);
  if (end > value.length) throw damaged(key, 'it ends early');
  return end;
}

function endOfValue(value: Uint8Array, start: number, wireType: number): number {
  if (wireType === VARINT) return readVarint(value, start).end;
  if (wireType !== LENGTH_DELIMITED) return start + (FIXED_BYTES[wireType] ?? value.length + 1);
  const length = readVarint(value, start);
  return length.end + length.value;
}

/** A number of up to 28 bits; a longer one is only skipped. Past the end reads as a last byte. */
function readVarint(value: Uint8Array, start: number): { value: number; end: number } {
  let result = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = value[at++];
    if (byte === undefined) return { value: 0, end: value.length + 1 };
    if (shift < 28) result |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: result, end: at };
  }
}
