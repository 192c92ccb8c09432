import { CoordError } from '../../domain/errors.js';
import { sequenceOf } from '../../domain/stream-position.js';
import type { Clock } from '../../ports/clock.js';
import {
  channelNotFound,
  positionNotRetained,
  type SealedAppend,
  streamIsLost,
} from '../message-stream-rules.js';
import { BlockBuilder, type ChannelHead, loadHeads, recordOf } from './channel-heads.js';
import { FailStop } from './fail-stop.js';
import type { MessageEnvironment } from './message-environment.js';
import { encodeRecord, type MessageTables } from './message-tables.js';
import {
  type AppendJob,
  type ChangeJob,
  type RowJob,
  type WorkGroup,
  WriteQueue,
} from './write-queue.js';
import { WriterClaim } from './writer-claim.js';

/** Counts the channels there ever were. */
const IDS_KEY = 'channel-ids';

/** What the writer tells its stream. */
export interface WriterEvents {
  /** Something of the channel changed and is durable. */
  changed(channel: string): void;
  /** Nothing will be written any more. */
  lost(reason: Error): void;
}

/**
 * The only writer of an embedded message stream. It claims the right with its first append or
 * change, and from then on knows by heart where every channel stands. Rows need no right.
 */
export class MessageWriter {
  readonly #environment: MessageEnvironment;
  readonly #tables: MessageTables;
  readonly #clock: Clock;
  readonly #events: WriterEvents;
  readonly #claim: WriterClaim;
  readonly #writes: FailStop;
  readonly #queue = new WriteQueue((group) => this.#perform(group));
  #heads = new Map<string, ChannelHead>();
  #nextId = 1;

  constructor(
    environment: MessageEnvironment,
    tables: MessageTables,
    clock: Clock,
    events: WriterEvents,
  ) {
    this.#environment = environment;
    this.#tables = tables;
    this.#clock = clock;
    this.#events = events;
    this.#claim = new WriterClaim(environment.writers);
    this.#writes = new FailStop((reason) => events.lost(reason), streamIsLost);
  }

  /** Whether this process writes the stream, or has. */
  get isWriting(): boolean {
    return this.#claim.isHeld;
  }

  get failure(): Error | undefined {
    return this.#writes.failure;
  }

  get queuedBytes(): number {
    return this.#queue.queuedBytes;
  }

  /** The channels as of the last commit; empty before the first. */
  get heads(): ReadonlyMap<string, Readonly<ChannelHead>> {
    return this.#heads;
  }

