import { clone } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { DescriptorProto, FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { MsgBase } from '../../src/gen/common.js';
import { AllocTimestampRequest, AllocTimestampResponse } from '../../src/gen/root_coord.js';
import {
  describedWireFacts,
  readDescriptorSet,
  statedWireFacts,
  wireCounts,
  wireDifferences,
} from '../kit/wire-facts.js';

const stated = statedWireFacts();
const set = readDescriptorSet();
const described = describedWireFacts(set, stated.packages);

/** Differences found after the descriptor set was damaged in one place. */
function differencesAfter(damage: (copy: FileDescriptorSet) => void): string[] {
  const copy = clone(FileDescriptorSetSchema, set);
  damage(copy);
  return wireDifferences(stated, describedWireFacts(copy, stated.packages));
}

function messageIn(copy: FileDescriptorSet, packageName: string, name: string): DescriptorProto {
  for (const file of copy.file) {
    const message = file.messageType.find((candidate) => candidate.name === name);
    if (file.package === `milvus.proto.${packageName}` && message) return message;
  }
  throw new Error(`no message ${packageName}.${name}`);
}

describe('the wire contract', () => {
  it('holds every public message, field, enum value and RPC, and nothing more', () => {
    console.info('wire facts compared:', wireCounts(described));
    expect(wireCounts(stated).fields).toBeGreaterThan(2000);
    expect(wireDifferences(stated, described)).toEqual([]);
    expect(wireCounts(described)).toEqual(wireCounts(stated));
  });

  it('declares query plans without fields, so that their bytes survive as unknown fields', () => {
    expect(describedWireFacts(set, 'plan').messages).toEqual({
      'plan.Aggregate': '',
      'plan.OrderByField': '',
    });
  });

  it('is broken by one different field number', () => {
    const found = differencesAfter((copy) => {
      const message = messageIn(copy, 'rootcoord', 'AllocTimestampRequest');
      for (const field of message.field) if (field.name === 'count') field.number = 2;
    });
    expect(found).toEqual([
      'rootcoord.AllocTimestampRequest lacks "uint32 count = 3"',
      'rootcoord.AllocTimestampRequest has "uint32 count = 2", which is not in the facts',
    ]);
  });

  it('is broken by a missing field, an extra message, an enum number or a streaming flag', () => {
    const drop = (copy: FileDescriptorSet) => messageIn(copy, 'common', 'Status').field.pop();
    const rename = (copy: FileDescriptorSet) => {
      messageIn(copy, 'common', 'Status').name = 'State';
    };
    const renumber = (copy: FileDescriptorSet) => {
      const value = copy.file
        .flatMap((file) => file.enumType)
        .find((item) => item.name === 'MsgType')
        ?.value.at(-1);
      if (value) value.number += 1;
    };
    const stream = (copy: FileDescriptorSet) => {
      for (const method of copy.file.flatMap((file) => file.service).flatMap((s) => s.method)) {
        if (method.name === 'DumpMessages') method.serverStreaming = false;
      }
    };
    expect(differencesAfter(drop)).toHaveLength(1);
    expect(differencesAfter(rename)).toEqual(
      expect.arrayContaining([
        'messages: common.Status is missing',
        'messages: common.State is not in the facts',
      ]),
    );
    expect(differencesAfter(renumber)).toHaveLength(2);
    expect(differencesAfter(stream)).toHaveLength(2);
  });
});

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;
/** A plausible id that a double would round. */
const ROUNDED_BY_DOUBLES = 449812345678901235n;

describe('the generated codecs', () => {
  it.each([INT64_MIN, -1n, ROUNDED_BY_DOUBLES])('keep int64 %d exactly', (value) => {
    const bytes = MsgBase.encode(MsgBase.create({ msgID: value })).finish();
    expect(MsgBase.decode(bytes).msgID).toBe(value);
    expect(MsgBase.encode(MsgBase.decode(bytes)).finish()).toEqual(bytes);
  });

  it.each([UINT64_MAX, ROUNDED_BY_DOUBLES])('keep uint64 %d exactly', (value) => {
    const bytes = AllocTimestampResponse.encode(
      AllocTimestampResponse.create({ timestamp: value }),
    ).finish();
    expect(AllocTimestampResponse.decode(bytes).timestamp).toBe(value);
    expect(AllocTimestampResponse.encode(AllocTimestampResponse.decode(bytes)).finish()).toEqual(
      bytes,
    );
  });

  it('write -1 as ten bytes, the way every other protobuf library does', () => {
    const bytes = MsgBase.encode(MsgBase.create({ msgID: -1n })).finish();
    expect([...bytes]).toEqual([0x10, ...Array<number>(9).fill(0xff), 0x01]);
  });

  it('refuse to write a value the type cannot hold', () => {
    const tooLarge = AllocTimestampResponse.create({ timestamp: UINT64_MAX + 1n });
    expect(() => AllocTimestampResponse.encode(tooLarge)).toThrow(/too large/);
  });

  it('carry fields of a newer Milvus through unchanged', () => {
    const newer = new BinaryWriter()
      .tag(3, WireType.Varint)
      .uint32(7)
      .tag(900, WireType.LengthDelimited)
      .string('from the future')
      .tag(901, WireType.Varint)
      .uint64(ROUNDED_BY_DOUBLES)
      .finish();
    const known = AllocTimestampRequest.decode(newer);
    expect(known.count).toBe(7);
    expect(AllocTimestampRequest.encode(known).finish()).toEqual(newer);
  });

  it('put the count of AllocTimestampRequest at field 3 (facts/wire-surface §0, trap 4)', () => {
    const bytes = AllocTimestampRequest.encode(AllocTimestampRequest.create({ count: 5 })).finish();
    const reader = new BinaryReader(bytes);
    expect(reader.tag()).toEqual([3, WireType.Varint]);
    expect(reader.uint32()).toBe(5);
    expect(reader.pos).toBe(bytes.length);
  });
});
