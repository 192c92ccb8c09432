import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Pieces of protobuf messages made by hand, because no encoder would write them. */

/** A length-delimited field: a message, text or bytes, whatever the content says. */
export const inside = (field: number, content: Uint8Array): Buffer =>
  Buffer.from(new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(content).finish());

export const text = (field: number, value: string): Buffer => inside(field, Buffer.from(value));

/** A number field of any type that travels as a varint; negative ones take ten bytes. */
export const varint = (field: number, value: bigint): Buffer =>
  Buffer.from(
    new BinaryWriter().tag(field, WireType.Varint).uint64(BigInt.asUintN(64, value)).finish(),
  );

export const joined = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

/** The same piece over and over. */
export const repeated = (piece: Uint8Array, times: number): Buffer =>
  Buffer.alloc(piece.length * times, piece);

/** A piece for each index from 0. */
export const numbered = (count: number, piece: (index: number) => Uint8Array): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_unused, index) => piece(index)));

/** `depth` messages, each in field `field` of the next. */
export function nested(field: number, depth: number): Buffer {
  let message: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level++) message = inside(field, message);
  return message;
}

/** A KeyValuePair or map entry. */
export const pair = (key: string, value: string): Buffer => joined(text(1, key), text(2, value));