  /** Settles, once they are on disk, with the sequence number of the first message. */
  append(channel: string, sealed: SealedAppend): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ kind: 'append', channel, ...sealed, resolve, reject });
    });
  }

  /**
   * Writes a row with the appends that wait. Settles with what `write` says, which begins its lmdb
   * write in the turn it is called.
   */
  writeRow(bytes: number, write: RowJob['write']): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ kind: 'row', bytes, write, resolve, reject });
    });
  }

  async create(channel: string): Promise<void> {
    await this.change(() => {
      if (this.#heads.has(channel)) return undefined;
      const head: ChannelHead = { id: this.#nextId, first: 1, next: 1, offset: 0 };
      this.#nextId += 1;
      this.#heads.set(channel, head);
      return () => {
        this.#putRecord(channel, head);
        void this.#environment.writers.put(IDS_KEY, String(head.id), 1);
      };
    });
    this.#events.changed(channel);
  }

  /** Its messages are out of reach then, and left for the sweeper. */
  async delete(channel: string): Promise<void> {
    await this.change(() => {
      const head = this.#heads.get(channel);
      if (head === undefined) return undefined;
      this.#heads.delete(channel);
      return () => {
        void this.#environment.channels.remove(channel);
        this.removeReaders([String(head.id)]);
      };
    });
    this.#events.changed(channel);
  }

  /** Messages before the sequence number are out of reach then, and left for the sweeper. */
  async truncate(channel: string, before: Uint8Array): Promise<void> {
    const sequence = sequenceOf(before);
    await this.change(() => {
      const head = this.#heads.get(channel);
      if (head === undefined) throw channelNotFound(channel);
      if (sequence >= head.next) throw positionNotRetained(channel, sequence, head);
      return sequence > head.first ? this.forget(channel, sequence, []) : undefined;
    });
  }

  /** The writes that make `first` a channel's oldest message and remove some blocks. */
  forget(channel: string, first: number, keys: readonly Uint8Array[]): () => void {
    const head = this.#heads.get(channel);
    if (head !== undefined) head.first = Math.max(head.first, first);
    return () => {
      if (head !== undefined) this.#putRecord(channel, head);
      this.removeBlocks(keys);
    };
  }

  removeBlocks(keys: readonly Uint8Array[]): void {
    for (const key of keys) void this.#environment.blocks.remove(key);
  }

  removeReaders(channelIds: readonly string[]): void {
    for (const id of channelIds) void this.#environment.readers.remove(id);
  }

  /** Runs a change when its turn comes; whether there was anything to do. */
  change(plan: ChangeJob['plan']): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ kind: 'change', plan, resolve, reject });
    });
  }

  /** Settles when nothing waits to be written. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async #perform(group: WorkGroup): Promise<void> {
    if ('kind' in group) return this.#performChange(group);
    const appends = group.filter((job) => job.kind === 'append');
    // Begun in the turn of the appends' commit, which lmdb makes one with it.
    const rows = group.filter((job) => job.kind === 'row').map((job) => this.#performRow(job));
    try {
      if (appends.length > 0) await this.#performAppends(appends);
    } finally {
      await Promise.all(rows);
    }
  }

  async #begin(): Promise<void> {
    const isTaken = await this.#writes.run(() => this.#claim.take());
    if (!isTaken) throw this.#deposed();
    this.#heads = loadHeads(this.#tables);
    this.#nextId = Number(this.#environment.writers.get(IDS_KEY) ?? 0) + 1;
  }

  /** Never rejects: the job is told, and the appends beside it do not fail with it. */
  async #performRow(job: RowJob): Promise<void> {
    try {
      job.resolve(await this.#writes.run(() => job.write()));
    } catch (error) {
      job.reject(CoordError.from(error));
    }
  }

  async #performChange(job: ChangeJob): Promise<void> {
    if (!this.#claim.isHeld) await this.#begin();
    const write = job.plan();
    if (write !== undefined) await this.#commit(write);
    job.resolve(write !== undefined);
  }

  async #performAppends(jobs: readonly AppendJob[]): Promise<void> {
    if (!this.#claim.isHeld) await this.#begin();
    const builders = new Map<string, BlockBuilder>();
    const settle: (() => void)[] = [];
    const nowMs = this.#clock.nowMs();
    for (const job of jobs) {
      const builder = builders.get(job.channel) ?? this.#builderOf(job.channel, nowMs);
      if (builder === undefined) {
        job.reject(channelNotFound(job.channel));
        continue;
      }
      builders.set(job.channel, builder);
      const [first = 0] = job.messages.map((message) => builder.add(message));
      settle.push(() => job.resolve(first));
    }
    if (settle.length === 0) return;
    const puts = [...builders.values()].flatMap((builder) => builder.finish());
    await this.#commit(() => {
      for (const { key, value } of puts) void this.#environment.blocks.put(key, value);
    });
    for (const resolve of settle) resolve();
    for (const channel of builders.keys()) this.#events.changed(channel);
  }

  #builderOf(channel: string, nowMs: number): BlockBuilder | undefined {
    const head = this.#heads.get(channel);
    return head && new BlockBuilder(head, nowMs);
  }

  /** Writes and fsyncs; rejects, now and for ever, when the right to write or the disk is gone. */
  async #commit(write: () => void): Promise<void> {
    const isWritten = await this.#writes.run(() => this.#claim.whileHeld(write));
    if (!isWritten) throw this.#deposed();
  }

  #deposed(): Error {
    const reason = streamIsLost('another process writes it now');
    this.#events.lost(reason);
    return reason;
  }

  #putRecord(channel: string, head: ChannelHead): void {
    void this.#environment.channels.put(channel, encodeRecord(recordOf(head)));
  }
}
