import { DeliverPolicy, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import type { StoredMessage } from '../../ports/message-stream.js';
import { pause } from '../clock/pause.js';
import { channelNotFound, positionNotRetained } from '../message-stream-rules.js';
import { Delivery } from './delivery.js';
import { type NatsChannels, streamNameOf } from './nats-channels.js';
import { channelFailure } from './nats-failures.js';
import { storedMessageOf } from './nats-message.js';

/** Between two attempts to go on reading, beside the timeout of each. */
const RETRY_AFTER_MS = 250;

/**
 * Reads one channel on and on, in order and without gaps. The client makes its consumer anew after
 * a lost connection; when it cannot, the next page starts over from where the reader is. An outage
 * is waited out.
 */
export class ChannelConsumer {
  readonly #client: JetStreamClient;
  readonly #channels: NatsChannels;
  readonly #channel: string;
  readonly #createdAt: string;
  #delivery: Delivery | undefined;

  /** @param createdAt of the channel the reader subscribed to. */
  constructor(client: JetStreamClient, channels: NatsChannels, channel: string, createdAt: string) {
    this.#client = client;
    this.#channels = channels;
    this.#channel = channel;
    this.#createdAt = createdAt;
  }

  /** Messages from the sequence number on; none when the reader should ask again. */
  async nextPage(sequence: number, signal: AbortSignal): Promise<readonly StoredMessage[]> {
    try {
      this.#delivery ??= await this.#begin(sequence);
      const messages = await this.#delivery.take(signal);
      await this.#checkOrder(messages, sequence);
      if (messages.length === 0) this.end();
      return messages.map(storedMessageOf);
    } catch (error) {
      this.end();
      const failure = channelFailure(this.#channel, error);
      if (failure.kind !== 'MessageStreamUnavailable') throw failure;
      await pause(RETRY_AFTER_MS, signal);
      return [];
    }
  }

  end(): void {
    this.#delivery?.end();
    this.#delivery = undefined;
  }

  async #begin(sequence: number): Promise<Delivery> {
    const { createdAt, bounds } = await this.#channels.state(this.#channel);
    if (createdAt !== this.#createdAt) throw channelNotFound(this.#channel);
    if (sequence < bounds.first || sequence > bounds.next) {
      throw positionNotRetained(this.#channel, sequence, bounds);
    }
    const consumer = await this.#client.consumers.get(streamNameOf(this.#channel), {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: sequence,
    });
    return Delivery.begin(consumer);
  }

  /** JetStream skips what is no longer kept without a word. */
  async #checkOrder(messages: readonly JsMsg[], sequence: number): Promise<void> {
    const gap = messages.findIndex(({ seq }, index) => seq !== sequence + index);
    if (gap < 0) return;
    const { bounds } = await this.#channels.state(this.#channel);
    throw positionNotRetained(this.#channel, sequence + gap, bounds);
  }
}
