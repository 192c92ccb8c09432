import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import { type Position, positionAt, sequenceOf } from '../../domain/stream-position.js';
import type {
  ChannelMessage,
  MessageRetention,
  MessageStream,
  MessageStreamLimits,
  StartAt,
  StoredMessage,
} from '../../ports/message-stream.js';
import {
  DEFAULT_LIMITS,
  positionNotRetained,
  queueIsFull,
  sealAppend,
  sequenceOfStart,
  streamIsClosed,
  streamIsLost,
} from '../message-stream-rules.js';
import { PositionKeeper } from '../position-keeper.js';
import { Subscriptions } from '../subscriptions.js';
import { ChannelConsumer } from './channel-consumer.js';
import { NatsChannels, streamNameOf } from './nats-channels.js';
import { channelFailure, natsFailure } from './nats-failures.js';
import { headersOf } from './nats-message.js';
import { NatsPositionRows } from './nats-position-rows.js';

export interface NatsMessageStreamOptions {
  /** `host:port` of the servers of one cluster. */
  readonly servers: readonly string[];
  readonly retention: MessageRetention;
  /** Copies of every message on as many servers; 1, 3 or 5. */
  readonly replicas?: number;
  readonly requestTimeoutMs?: number;
  readonly limits?: Partial<MessageStreamLimits>;
}

/** Longer than JetStream takes to elect a leader, shorter than a caller's patience. */
const REQUEST_TIMEOUT_MS = 5_000;
const RECONNECT_WAIT_MS = 250;
/** A frozen server is found dead after two of these. */
const PING_EVERY_MS = 2_000;
const PINGS_UNANSWERED_MAX = 2;

/**
 * Channels as streams of NATS JetStream, one each. An append settles when the server has stored it,
 * with more than one replica when most of them have; how soon the server's disk has it is the
 * server's business (`sync_interval`). Connections are made anew for ever, and appends made
 * meanwhile wait up to the request timeout.
 */
export class NatsMessageStream implements MessageStream {
  readonly limits: MessageStreamLimits;
  readonly #connection: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #channels: NatsChannels;
  readonly #rows: NatsPositionRows;
  readonly #positions: PositionKeeper;
  readonly #timeoutMs: number;
  readonly #subscriptions: Subscriptions;
  readonly #lost = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #queuedBytes = 0;
  #isClosed = false;

