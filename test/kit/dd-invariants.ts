import { expect } from 'vitest';
import type { CollectionRecord } from '../../src/domain/records.js';
import type { StoredMessage } from '../../src/ports/message-stream.js';
import type { LoadedCatalog } from '../../src/root/catalog/load.js';
import type { ChannelMsg } from '../../src/root/messages/channel-msg.js';
import { decodeChannelMsg } from './decode-channel-msg.js';

/** What readers of the channels may rely on, whatever crashes there were (facts/rootcoord §11.3). */

/** The physical channels and what is on them, oldest first. */
export interface ChannelLog {
  readonly names: readonly string[];
  messagesOn(name: string): readonly StoredMessage[];
}

interface Said {
  readonly msg: ChannelMsg;
  readonly position: Uint8Array;
}

/**
 * Once a process had the time to tidy up: on every channel, DD messages are in the order of their
 * timestamps, and none comes behind a tick at or past its own; who reads them all knows exactly the
 * collections and partitions there are.
 */
export function expectTrueMessages(
  { catalog }: Pick<LoadedCatalog, 'catalog'>,
  channels: ChannelLog,
): void {
  const records = [...catalog.allCollections()];
  for (const channel of channels.names) {
    const said = deduplicated(channels, channel);
    expectInOrder(said);
    const known = fold(said);
    const there = records.filter(({ physicalChannels }) => physicalChannels.includes(channel));
    expect([...known.keys()].sort()).toEqual(there.map(({ id }) => id as bigint).sort());
    for (const record of there) expectKnown(record, channel, known.get(record.id));
  }
}

interface KnownCollection {
  readonly start: Uint8Array;
  readonly partitions: Set<bigint>;
}

function expectKnown(record: CollectionRecord, channel: string, known?: KnownCollection): void {
  const start = record.startPositions.find(({ key }) => key === channel);
  expect(start && Buffer.from(start.data)).toEqual(known && Buffer.from(known.start));
  const partitions = record.partitions.map(({ id }) => id as bigint).sort();
  expect([...(known?.partitions ?? [])].sort()).toEqual(partitions);
}

/** Ticks, and the first of those with one msgID, as readers take them (facts/wire-surface §5.2). */
function deduplicated(channels: ChannelLog, channel: string): Said[] {
  const seen = new Set<bigint>();
  const said: Said[] = [];
  for (const message of channels.messagesOn(channel)) {
    const msg = decodeChannelMsg(message);
    expect(msg).toBeDefined();
    if (!msg) continue;
    const msgId = msg.body.base?.msgID ?? 0n;
    if (msg.type === 'TimeTick' || !seen.has(msgId)) said.push({ msg, position: message.position });
    seen.add(msgId);
  }
  return said;
}

/** A tick may stand behind messages that are younger than it: readers keep those back. */
function expectInOrder(said: readonly Said[]): void {
  const last = { TimeTick: 0n, message: 0n };
  for (const { msg } of said) {
    const timestamp = msg.body.base?.timestamp ?? 0n;
    expect(timestamp, msg.type).toBeGreaterThan(last.TimeTick);
    if (msg.type === 'TimeTick') last.TimeTick = timestamp;
    else expect(timestamp, msg.type).toBeGreaterThan(last.message);
    if (msg.type !== 'TimeTick') last.message = timestamp;
  }
}

function fold(said: readonly Said[]): Map<bigint, KnownCollection> {
  const known = new Map<bigint, KnownCollection>();
  for (const { msg, position } of said) {
    switch (msg.type) {
      case 'CreateCollection':
        known.set(msg.body.collectionID, {
          start: position,
          partitions: new Set(msg.body.partitionIDs),
        });
        break;
      case 'DropCollection':
        known.delete(msg.body.collectionID);
        break;
      case 'CreatePartition':
        known.get(msg.body.collectionID)?.partitions.add(msg.body.partitionID);
        break;
      case 'DropPartition':
        known.get(msg.body.collectionID)?.partitions.delete(msg.body.partitionID);
        break;
      default:
        break;
    }
  }
  return known;
}
