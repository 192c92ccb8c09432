import { describe, expect, it } from 'vitest';
import type { PartitionId, TaskId } from '../../../../src/domain/ids.js';
import { sequenceOf } from '../../../../src/domain/stream-position.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { Catalog } from '../../../../src/root/catalog/catalog.js';
import { DdAnnouncer } from '../../../../src/root/messages/dd-announcer.js';
import { DdTimeline } from '../../../../src/root/messages/dd-timeline.js';
import { aDatabase } from '../../../kit/catalog-store.js';
import { ChannelWorld } from '../../../kit/channel-world.js';
import { decodeChannelMsg } from '../../../kit/decode-channel-msg.js';
import { aRecord } from '../../../kit/records.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const CHANNELS = ['dml_0', 'dml_1'];
const TASK = 1n as TaskId;
const { signal } = new AbortController();

async function aWorld() {
  const world = new ChannelWorld();
  const stream = world.stream(new VirtualClock());
  for (const channel of CHANNELS) await stream.createChannel(channel);
  let now = 100n;
  const next = () => ++now as Timestamp;
  const timeline = new DdTimeline({ allocateNow: next, allocate: async () => next() });
  const catalog = new Catalog();
  catalog.apply({ kind: 'database', before: undefined, after: aDatabase() });
  const waits: [readonly string[], bigint][] = [];
  const ticks = {
    passed: async (channels: readonly string[], at: Timestamp) => void waits.push([channels, at]),
  };
  const announcer = new DdAnnouncer({ stream, timeline, catalog, ticks, sourceId: 7n });
  const createdAt = await timeline.openTask(TASK);
  const record = aRecord({ state: 'Creating', createdAt, physicalChannels: CHANNELS });
  const messages = () =>
    CHANNELS.map((channel) =>
      world.messagesOn(channel).map((message) => {
        const msg = decodeChannelMsg(message);
        const { timestamp, msgID, sourceID } = msg?.body.base ?? {};
        return [msg?.type, timestamp, msgID, sourceID];
      }),
    );
  return { announcer, timeline, catalog, record, stream, world, messages, waits };
}

describe('a create', () => {
  it('is on every channel, and its places are where readers begin', async () => {
    const { announcer, record, stream, messages } = await aWorld();
    const before = { payload: Buffer.from([0x0a, 0x00]), properties: {} };
    await stream.append('dml_1', [before]);
    const { startPositions } = await announcer.createCollection(record);
    expect(startPositions.map(({ key, data }) => [key, sequenceOf(data)])).toEqual([
      ['dml_0', 1],
      ['dml_1', 2],
    ]);
    const message = ['CreateCollection', record.createdAt, record.createdAt, 7n];
    expect(messages().map((all) => all.at(-1))).toEqual([message, message]);
  });

  it('rejects when one of its channels does not take it', async () => {
    const { announcer, record, stream } = await aWorld();
    await stream.deleteChannel('dml_1');
    await expect(announcer.createCollection(record)).rejects.toMatchObject({
      kind: 'MessageChannelNotFound',
    });
  });

  it('of a partition is told with its own timestamp', async () => {
    const { announcer, record, timeline, messages } = await aWorld();
    timeline.close(TASK);
    const createdAt = await timeline.openTask(2n as TaskId);
    const partition = { id: 55n as PartitionId, name: 'p', createdAt, state: 'Creating' as const };
    await announcer.createPartition({ collection: record, partition });
    expect(messages()[0]).toEqual([['CreatePartition', createdAt, createdAt, 7n]]);
  });
});

describe('a drop', () => {
  it('has a timestamp of its own each time, and the same message id', async () => {
    const { announcer, record, timeline, messages } = await aWorld();
    timeline.close(TASK);
    await announcer.dropCollection(record, signal);
    await announcer.dropCollection(record, signal);
    const told = (timestamp: bigint) => ['DropCollection', timestamp, -record.id, 7n];
    expect(messages()).toEqual([
      [told(102n), told(103n)],
      [told(102n), told(103n)],
    ]);
  });

  it('is done once the ticks of all its channels have passed it', async () => {
    const { announcer, record, timeline, waits } = await aWorld();
    timeline.close(TASK);
    await announcer.dropCollection(record, signal);
    expect(waits).toEqual([[CHANNELS, 102n]]);
    expect(timeline.min).toBeUndefined();
  });

  it('is told on the channels there are, when somebody deleted one', async () => {
    const { announcer, record, stream, timeline, messages } = await aWorld();
    timeline.close(TASK);
    await stream.deleteChannel('dml_0');
    await announcer.dropCollection(record, signal);
    expect(messages()).toEqual([[], [['DropCollection', 102n, -record.id, 7n]]]);
  });

  it('is told of after everything older, also of a database that is gone', async () => {
    const { announcer, catalog, record, messages } = await aWorld();
    catalog.apply({ kind: 'database', before: aDatabase(), after: undefined });
    const dropped = announcer.dropCollection(aRecord({ ...record, state: 'Dropped' }), signal);
    await announcer.createCollection(record);
    await dropped;
    expect(messages()[0]?.map(([type]) => type)).toEqual(['CreateCollection', 'DropCollection']);
  });

  it('of a partition is another message than that of its collection', async () => {
    const { announcer, record, timeline, messages } = await aWorld();
    timeline.close(TASK);
    const born = { id: 55n as PartitionId, name: 'p', createdAt: 5n as Timestamp };
    const subject = { collection: record, partition: { ...born, state: 'Dropped' as const } };
    await announcer.dropPartition(subject, signal);
    expect(messages()[1]).toEqual([['DropPartition', 102n, -55n, 7n]]);
  });
});