  private constructor(
    connection: NatsConnection,
    client: JetStreamClient,
    channels: NatsChannels,
    rows: NatsPositionRows,
    timeoutMs: number,
    limits: MessageStreamLimits,
  ) {
    this.limits = limits;
    this.#connection = connection;
    this.#client = client;
    this.#channels = channels;
    this.#rows = rows;
    this.#positions = new PositionKeeper(rows, limits);
    this.#timeoutMs = timeoutMs;
    this.#subscriptions = new Subscriptions(limits);
    void connection.closed().then((error) => {
      const reason = error instanceof Error ? error.message : 'the connection is closed';
      if (!this.#isClosed) this.#lost.abort(streamIsLost(reason, error));
    });
  }

  /** Connects; `MessageStreamUnavailable` when no server answers or it has no JetStream. */
  static async open(options: NatsMessageStreamOptions): Promise<NatsMessageStream> {
    const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const connection = await connectTo(options.servers, timeoutMs);
    try {
      const manager = await jetstreamManager(connection, { timeout: timeoutMs });
      const client = jetstream(connection, { timeout: timeoutMs });
      const replicas = options.replicas ?? 1;
      const channels = new NatsChannels(manager, options.retention, replicas);
      const rows = new NatsPositionRows(client, manager, channels, replicas);
      return new NatsMessageStream(connection, client, channels, rows, timeoutMs, limits);
    } catch (error) {
      await connection.close();
      throw natsFailure(error);
    }
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async createChannel(channel: string): Promise<void> {
    this.#assertOpen();
    await this.#channels.create(channel).catch((error) => rethrow(channel, error));
  }

  async deleteChannel(channel: string): Promise<void> {
    this.#assertOpen();
    const deletion = (): Promise<void> => this.#channels.delete(channel);
    await this.#rows.removeWith(channel, deletion).catch((error) => rethrow(channel, error));
  }

  async channels(prefix: string): Promise<readonly string[]> {
    this.#assertOpen();
    return this.#channels.names(prefix).catch((error) => rethrow('', error));
  }

  async append(channel: string, messages: readonly ChannelMessage[]): Promise<readonly Position[]> {
    this.#assertOpen();
    const sealed = sealAppend(channel, messages, this.limits);
    if (this.#queuedBytes + sealed.bytes > this.limits.queuedBytesMax) {
      throw queueIsFull(this.limits);
    }
    this.#queuedBytes += sealed.bytes;
    // All are sent before anything is awaited, which is what keeps appends in order.
    const acks = Promise.allSettled(sealed.messages.map((one) => this.#publish(channel, one)));
    this.#underWay.add(acks);
    const outcomes = await acks;
    this.#underWay.delete(acks);
    this.#queuedBytes -= sealed.bytes;
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return positionAt(outcome.value);
    });
  }

  async lastPosition(channel: string): Promise<Position | undefined> {
    this.#assertOpen();
    const { bounds } = await this.#channels.state(channel);
    return bounds.next === 1 ? undefined : positionAt(bounds.next - 1);
  }

  async read(channel: string, start: StartAt, limit: number): Promise<readonly StoredMessage[]> {
    this.#assertOpen();
    const { bounds, createdAt } = await this.#channels.state(channel);
    const sequence = sequenceOfStart(channel, start, bounds);
    if (sequence === bounds.next || limit === 0) return [];
    const consumer = new ChannelConsumer(this.#client, this.#channels, channel, createdAt);
    try {
      const page = await consumer.nextPage(sequence, AbortSignal.timeout(this.#timeoutMs));
      if (page.length === 0) throw natsFailure(`no messages within ${this.#timeoutMs} ms`);
      return page.slice(0, limit);
    } finally {
      consumer.end();
    }
  }

  async subscribe(
    channel: string,
    start: StartAt,
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly StoredMessage[]>> {
    this.#assertOpen();
    let consumer: ChannelConsumer | undefined;
    const startOf = async (): Promise<number> => {
      const { bounds, createdAt } = await this.#channels.state(channel);
      consumer = new ChannelConsumer(this.#client, this.#channels, channel, createdAt);
      return sequenceOfStart(channel, start, bounds);
    };
    const nextPage = async (from: number): Promise<readonly StoredMessage[]> => {
      this.#assertOpen();
      return consumer?.nextPage(from, signal) ?? [];
    };
    const end = (): void => consumer?.end();
    return this.#subscriptions.open(startOf, nextPage, signal, end);
  }

  async storePosition(channel: string, reader: string, position: Position): Promise<void> {
    this.#assertOpen();
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
    this.#assertOpen();
    const sequence = sequenceOf(before);
    const { bounds } = await this.#channels.state(channel);
    if (sequence >= bounds.next) throw positionNotRetained(channel, sequence, bounds);
    // JetStream takes a purge up to its first message for a purge of everything.
    if (sequence <= bounds.first) return;
    await this.#channels.truncate(channel, sequence).catch((error) => rethrow(channel, error));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#underWay, this.#positions.idle()]);
    await this.#connection.close();
  }

  async #publish(channel: string, { payload, properties }: ChannelMessage): Promise<number> {
    try {
      const streamName = streamNameOf(channel);
      const { seq } = await this.#client.publish(streamName, payload, {
        headers: headersOf(properties),
        expect: { streamName },
      });
      return seq;
    } catch (error) {
      // Refused, not unanswered: this tells a missing stream from another trouble.
      if (!(error instanceof errors.TimeoutError)) await this.#channels.state(channel);
      throw channelFailure(channel, error);
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw streamIsClosed();
    if (this.lost.aborted) throw this.lost.reason;
  }
}

async function connectTo(servers: readonly string[], timeoutMs: number): Promise<NatsConnection> {
  try {
    return await connect({
      servers: [...servers],
      name: 'rootstock',
      timeout: timeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      pingInterval: PING_EVERY_MS,
      maxPingOut: PINGS_UNANSWERED_MAX,
    });
  } catch (error) {
    throw natsFailure(error);
  }
}

function rethrow(channel: string, error: unknown): never {
  throw channelFailure(channel, error);
}
