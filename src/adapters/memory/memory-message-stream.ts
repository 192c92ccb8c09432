import { type Position, positionAt, sequenceOf } from '../../domain/stream-position.js';
import type { Clock } from '../../ports/clock.js';
import type {
  ChannelMessage,
  MessageRetention,
  MessageStream,
  MessageStreamLimits,
  StartAt,
  StoredMessage,
} from '../../ports/message-stream.js';
import {
  channelNotFound,
  checkChannel,
  DEFAULT_LIMITS,
  fittingPage,
  PAGE_MESSAGES_MAX,
  positionNotRetained,
  queueIsFull,
  sealAppend,
  sequenceOfStart,
  streamIsClosed,
} from '../message-stream-rules.js';
import { checkGivenOut, checkReader, withoutReader, withReader } from '../reader-positions.js';
import { Subscriptions } from '../subscriptions.js';
import { MemoryChannel } from './memory-channel.js';

/** The channels by name; share one to open the same stream twice, as two processes would. */
export type MemoryChannels = Map<string, MemoryChannel>;

export interface MemoryMessageStreamOptions {
  readonly clock: Clock;
  /** Nothing is forgotten by itself when left out. */
  readonly retention?: MessageRetention;
  readonly limits?: Partial<MessageStreamLimits>;
}

/** A message stream without a disk, for tests and simulations. */
export class MemoryMessageStream implements MessageStream {
  readonly limits: MessageStreamLimits;
  readonly #lost = new AbortController();
  readonly #channels: MemoryChannels;
  readonly #options: MemoryMessageStreamOptions;
  readonly #subscriptions: Subscriptions;
  #isClosed = false;

  constructor(channels: MemoryChannels, options: MemoryMessageStreamOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#channels = channels;
    this.#options = options;
    this.#subscriptions = new Subscriptions(this.limits);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async createChannel(channel: string): Promise<void> {
    this.#assertOpen();
    checkChannel(channel);
    if (!this.#channels.has(channel)) this.#channels.set(channel, new MemoryChannel());
  }

  async deleteChannel(channel: string): Promise<void> {
    this.#assertOpen();
    const held = this.#channels.get(channel);
    this.#channels.delete(channel);
    held?.wakeUp.ring();
  }

  async channels(prefix: string): Promise<readonly string[]> {
    this.#assertOpen();
    return [...this.#channels.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async append(channel: string, messages: readonly ChannelMessage[]): Promise<readonly Position[]> {
    this.#assertOpen();
    const sealed = sealAppend(channel, messages, this.limits);
    if (sealed.bytes > this.limits.queuedBytesMax) throw queueIsFull(this.limits);
    const held = this.#existing(channel);
    const nowMs = this.#options.clock.nowMs();
    const stored = sealed.messages.map((message) => held.append(message, nowMs));
    held.wakeUp.ring();
    return stored.map(({ position }) => Uint8Array.from(position));
  }

  async lastPosition(channel: string): Promise<Position | undefined> {
    const { next } = this.#existing(channel).bounds;
    return next === 1 ? undefined : positionAt(next - 1);
  }

  async read(channel: string, start: StartAt, limit: number): Promise<readonly StoredMessage[]> {
    const held = this.#existing(channel);
    return fittingPage(held.read(sequenceOfStart(channel, start, held.bounds), limit), limit);
  }

  subscribe(
    channel: string,
    start: StartAt,
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly StoredMessage[]>> {
    let held: MemoryChannel | undefined;
    const startOf = async (): Promise<number> => {
      held = this.#existing(channel);
      return sequenceOfStart(channel, start, held.bounds);
    };
    return this.#subscriptions.open(
      startOf,
      (from) => this.#page(channel, held, from, signal),
      signal,
    );
  }

  async storePosition(channel: string, reader: string, position: Position): Promise<void> {
    checkReader(reader);
    const held = this.#existing(channel);
    const sequence = sequenceOf(position);
    checkGivenOut(channel, sequence, held.bounds);
    held.readers = withReader(held.readers, reader, sequence, this.limits);
  }

  async storedPosition(channel: string, reader: string): Promise<Position | undefined> {
    checkReader(reader);
    const sequence = this.#existing(channel).readers.get(reader);
    return sequence === undefined ? undefined : positionAt(sequence);
  }

  async forgetReader(channel: string, reader: string): Promise<void> {
    checkReader(reader);
    const held = this.#existing(channel);
    held.readers = withoutReader(held.readers, reader);
  }

  async truncate(channel: string, before: Position): Promise<void> {
    const held = this.#existing(channel);
    const sequence = sequenceOf(before);
    const { first, next } = held.bounds;
    if (sequence >= next) throw positionNotRetained(channel, sequence, { first, next });
    held.truncate(sequence);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const held of this.#channels.values()) held.wakeUp.ring();
  }

  async #page(
    channel: string,
    subscribed: MemoryChannel | undefined,
    from: number,
    signal: AbortSignal,
  ): Promise<readonly StoredMessage[]> {
    const held = this.#existing(channel);
    if (held !== subscribed) throw channelNotFound(channel);
    const { first, next } = held.bounds;
    if (from < first) throw positionNotRetained(channel, from, { first, next });
    if (from < next) return fittingPage(held.read(from, PAGE_MESSAGES_MAX), PAGE_MESSAGES_MAX);
    await held.wakeUp.past(held.wakeUp.count, signal);
    return [];
  }

  #existing(channel: string): MemoryChannel {
    this.#assertOpen();
    checkChannel(channel);
    const held = this.#channels.get(channel);
    if (held === undefined) throw channelNotFound(channel);
    const { retention, clock } = this.#options;
    if (retention !== undefined) held.retain(retention, clock.nowMs());
    return held;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw streamIsClosed();
  }
}
