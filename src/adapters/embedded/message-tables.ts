import { CoordError } from '../../domain/errors.js';
import { positionAt } from '../../domain/stream-position.js';
import type { StoredMessage } from '../../ports/message-stream.js';
import { PAGE_BYTES_MAX } from '../message-stream-rules.js';
import { type BlockHeader, headerOf, messagesOf } from './block-codec.js';
import { blockKey, placeOf } from './block-key.js';
import type { MessageEnvironment } from './message-environment.js';

/** What is stored of a channel beside its messages. */
export interface ChannelRecord {
  /** Never given twice, so that a channel made anew is told from the deleted one. */
  readonly id: number;
  /** Sequence number of the oldest message that may be read. */
  readonly first: number;
}

/** Where a block is and what it says about itself. */
export interface BlockEntry extends BlockHeader {
  readonly key: Uint8Array;
  readonly first: number;
  readonly sizeBytes: number;
}

/** Reads the databases of a message stream, each call as of now. */
export class MessageTables {
  readonly #environment: MessageEnvironment;

  constructor(environment: MessageEnvironment) {
    this.#environment = environment;
  }

  record(channel: string): ChannelRecord | undefined {
    const { channels } = this.#environment;
    channels.resetReadTxn();
    const text = channels.get(channel);
    return text === undefined ? undefined : decodeRecord(text);
  }

  records(): ReadonlyMap<string, ChannelRecord> {
    const { channels } = this.#environment;
    channels.resetReadTxn();
    const rows = [...channels.getRange()];
    return new Map(rows.map(({ key, value }) => [key, decodeRecord(value)]));
  }

  /** Sequence number the channel's next message gets. */
  next(record: ChannelRecord): number {
    return nextAfter(record, this.newestBlock(record.id));
  }

  newestBlock(id: number): BlockEntry | undefined {
    const { blocks } = this.#environment;
    blocks.resetReadTxn();
    const options = { start: blockKey(id + 1, 0), end: blockKey(id, 0), reverse: true, limit: 1 };
    for (const row of blocks.getRange(options)) return entryOf(row);
    return undefined;
  }

  /** The channel's blocks, oldest first. */
  *oldestBlocks(id: number): Generator<BlockEntry> {
    const { blocks } = this.#environment;
    blocks.resetReadTxn();
    const bounds = { start: blockKey(id, 0), end: blockKey(id + 1, 0) };
    for (const row of blocks.getRange(bounds)) yield entryOf(row);
  }

  /** Keys of at most `limit` blocks of channels from this id on. */
  keysFrom(id: number, limit: number): readonly Uint8Array[] {
    const { blocks } = this.#environment;
    blocks.resetReadTxn();
    return [...blocks.getKeys({ start: blockKey(id, 0), limit })].map(copyOf);
  }

  /** Ids of the channels that positions of readers are stored for. */
  channelsWithReaders(): readonly string[] {
    const { readers } = this.#environment;
    readers.resetReadTxn();
    return [...readers.getKeys()];
  }

  /** At most `limit` messages, and not much more than `PAGE_BYTES_MAX`, from a sequence number on. */
  page(id: number, sequence: number, limit: number): readonly StoredMessage[] {
    const { blocks } = this.#environment;
    blocks.resetReadTxn();
    const page: StoredMessage[] = [];
    let bytes = 0;
    const start = this.#blockWith(id, sequence) ?? blockKey(id, sequence);
    for (const { key, value } of blocks.getRange({ start, end: blockKey(id + 1, 0) })) {
      const { first } = placeOf(key);
      let next = Math.max(first, sequence);
      for (const message of messagesOf(value, next - first)) {
        if (page.length >= limit || bytes >= PAGE_BYTES_MAX) return page;
        page.push({ ...message, position: positionAt(next++) });
        bytes += message.payload.byteLength;
      }
    }
    return page;
  }

  /** The key of the block a message is in: the last one that begins at or before it. */
  #blockWith(id: number, sequence: number): Uint8Array | undefined {
    const { blocks } = this.#environment;
    const start = blockKey(id, sequence);
    const options = { start, end: blockKey(id, 0), reverse: true, limit: 1 };
    for (const key of blocks.getKeys(options)) return copyOf(key);
    return undefined;
  }
}

/** lmdb-js may hand over a view of a buffer it uses again. */
const copyOf = (key: Uint8Array): Uint8Array => Uint8Array.from(key);

const entryOf = ({ key, value }: { key: Uint8Array; value: Uint8Array }): BlockEntry => ({
  ...headerOf(value),
  key: copyOf(key),
  first: placeOf(key).first,
  sizeBytes: value.byteLength,
});

export const encodeRecord = (record: ChannelRecord): string => JSON.stringify(record);

function decodeRecord(text: string): ChannelRecord {
  const record: unknown = JSON.parse(text);
  if (isRecord(record)) return record;
  throw new CoordError('ServiceInternal', `a channel's record is damaged: ${text}`);
}

const isRecord = (value: unknown): value is ChannelRecord =>
  typeof value === 'object' &&
  value !== null &&
  ['id', 'first'].every((name) => Number.isSafeInteger(Reflect.get(value, name)));

/** Sequence number of the channel's next message. @param newest its newest block, if any. */
export const nextAfter = ({ first }: ChannelRecord, newest: BlockEntry | undefined): number =>
  newest === undefined ? first : newest.first + newest.count;
