import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId, PartitionId } from '../../../../src/domain/ids.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { CollectionSchema } from '../../../../src/gen/schema.js';
import type { ChannelMessage } from '../../../../src/ports/message-stream.js';
import {
  createCollectionMessage,
  createPartitionMessage,
  dropCollectionMessage,
  dropPartitionMessage,
  timeTickMessage,
} from '../../../../src/root/messages/dd-messages.js';
import { decodeChannelMsg } from '../../../kit/decode-channel-msg.js';
import { aRecord } from '../../../kit/records.js';

/** The bytes of protobuf's wire format, written by hand from the facts' field numbers. */
const varint = (value: bigint): number[] =>
  value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
const int = (field: number, value: bigint): number[] => [field << 3, ...varint(value)];
const chunk = (field: number, bytes: Iterable<number>): number[] => {
  const all = [...bytes];
  return [(field << 3) | 2, ...varint(BigInt(all.length)), ...all];
};
const text = (field: number, value: string): number[] => chunk(field, Buffer.from(value));
/** common.MsgBase: 1 msg_type, 2 msgID, 3 timestamp, 4 sourceID. */
const base = (type: bigint, msgId: bigint): number[] =>
  chunk(1, [...int(1, type), ...(msgId === 0n ? [] : int(2, msgId)), ...int(3, TS), ...int(4, 7n)]);

const TS = 0x6a5b_4c3d_2e1f_0a9bn as Timestamp;
const origin = { timestamp: TS, msgId: 4_421n, sourceId: 7n };
const partition = { id: 301n as PartitionId, name: 'p1' };
const collection = aRecord({
  id: 300n as CollectionId,
  name: 'books',
  partitions: [
    { id: 301n as PartitionId, name: '_default', createdAt: TS, state: 'Created' },
    { id: 302n as PartitionId, name: 'p2', createdAt: TS, state: 'Created' },
  ],
  virtualChannels: ['by-dev-rootcoord-dml_3_300v0', 'by-dev-rootcoord-dml_4_300v1'],
  physicalChannels: ['by-dev-rootcoord-dml_3', 'by-dev-rootcoord-dml_4'],
});
const subject = { database: { id: 2n as DatabaseId, name: 'shop' }, collection };

const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');

/** facts/wire-surface §5.4. */
const golden: readonly (readonly [string, ChannelMessage, readonly number[]])[] = [
  [
    'CreateCollection',
    createCollectionMessage(origin, subject),
    [
      ...base(100n, 4_421n),
      ...text(2, 'shop'),
      ...text(3, 'books'),
      ...text(4, '_default'),
      ...int(5, 2n),
      ...int(6, 300n),
      ...int(7, 301n),
      ...chunk(8, CollectionSchema.encode(collection.schema).finish()),
      ...text(9, 'by-dev-rootcoord-dml_3_300v0'),
      ...text(9, 'by-dev-rootcoord-dml_4_300v1'),
      ...text(10, 'by-dev-rootcoord-dml_3'),
      ...text(10, 'by-dev-rootcoord-dml_4'),
      ...chunk(11, [...varint(301n), ...varint(302n)]),
      ...text(12, '_default'),
      ...text(12, 'p2'),
    ],
  ],
  [
    'DropCollection',
    dropCollectionMessage(origin, subject),
    [
      ...base(101n, 4_421n),
      ...text(2, 'shop'),
      ...text(3, 'books'),
      ...int(4, 2n),
      ...int(5, 300n),
    ],
  ],
  ...(
    [
      ['CreatePartition', 200n, createPartitionMessage(origin, subject, partition)],
      ['DropPartition', 201n, dropPartitionMessage(origin, subject, partition)],
    ] as const
  ).map(
    ([name, type, message]) =>
      [
        name,
        message,
        [
          ...base(type, 4_421n),
          ...text(2, 'shop'),
          ...text(3, 'books'),
          ...text(4, 'p1'),
          ...int(5, 2n),
          ...int(6, 300n),
          ...int(7, 301n),
        ],
      ] as const,
  ),
  ['TimeTick', timeTickMessage(TS, 7n), base(1_200n, 0n)],
];

describe('messages on a channel', () => {
  it.each(golden)('%s has the bytes consumers of msgstream read', (_name, message, bytes) => {
    expect(hex(message.payload)).toBe(hex(bytes));
  });

  it.each(golden)('%s names its type and is read back', (name, message) => {
    expect(message.properties).toEqual({ msg_type: name });
    const read = decodeChannelMsg(message);
    expect(read?.type).toBe(name);
    expect(read?.body.base).toMatchObject({ timestamp: TS, sourceID: 7n });
  });

  it('is read without its properties, as records of Milvus before 2.5 are', () => {
    const message = dropCollectionMessage(origin, subject);
    const read = decodeChannelMsg({ payload: message.payload, properties: {} });
    expect(read).toMatchObject({ type: 'DropCollection', body: { collectionID: 300n } });
  });

  it('carries a schema with its system fields', () => {
    const read = decodeChannelMsg(createCollectionMessage(origin, subject));
    if (read?.type !== 'CreateCollection') throw new Error('another message');
    const names = CollectionSchema.decode(read.body.schema).fields.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['RowID', 'Timestamp', 'id', 'vector']));
  });
});
