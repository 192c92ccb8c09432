import { type Position, positionAt } from '../../domain/stream-position.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type {
  ChannelMessage,
  MessageRetention,
  MessageStream,
  MessageStreamLimits,
  StartAt,
  StoredMessage,
} from '../../ports/message-stream.js';
import { SystemClock } from '../clock/system-clock.js';
import {
  channelNotFound,
  checkChannel,
  DEFAULT_LIMITS,
  PAGE_MESSAGES_MAX,
  positionNotRetained,
  queueIsFull,
  sealAppend,
  sequenceOfStart,
  streamIsClosed,
} from '../message-stream-rules.js';
import { PositionKeeper } from '../position-keeper.js';
import { Subscriptions } from '../subscriptions.js';
import { WakeUp } from '../wake-up.js';
import { DiskReserve } from './disk-reserve.js';
import { EmbeddedPositionRows } from './embedded-position-rows.js';
import { type MessageEnvironment, openMessageEnvironment } from './message-environment.js';
import { MessageSweeper } from './message-sweeper.js';
import { type ChannelRecord, MessageTables } from './message-tables.js';
import { MessageWriter } from './message-writer.js';

export interface EmbeddedMessageStreamOptions {
  /** The stream lives in its subdirectory `messages`, on a local disk: lmdb needs shared memory. */
  readonly dataDir: string;
  readonly retention: MessageRetention;
  readonly clock?: Clock;
  readonly limits?: Partial<MessageStreamLimits>;
  readonly sweepEveryMs?: number;
  readonly diskReserveBytes?: number;
}

/** Retention is minutes to days; a sweep without work costs two reads per channel. */
const SWEEP_EVERY_MS = 10_000;
/** How late a subscription hears of appends of another process; those of its own wake it. */
const LOOK_EVERY_MS = 50;
/** More than a second of the fastest appends seen. */
const DISK_RESERVE_BYTES = 128 * 2 ** 20;

/**
 * The default message stream: lmdb in the data directory. Many processes may read it and store how
 * far they are, the last one that began to append is the only one that may. An append is durable
 * when it settles: appends made while a commit is under way share the next one, which is one fsync.
 */
export class EmbeddedMessageStream implements MessageStream {
  readonly limits: MessageStreamLimits;
  readonly #environment: MessageEnvironment;
  readonly #tables: MessageTables;
  readonly #writer: MessageWriter;
  readonly #sweeper: MessageSweeper;
  readonly #positions: PositionKeeper;
  readonly #disk: DiskReserve;
  readonly #clock: Clock;
  readonly #subscriptions: Subscriptions;
  readonly #wakeUps = new Map<string, WakeUp>();
  readonly #lost = new AbortController();
  #look: Timer | undefined;
  #isClosed = false;

