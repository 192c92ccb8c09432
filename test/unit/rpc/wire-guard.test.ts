import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoordError, type ErrorName } from '../../../src/domain/errors.js';
import { MsgBase, Status } from '../../../src/gen/common.js';
import { CreateCollectionRequest } from '../../../src/gen/milvus.js';
import { SetRatesRequest } from '../../../src/gen/proxy.js';
import { DescribeSegmentsResponse } from '../../../src/gen/root_coord.js';
import {
  CollectionSchema,
  DoubleArray,
  FloatArray,
  LongArray,
  ScalarField,
  StringArray,
  TypeSchema,
} from '../../../src/gen/schema.js';
import { guardFor, WIRE_LIMITS, type WireLimits } from '../../../src/rpc/wire-guard.js';
import { messageBytes } from '../../kit/wire-arbitrary.js';

const CREATE_COLLECTION = 'milvus.proto.milvus.CreateCollectionRequest';
const COLLECTION_SCHEMA = 'milvus.proto.schema.CollectionSchema';
const TYPE_SCHEMA = 'milvus.proto.schema.TypeSchema';

const withLimits = (limits: Partial<WireLimits>): WireLimits => ({ ...WIRE_LIMITS, ...limits });

const createCollection = guardFor(CREATE_COLLECTION);

/** Runs the guard; what it threw, which is never anything but a CoordError. */
function refusalOf(run: () => void): CoordError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof CoordError) return error;
    throw error;
  }
}

const kindOf = (bytes: readonly number[]): ErrorName | undefined =>
  refusalOf(() => createCollection(Uint8Array.from(bytes)))?.kind;

