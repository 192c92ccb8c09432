import { setImmediate } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { WakeUp } from '../wake-up.js';

/** Messages the server may send ahead of the reader: 256 of the largest are 250 MiB. */
const AHEAD_MESSAGES_MAX = 256;
/** How long one request for more lives; the client misses a dead server after two half lives. */
const PULL_EXPIRES_MS = 5_000;
/** What the client reports when its consumer or the stream may be gone. */
const GONE = new Set(['consumer_deleted', 'consumer_not_found', 'stream_not_found']);

/** Messages as a consumer of JetStream brings them, waiting to be taken together. */
export class Delivery {
  readonly #consumer: Consumer;
  readonly #messages: ConsumerMessages;
  readonly #arrived = new WakeUp();
  readonly #taken = new WakeUp();
  readonly #ended = new AbortController();
  #waiting: JsMsg[] = [];
  #isOver = false;
  #failure: unknown;

  private constructor(consumer: Consumer, messages: ConsumerMessages) {
    this.#consumer = consumer;
    this.#messages = messages;
    void this.#gather();
    void this.#closeWhenGone();
  }

  static async begin(consumer: Consumer): Promise<Delivery> {
    const options = { max_messages: AHEAD_MESSAGES_MAX, expires: PULL_EXPIRES_MS };
    return new Delivery(consumer, await consumer.consume(options));
  }

  /** What has arrived, at least one message; none when `signal` aborted or nothing comes any more. */
  async take(signal: AbortSignal): Promise<readonly JsMsg[]> {
    if (this.#waiting.length === 0 && !this.#isOver) {
      await this.#arrived.past(this.#arrived.count, signal);
      // What came in the same packet is gathered in this turn.
      await setImmediate();
    }
    const taken = this.#waiting;
    this.#waiting = [];
    this.#taken.ring();
    if (taken.length === 0 && this.#failure !== undefined) throw this.#failure;
    return taken;
  }

  /** The server forgets its side by itself if it does not hear of this. */
  end(): void {
    this.#ended.abort();
    this.#messages.stop();
    this.#consumer.delete().catch(() => false);
  }

  async #gather(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        this.#waiting.push(message);
        const count = this.#taken.count;
        this.#arrived.ring();
        if (this.#waiting.length < AHEAD_MESSAGES_MAX) continue;
        await this.#taken.past(count, this.#ended.signal);
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#isOver = true;
    this.#arrived.ring();
  }

  async #closeWhenGone(): Promise<void> {
    for await (const { type } of this.#messages.status()) {
      if (GONE.has(type)) this.#messages.stop();
    }
  }
}
