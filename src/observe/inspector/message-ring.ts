import type { Message } from './messages.js';

/** What happened lately: enough to see how the present came about. */
const MESSAGES_MAX = 1_024;
/** Big messages push older ones out sooner. */
const BYTES_MAX = 4 * 1024 * 1024;

export interface RememberedMessage {
  readonly message: Message;
  readonly sessionId: string;
  /** True for the message that makes the actor known to a watcher. */
  readonly introduces: boolean;
}

/** The most recent messages, oldest first; the oldest go when a limit is reached. */
export class MessageRing implements Iterable<RememberedMessage> {
  readonly #messages: RememberedMessage[] = [];
  #bytes = 0;
  #dropped = 0;

  /** How many messages had to go so far. */
  get dropped(): number {
    return this.#dropped;
  }

  push(remembered: RememberedMessage): void {
    this.#messages.push(remembered);
    this.#bytes += remembered.message.length;
    while (this.#messages.length > MESSAGES_MAX || this.#bytes > BYTES_MAX) this.#dropOldest();
  }

  [Symbol.iterator](): Iterator<RememberedMessage> {
    return this.#messages.values();
  }

  #dropOldest(): void {
    const oldest = this.#messages.shift();
    this.#bytes -= oldest?.message.length ?? 0;
    this.#dropped += 1;
  }
}