describe('a wire guard', () => {
  it('passes an ordinary request, and an empty one', () => {
    const request = CreateCollectionRequest.fromPartial({
      base: { msgType: 100, msgID: -1n, properties: { origin: 'test' } },
      dbName: 'default',
      collectionName: 'größe_表',
      schema: Buffer.from([0xff, 0xff]),
      properties: [{ key: 'collection.ttl.seconds', value: '3600' }],
    });
    expect(() => createCollection(CreateCollectionRequest.encode(request).finish())).not.toThrow();
    expect(() => createCollection(new Uint8Array())).not.toThrow();
  });

  it.each([
    ['a tag cut in half', [0x80]],
    ['a number cut in half', [0x28, 0x80]],
    ['a number that is missing', [0x28]],
    ['a text longer than what is left', [0x12, 0x05, 0x61]],
    ['a length without its text', [0x12]],
    ['a fixed number cut short', [0xfd, 0x01, 0, 0, 0]],
    ['a field that ends past the message it is in', [0x0a, 0x03, 0x32, 0x05, 0, 0, 0, 0, 0]],
    ['a number that runs past the message it is in', [0x0a, 0x02, 0x08, 0x80, 0x01]],
    ['field number 0', [0x00, 0x00]],
    ['the end of a group that never began', [0x0c]],
    ['a group, which proto3 does not have', [0x0b, 0x0c]],
    ['wire type 6', [0x0e]],
    ['wire type 7', [0x0f]],
    ['a tag of more than 32 bits', [0xff, 0xff, 0xff, 0xff, 0x1f, 0]],
    ['a length of more than 32 bits', [0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0]],
    ['a number of more than 64 bits', [0x28, ...Array<number>(10).fill(0x80), 0]],
  ])('refuses %s', (_what, bytes) => {
    expect(kindOf(bytes)).toBe('ParameterInvalid');
  });

  it.each([
    ['varints', 'LongArray', [0x0a, 1, 0x80]],
    ['floats', 'FloatArray', [0x0a, 5, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['doubles', 'DoubleArray', [0x0a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('refuses a packed list of %s that ends inside a number', (_what, name, bytes) => {
    const refusal = refusalOf(() => guardFor(`milvus.proto.schema.${name}`)(Buffer.from(bytes)));
    expect(refusal?.message).toMatch(/inside a number|middle of a field/);
  });

  it.each([
    ['a field', [0x12, 1, 0xff], 'CreateCollectionRequest.db_name'],
    [
      'a longer field',
      [0x12, 40, ...Array<number>(39).fill(0x61), 0xff],
      'CreateCollectionRequest.db_name',
    ],
    ['a nested list element', [0x3a, 3, 0x12, 1, 0xc0], 'KeyValuePair.value'],
    ['a map key', [0x0a, 5, 0x32, 3, 0x0a, 1, 0x80], 'key of MsgBase.properties'],
    ['a map value', [0x0a, 5, 0x32, 3, 0x12, 1, 0x80], 'MsgBase.properties'],
  ])('names the text that is not UTF-8 in %s', (_where, bytes, field) => {
    const refusal = refusalOf(() => createCollection(Uint8Array.from(bytes)));
    expect(refusal).toMatchObject({ kind: 'ParameterInvalid' });
    expect(refusal?.message).toBe(`${field} is not valid UTF-8: invalid parameter`);
  });

  it('passes unknown fields, and known ones with a foreign wire type, as the decoder does', () => {
    const bytes = new BinaryWriter()
      .tag(2, WireType.Varint)
      .uint32(7)
      .tag(5, WireType.LengthDelimited)
      .bytes(Uint8Array.of(0xff))
      .tag(1234, WireType.LengthDelimited)
      .bytes(Uint8Array.of(0xff, 0xff))
      .finish();
    expect(() => createCollection(bytes)).not.toThrow();
    const decoded = CreateCollectionRequest.decode(bytes);
    expect(decoded).toMatchObject({ dbName: '', shardsNum: 0 });
    expect(CreateCollectionRequest.encode(decoded).finish()).toHaveLength(bytes.length);
  });

  it('does not look into bytes, which have a guard of their own', () => {
    const schema = CollectionSchema.encode(CollectionSchema.create({ name: 'a' })).finish();
    const damaged = Buffer.from(schema.with(-1, 0xff));
    const request = CreateCollectionRequest.create({ schema: damaged });
    expect(() => createCollection(CreateCollectionRequest.encode(request).finish())).not.toThrow();
    expect(() => guardFor(COLLECTION_SCHEMA)(schema)).not.toThrow();
    expect(() => guardFor(COLLECTION_SCHEMA)(damaged)).toThrow(/CollectionSchema\.name/);
  });
});

describe('the limits of a wire guard', () => {
  const numbers = Array.from({ length: 9 }, (_unused, index) => index);
  // Each holds ten elements: the field itself and nine numbers, or ten occurrences of it.
  it.each([
    ['packed varints', 'LongArray', LongArray.encode({ data: numbers.map(BigInt) })],
    ['packed floats', 'FloatArray', FloatArray.encode({ data: numbers })],
    ['packed doubles', 'DoubleArray', DoubleArray.encode({ data: numbers })],
    ['texts', 'StringArray', StringArray.encode({ data: [...numbers, 9].map(String) })],
    [
      'messages',
      'CollectionSchema',
      CollectionSchema.encode(
        CollectionSchema.fromPartial({ fields: [...numbers, 9].map(() => ({})) }),
      ),
    ],
  ])('count %s one by one', (_what, name, writer) => {
    const bytes = writer.finish();
    const guard = (elementsMax: number) =>
      guardFor(`milvus.proto.schema.${name}`, withLimits({ elementsMax }));
    expect(() => guard(10)(bytes)).not.toThrow();
    expect(refusalOf(() => guard(9)(bytes))).toMatchObject({
      kind: 'ParameterTooLarge',
      message: expect.stringContaining(`[request=${name}][elementsMax=9]`),
    });
  });

  it('count map entries with their keys and values', () => {
    const properties = { a: '1', b: '2' };
    const bytes = MsgBase.encode(MsgBase.create({ properties })).finish();
    const guard = (elementsMax: number) =>
      guardFor('milvus.proto.common.MsgBase', withLimits({ elementsMax }));
    expect(() => guard(6)(bytes)).not.toThrow();
    expect(() => guard(5)(bytes)).toThrow(CoordError);
  });

  it('end the nesting of messages', () => {
    const nested = (depth: number): Uint8Array => {
      let bytes = new Uint8Array();
      for (let level = 1; level < depth; level++) {
        bytes = new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(bytes).finish();
      }
      return bytes;
    };
    const guard = guardFor(TYPE_SCHEMA);
    expect(() => guard(nested(WIRE_LIMITS.depthMax))).not.toThrow();
    expect(refusalOf(() => guard(nested(WIRE_LIMITS.depthMax + 1)))).toMatchObject({
      kind: 'ParameterTooLarge',
      message: expect.stringContaining('TypeSchema.array_element'),
    });
    expect(() => TypeSchema.decode(nested(WIRE_LIMITS.depthMax))).not.toThrow();
  });

  it('end the length of one text, and say which', () => {
    const guard = guardFor(CREATE_COLLECTION, withLimits({ stringBytesMax: 30 }));
    const named = (length: number) =>
      CreateCollectionRequest.encode(
        CreateCollectionRequest.create({ collectionName: 'x'.repeat(length) }),
      ).finish();
    expect(() => guard(named(30))).not.toThrow();
    expect(refusalOf(() => guard(named(31)))).toMatchObject({
      kind: 'ParameterTooLarge',
      message: expect.stringContaining('[field=CreateCollectionRequest.collection_name][bytes=31]'),
    });
  });
});

interface Codec<T> {
  encode(message: T): BinaryWriter;
  decode(bytes: Uint8Array): T;
}

/** A message type with what its generated codec does to bytes. */
const codecCase = <T>(name: string, codec: Codec<T>) => ({
  name,
  guard: guardFor(name),
  decode: (bytes: Uint8Array): T => codec.decode(bytes),
  rewrite: (bytes: Uint8Array): Uint8Array => codec.encode(codec.decode(bytes)).finish(),
});

/** Maps, recursion, packed numbers and plain fields. */
const codecCases = [
  codecCase(CREATE_COLLECTION, CreateCollectionRequest),
  codecCase(COLLECTION_SCHEMA, CollectionSchema),
  codecCase('milvus.proto.common.Status', Status),
  codecCase('milvus.proto.schema.ScalarField', ScalarField),
  codecCase('milvus.proto.proxy.SetRatesRequest', SetRatesRequest),
  codecCase('milvus.proto.rootcoord.DescribeSegmentsResponse', DescribeSegmentsResponse),
];

describe.each(codecCases)('guard and decoder of $name agree', (codec) => {
  /** What the guard lets through must decode; the guard itself throws nothing but CoordErrors. */
  const passesOnlyWhatDecodes = (bytes: Uint8Array): void => {
    if (refusalOf(() => codec.guard(bytes)) === undefined) codec.decode(bytes);
  };

  it('on any well-formed message, before and after the codec wrote it again', () => {
    fc.assert(
      fc.property(messageBytes(codec.name), (bytes) => {
        codec.guard(bytes);
        codec.guard(codec.rewrite(bytes));
      }),
    );
  });

  it('on a message cut anywhere', () => {
    fc.assert(
      fc.property(messageBytes(codec.name), fc.nat(), (bytes, at) =>
        passesOnlyWhatDecodes(bytes.subarray(0, at % (bytes.length + 1))),
      ),
    );
  });

  it('on a message with one byte changed', () => {
    fc.assert(
      fc.property(messageBytes(codec.name), fc.nat(), fc.nat(255), (bytes, at, byte) => {
        if (bytes.length > 0) passesOnlyWhatDecodes(bytes.with(at % bytes.length, byte));
      }),
    );
  });

  it('on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), passesOnlyWhatDecodes));
  });
});

const MESSAGE_BYTES = 4 * 1024 * 1024;
/** Longest the event loop may stand still for a request that will be refused anyway. */
const PATIENCE_MS = 50;

/** The pattern over and over, up to the size of the message. */
const repeated = (...pattern: number[]): Uint8Array =>
  Buffer.alloc(MESSAGE_BYTES, Uint8Array.from(pattern));

const HEADER_BYTES = 5;

/** A header whose length takes four bytes, whatever it is. */
const header = (tag: number, length: number): number[] => [
  tag,
  (length & 0x7f) | 0x80,
  ((length >> 7) & 0x7f) | 0x80,
  ((length >> 14) & 0x7f) | 0x80,
  length >> 21,
];

function onePackedList(): Uint8Array {
  const bytes = Buffer.alloc(MESSAGE_BYTES, 1);
  bytes.set(header(0x0a, MESSAGE_BYTES - HEADER_BYTES));
  return bytes;
}

/** As many messages inside messages as there is room for. */
function russianDolls(): Uint8Array {
  const bytes = Buffer.alloc(MESSAGE_BYTES);
  for (let at = 0; at + HEADER_BYTES <= MESSAGE_BYTES; at += HEADER_BYTES) {
    bytes.set(header(0x12, MESSAGE_BYTES - at - HEADER_BYTES), at);
  }
  return bytes;
}

describe('a hostile message of 4 MiB costs the event loop little', () => {
  it.each([
    ['two million empty messages', CREATE_COLLECTION, repeated(0x3a, 0)],
    ['two million unknown fields', CREATE_COLLECTION, repeated(0x78, 0)],
    ['two million empty texts', CREATE_COLLECTION, repeated(0x12, 0)],
    ['short texts that are not ASCII', CREATE_COLLECTION, repeated(0x12, 2, 0xc3, 0xa9)],
    ['one packed list', 'milvus.proto.schema.LongArray', onePackedList()],
    ['a number that never ends', CREATE_COLLECTION, repeated(0xff)],
    ['messages in messages', TYPE_SCHEMA, russianDolls()],
  ])('%s', (_what, name, bytes) => {
    const guard = guardFor(name);
    // The best of three, because the machine that runs the test may be busy.
    const tookMs = [1, 2, 3].map(() => {
      const startMs = performance.now();
      expect(refusalOf(() => guard(bytes))).toBeInstanceOf(CoordError);
      return performance.now() - startMs;
    });
    expect(Math.min(...tookMs)).toBeLessThan(PATIENCE_MS);
  });
});
