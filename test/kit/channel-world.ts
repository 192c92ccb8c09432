import { MemoryChannel } from '../../src/adapters/memory/memory-channel.js';
import { MemoryMessageStream } from '../../src/adapters/memory/memory-message-stream.js';
import type { Clock } from '../../src/ports/clock.js';
import type { MessageStream, StoredMessage } from '../../src/ports/message-stream.js';

const EVERYTHING = Number.MAX_SAFE_INTEGER;

/** The physical channels as they outlive the processes that write to them. */
export class ChannelWorld {
  readonly #channels = new Map<string, MemoryChannel>();

  get names(): readonly string[] {
    return [...this.#channels.keys()].sort();
  }

  /** Every message of a channel, oldest first. */
  messagesOn(name: string): readonly StoredMessage[] {
    return this.#channels.get(name)?.read(1, EVERYTHING) ?? [];
  }

  /** The channels as one process uses them. */
  stream(clock: Clock): MessageStream {
    return new MemoryMessageStream(this.#channels, { clock });
  }

  /** The same channels apart from these. */
  copy(): ChannelWorld {
    const world = new ChannelWorld();
    for (const name of this.names) {
      const channel = new MemoryChannel();
      for (const message of this.messagesOn(name)) channel.append(message, 0);
      world.#channels.set(name, channel);
    }
    return world;
  }

  /** All it holds, as a text. */
  fingerprint(): string {
    const texts = this.names.map((name) => {
      const payloads = this.messagesOn(name).map(({ payload }) =>
        Buffer.from(payload).toString('hex'),
      );
      return `${name} ${payloads.join()}`;
    });
    return texts.join('\n');
  }
}
