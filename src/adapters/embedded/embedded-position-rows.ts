import { channelNotFound } from '../message-stream-rules.js';
import type { PositionRow, PositionRows } from '../position-keeper.js';
import {
  decodePositions,
  encodePositions,
  NO_READERS,
  type ReaderPositions,
} from '../reader-positions.js';
import type { MessageEnvironment } from './message-environment.js';
import type { MessageTables } from './message-tables.js';
import type { MessageWriter } from './message-writer.js';

/**
 * Positions of readers beside the messages, one row per channel. Any process writes them: lmdb
 * compares a row's version inside its write transaction, so nobody overwrites what another stored,
 * and no process takes the right to append with it. What a race with a channel's deletion leaves
 * behind is under an id that no channel gets again, and is removed by the sweeper.
 */
export class EmbeddedPositionRows implements PositionRows {
  readonly #environment: MessageEnvironment;
  readonly #tables: MessageTables;
  readonly #writer: MessageWriter;

  constructor(environment: MessageEnvironment, tables: MessageTables, writer: MessageWriter) {
    this.#environment = environment;
    this.#tables = tables;
    this.#writer = writer;
  }

  async load(channel: string): Promise<PositionRow> {
    const record = this.#tables.record(channel);
    if (record === undefined) throw channelNotFound(channel);
    const { readers } = this.#environment;
    const channelId = String(record.id);
    readers.resetReadTxn();
    const entry = readers.getEntry(channelId);
    return {
      bounds: { first: record.first, next: this.#tables.next(record) },
      readers: entry === undefined ? NO_READERS : decodePositions(entry.value),
      version: entry?.version ?? 0,
      channelId,
    };
  }

  save(channel: string, row: PositionRow, after: ReaderPositions): Promise<boolean> {
    const { version, channelId } = row;
    const { readers } = this.#environment;
    const text = encodePositions(after);
    const put = (): void => void readers.put(channelId, text, version + 1);
    return this.#writer.writeRow(text.length, async () => {
      if (String(this.#tables.record(channel)?.id) !== channelId) return false;
      return version === 0
        ? readers.ifNoExists(channelId, put)
        : readers.ifVersion(channelId, version, put);
    });
  }
}
