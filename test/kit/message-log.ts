import type { MessageStream, StoredMessage } from '../../src/ports/message-stream.js';
import type { ChannelLog } from './dd-invariants.js';

/** A consumer of every channel, live, whatever becomes of the coordinator that writes them. */
export class MessageLog implements ChannelLog {
  readonly #messages = new Map<string, StoredMessage[]>();
  readonly #leave: (() => void)[] = [];
  readonly #readers: Promise<void>[] = [];

  /** Subscribes to every channel there is, from its first message on. */
  static async of(stream: MessageStream): Promise<MessageLog> {
    const log = new MessageLog();
    for (const channel of await stream.channels('')) await log.#follow(stream, channel);
    return log;
  }

  get names(): readonly string[] {
    return [...this.#messages.keys()].sort();
  }

  messagesOn(name: string): readonly StoredMessage[] {
    return this.#messages.get(name) ?? [];
  }

  /** How many messages were read. */
  get count(): number {
    return [...this.#messages.values()].reduce((sum, messages) => sum + messages.length, 0);
  }

  /** Reads what is still there, then leaves. Nobody writes any more. */
  async finish(stream: MessageStream): Promise<void> {
    for (const leave of this.#leave) leave();
    await Promise.all(this.#readers);
    for (const [channel, messages] of this.#messages) {
      for (;;) {
        const last = messages.at(-1);
        const start = last
          ? ({ kind: 'after', position: last.position } as const)
          : ({ kind: 'earliest' } as const);
        const page = await stream.read(channel, start, 1_000);
        if (page.length === 0) break;
        messages.push(...page);
      }
    }
  }

  async #follow(stream: MessageStream, channel: string): Promise<void> {
    const messages: StoredMessage[] = [];
    this.#messages.set(channel, messages);
    const over = new AbortController();
    this.#leave.push(() => over.abort());
    const pages = await stream.subscribe(channel, { kind: 'earliest' }, over.signal);
    const read = async () => {
      for await (const page of pages) messages.push(...page);
    };
    this.#readers.push(read());
  }
}
