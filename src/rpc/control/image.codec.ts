import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { ObjectKind } from '../../gen/journal.js';

/**
 * Writes an `Image` around an encoded object as one field: a message inside a message has the same
 * bytes on the wire as in the journal, so nothing is decoded. Image's field numbers are the kinds'.
 */
export function writeImage(
  writer: BinaryWriter,
  fieldNumber: number,
  kind: ObjectKind,
  object: Uint8Array,
): void {
  writer.tag(fieldNumber, WireType.LengthDelimited).fork();
  writer.tag(kind, WireType.LengthDelimited).bytes(object);
  writer.join();
}

/** One object as a `SnapshotResponse` lists it. */
export function encodeSnapshotObject(kind: ObjectKind, object: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  writeImage(writer, 1, kind, object);
  return writer.finish();
}