  private constructor(
    environment: MessageEnvironment,
    disk: DiskReserve,
    options: EmbeddedMessageStreamOptions,
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#environment = environment;
    this.#disk = disk;
    this.#clock = options.clock ?? new SystemClock();
    this.#subscriptions = new Subscriptions(this.limits);
    this.#tables = new MessageTables(environment);
    this.#writer = new MessageWriter(environment, this.#tables, this.#clock, {
      changed: (channel) => this.#wakeUps.get(channel)?.ring(),
      lost: (reason) => {
        this.#lost.abort(reason);
        void this.#sweeper.stop();
      },
    });
    const rows = new EmbeddedPositionRows(environment, this.#tables, this.#writer);
    this.#positions = new PositionKeeper(rows, this.limits);
    this.#sweeper = new MessageSweeper(this.#tables, this.#writer, {
      retention: options.retention,
      clock: this.#clock,
      everyMs: options.sweepEveryMs ?? SWEEP_EVERY_MS,
    });
  }

  /**
   * Opens or makes the stream. Throws `MessageStreamUnavailable` when the directory cannot be used
   * and `ServiceInternal` when what lies there is not ours, damaged, or from a newer version.
   */
  static async open(options: EmbeddedMessageStreamOptions): Promise<EmbeddedMessageStream> {
    const environment = await openMessageEnvironment(options.dataDir);
    const reserveBytes = options.diskReserveBytes ?? DISK_RESERVE_BYTES;
    const refusal = 'MessageStreamUnavailable';
    const disk = await DiskReserve.watch(environment.path, reserveBytes, refusal);
    return new EmbeddedMessageStream(environment, disk, options);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async createChannel(channel: string): Promise<void> {
    this.#assertOpen();
    checkChannel(channel);
    if (this.#writer.heads.has(channel)) return;
    this.#assertWritable();
    await this.#writer.create(channel);
  }

  async deleteChannel(channel: string): Promise<void> {
    this.#assertOpen();
    await this.#writer.delete(channel);
    void this.#sweeper.sweep();
  }

  async channels(prefix: string): Promise<readonly string[]> {
    this.#assertOpen();
    return [...this.#tables.records().keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async append(channel: string, messages: readonly ChannelMessage[]): Promise<readonly Position[]> {
    this.#assertWritable();
    const sealed = sealAppend(channel, messages, this.limits);
    if (this.#writer.queuedBytes + sealed.bytes > this.limits.queuedBytesMax) {
      throw queueIsFull(this.limits);
    }
    this.#disk.check();
    const first = await this.#writer.append(channel, sealed);
    return messages.map((_, index) => positionAt(first + index));
  }

  async lastPosition(channel: string): Promise<Position | undefined> {
    const next = this.#tables.next(this.#existing(channel));
    return next === 1 ? undefined : positionAt(next - 1);
  }

  async read(channel: string, start: StartAt, limit: number): Promise<readonly StoredMessage[]> {
    const record = this.#existing(channel);
    return this.#tables.page(record.id, this.#startOf(channel, start, record), limit);
  }

  subscribe(
    channel: string,
    start: StartAt,
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly StoredMessage[]>> {
    let id = 0;
    const startOf = async (): Promise<number> => {
      const record = this.#existing(channel);
      id = record.id;
      return this.#startOf(channel, start, record);
    };
    return this.#subscriptions.open(
      startOf,
      (from) => this.#page(channel, id, from, signal),
      signal,
    );
  }

  async storePosition(channel: string, reader: string, position: Position): Promise<void> {
    this.#assertOpen();
    this.#disk.check();
    await this.#positions.store(channel, reader, position);
  }

  async storedPosition(channel: string, reader: string): Promise<Position | undefined> {
    this.#assertOpen();
    return this.#positions.stored(channel, reader);
  }

  async forgetReader(channel: string, reader: string): Promise<void> {
    this.#assertOpen();
    await this.#positions.forget(channel, reader);
  }

  async truncate(channel: string, before: Position): Promise<void> {
    this.#assertWritable();
    checkChannel(channel);
    await this.#writer.truncate(channel, before);
    void this.#sweeper.sweep();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#look !== undefined) this.#clock.clearTimeout(this.#look);
    await this.#sweeper.stop();
    await this.#positions.idle();
    await this.#writer.idle();
    for (const wakeUp of this.#wakeUps.values()) wakeUp.ring();
    // After a failed write lmdb may wait for ever; the end of the process closes its files.
    if (this.#writer.failure === undefined) await this.#environment.close();
  }

  #startOf(channel: string, start: StartAt, record: ChannelRecord): number {
    const bounds = { first: record.first, next: this.#tables.next(record) };
    return sequenceOfStart(channel, start, bounds);
  }

  async #page(
    channel: string,
    id: number,
    from: number,
    signal: AbortSignal,
  ): Promise<readonly StoredMessage[]> {
    const record = this.#existing(channel);
    if (record.id !== id) throw channelNotFound(channel);
    if (from < record.first) {
      const next = this.#tables.next(record);
      throw positionNotRetained(channel, from, { first: record.first, next });
    }
    const page = this.#tables.page(id, from, PAGE_MESSAGES_MAX);
    if (page.length > 0) return page;
    const wakeUp = this.#wakeUpOf(channel);
    this.#lookSoon();
    await wakeUp.past(wakeUp.count, signal);
    return [];
  }

  #wakeUpOf(channel: string): WakeUp {
    const wakeUp = this.#wakeUps.get(channel) ?? new WakeUp();
    this.#wakeUps.set(channel, wakeUp);
    return wakeUp;
  }

  /** While another process may be the writer, waiting subscriptions look for themselves. */
  #lookSoon(): void {
    if (this.#look !== undefined || (this.#writer.isWriting && !this.lost.aborted)) return;
    this.#look = this.#clock.setTimeout(() => {
      this.#look = undefined;
      for (const wakeUp of this.#wakeUps.values()) wakeUp.ring();
    }, LOOK_EVERY_MS);
  }

  #existing(channel: string): ChannelRecord {
    this.#assertOpen();
    checkChannel(channel);
    const record = this.#tables.record(channel);
    if (record === undefined) throw channelNotFound(channel);
    return record;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw streamIsClosed();
  }

  #assertWritable(): void {
    this.#assertOpen();
    if (this.lost.aborted) throw this.lost.reason;
  }
}
