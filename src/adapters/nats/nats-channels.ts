import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { MessageRetention } from '../../ports/message-stream.js';
import { type ChannelBounds, checkChannel } from '../message-stream-rules.js';
import { channelFailure, isStreamMissing, isStreamThere } from './nats-failures.js';

/** JetStream's own window for dropping repeated publishes; it may not exceed the age. */
const DUPLICATE_WINDOW_MS = 120_000;
/** JetStream takes no message larger than this, headers included. */
const STREAM_MESSAGE_BYTES_MAX = 2 ** 20;

/**
 * One stream per channel, named like it, as Milvus' natsmq has it. JetStream takes no dot in a
 * stream's name, so that one becomes `=`, which no channel's name has.
 */
export function streamNameOf(channel: string): string {
  checkChannel(channel);
  return channel.replaceAll('.', '=');
}

/** The stream of the readers' positions; a plus is in no channel's name. */
export const POSITIONS_STREAM = 'rootstock+readers';

/** What a channel is now. */
export interface ChannelState {
  readonly bounds: ChannelBounds;
  /** When it was made; tells a channel made anew from the deleted one. */
  readonly createdAt: string;
}

/** The channels of a JetStream. */
export class NatsChannels {
  readonly #manager: JetStreamManager;
  readonly #retention: MessageRetention;
  readonly #replicas: number;

  constructor(manager: JetStreamManager, retention: MessageRetention, replicas: number) {
    this.#manager = manager;
    this.#retention = retention;
    this.#replicas = replicas;
  }

  /** Makes the channel, or gives an existing one today's retention. */
  async create(channel: string): Promise<void> {
    const config = this.#configOf(channel);
    try {
      await this.#manager.streams.add(config);
    } catch (error) {
      if (!isStreamThere(error)) throw error;
      await this.#manager.streams.update(streamNameOf(channel), this.#limits());
    }
  }

  async delete(channel: string): Promise<void> {
    try {
      await this.#manager.streams.delete(streamNameOf(channel));
    } catch (error) {
      if (!isStreamMissing(error)) throw error;
    }
  }

  async names(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const name of this.#manager.streams.names()) {
      if (name !== POSITIONS_STREAM) names.push(name.replaceAll('=', '.'));
    }
    return names.filter((name) => name.startsWith(prefix)).sort();
  }

  async state(channel: string): Promise<ChannelState> {
    try {
      const { state, created } = await this.#manager.streams.info(streamNameOf(channel));
      const next = state.last_seq + 1;
      const first = state.messages === 0 ? next : state.first_seq;
      return { bounds: { first, next }, createdAt: String(created) };
    } catch (error) {
      throw channelFailure(channel, error);
    }
  }

  async truncate(channel: string, before: number): Promise<void> {
    await this.#manager.streams.purge(streamNameOf(channel), { seq: before });
  }

  #configOf(channel: string): Pick<StreamConfig, 'name'> & Partial<StreamConfig> {
    const name = streamNameOf(channel);
    return {
      ...this.#limits(),
      name,
      subjects: [name],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      num_replicas: this.#replicas,
      max_msg_size: STREAM_MESSAGE_BYTES_MAX,
    };
  }

  #limits(): Pick<StreamConfig, 'max_age' | 'max_bytes' | 'duplicate_window'> {
    const { ageMs, bytes } = this.#retention;
    return {
      max_age: nanos(ageMs),
      max_bytes: Math.max(bytes, STREAM_MESSAGE_BYTES_MAX),
      duplicate_window: nanos(Math.min(ageMs, DUPLICATE_WINDOW_MS)),
    };
  }
}
