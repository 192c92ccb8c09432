import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { messageDescriptor } from '../../src/rpc/descriptors.js';

type Write = (writer: BinaryWriter) => BinaryWriter;

const text = fc.string({ unit: 'binary', maxLength: 40 });

/** A value of this scalar type, as the step that writes it after its tag. */
function scalarWrite(scalar: ScalarType): { wireType: WireType; write: fc.Arbitrary<Write> } {
  const { Varint, LengthDelimited, Bit32, Bit64 } = WireType;
  switch (scalar) {
    case ScalarType.STRING:
      return { wireType: LengthDelimited, write: text.map((v) => (w) => w.string(v)) };
    case ScalarType.BYTES:
      return {
        wireType: LengthDelimited,
        write: fc.uint8Array({ maxLength: 20 }).map((v) => (w) => w.bytes(v)),
      };
    case ScalarType.BOOL:
      return { wireType: Varint, write: fc.boolean().map((v) => (w) => w.bool(v)) };
    case ScalarType.INT32:
      return { wireType: Varint, write: fc.integer().map((v) => (w) => w.int32(v)) };
    case ScalarType.UINT32:
      return { wireType: Varint, write: fc.nat().map((v) => (w) => w.uint32(v)) };
    case ScalarType.INT64:
      return {
        wireType: Varint,
        write: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((v) => (w) => w.int64(v)),
      };
    case ScalarType.UINT64:
      return {
        wireType: Varint,
        write: fc.bigInt(0n, 2n ** 64n - 1n).map((v) => (w) => w.uint64(v)),
      };
    case ScalarType.FLOAT:
      return { wireType: Bit32, write: fc.float().map((v) => (w) => w.float(v)) };
    case ScalarType.DOUBLE:
      return { wireType: Bit64, write: fc.double().map((v) => (w) => w.double(v)) };
    default:
      throw new Error(`no message of ours has a field of type ${ScalarType[scalar]}`);
  }
}

const inside = (content: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Write> =>
  content.map((bytes) => (writer) => writer.bytes(bytes));

const scalarBytes = (number: number, scalar: ScalarType): fc.Arbitrary<Uint8Array> => {
  const { wireType, write } = scalarWrite(scalar);
  return write.map((step) => step(new BinaryWriter().tag(number, wireType)).finish());
};

const lengthDelimited = (number: number, write: fc.Arbitrary<Write>): fc.Arbitrary<Uint8Array> =>
  write.map((step) => step(new BinaryWriter().tag(number, WireType.LengthDelimited)).finish());

function valueBytes(
  number: number,
  { message, scalar }: Pick<DescField, 'message' | 'scalar'>,
  depth: number,
): fc.Arbitrary<Uint8Array> {
  if (message !== undefined) return lengthDelimited(number, inside(contentOf(message, depth - 1)));
  return scalarBytes(number, scalar ?? ScalarType.INT32);
}

/** A map entry: key at 1, value at 2. */
const entryBytes = (field: DescField & { fieldKind: 'map' }, depth: number) =>
  fc
    .tuple(scalarBytes(1, field.mapKey), valueBytes(2, field, depth))
    .map((parts) => Buffer.concat(parts));

function packedBytes(number: number, scalar: ScalarType): fc.Arbitrary<Uint8Array> {
  const { write } = scalarWrite(scalar);
  const all = fc.array(write, { maxLength: 5 }).map((steps) => {
    const writer = new BinaryWriter();
    for (const step of steps) step(writer);
    return writer.finish();
  });
  return lengthDelimited(number, inside(all));
}

function fieldBytes(field: DescField, depth: number): fc.Arbitrary<Uint8Array> {
  if (field.fieldKind === 'map') {
    return lengthDelimited(field.number, inside(entryBytes(field, depth)));
  }
  const one = valueBytes(field.number, field, depth);
  const isPackable =
    field.fieldKind === 'list' &&
    field.message === undefined &&
    field.scalar !== ScalarType.STRING &&
    field.scalar !== ScalarType.BYTES;
  if (!isPackable) return one;
  return fc.oneof(one, packedBytes(field.number, field.scalar ?? ScalarType.INT32));
}

function contentOf(message: DescMessage, depth: number): fc.Arbitrary<Uint8Array> {
  const fields = message.fields.filter((field) => depth > 1 || field.message === undefined);
  if (fields.length === 0) return fc.constant(new Uint8Array());
  const anyField = fc.oneof(...fields.map((field) => fieldBytes(field, depth)));
  return fc.array(anyField, { maxLength: 6 }).map((parts) => Buffer.concat(parts));
}

/**
 * Well-formed bytes of a message type: any of its fields, in any order and number, messages nested
 * up to `depth`.
 */
export const messageBytes = (fullName: string, depth = 4): fc.Arbitrary<Uint8Array> =>
  contentOf(messageDescriptor(fullName), depth);
