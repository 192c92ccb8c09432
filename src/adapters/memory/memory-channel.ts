import { positionAt } from '../../domain/stream-position.js';
import type {
  ChannelMessage,
  MessageRetention,
  StoredMessage,
} from '../../ports/message-stream.js';
import { bytesOf, type ChannelBounds } from '../message-stream-rules.js';
import { NO_READERS, type ReaderPositions } from '../reader-positions.js';
import { WakeUp } from '../wake-up.js';

interface Row extends StoredMessage {
  readonly bytes: number;
  readonly appendedAtMs: number;
}

/** One channel's messages, outliving the instances that use it. */
export class MemoryChannel {
  readonly wakeUp = new WakeUp();
  readers: ReaderPositions = NO_READERS;
  #rows: Row[] = [];
  #first = 1;
  #bytes = 0;

  get bounds(): ChannelBounds {
    return { first: this.#first, next: this.#first + this.#rows.length };
  }

  append(message: ChannelMessage, nowMs: number): StoredMessage {
    const bytes = bytesOf(message);
    const position = positionAt(this.bounds.next);
    const row = { ...message, position, bytes, appendedAtMs: nowMs };
    this.#rows.push(row);
    this.#bytes += bytes;
    return row;
  }

  /** At most `limit` messages from a sequence number on that is within bounds. */
  read(sequence: number, limit: number): readonly StoredMessage[] {
    const from = sequence - this.#first;
    return this.#rows.slice(from, from + limit).map(copyOf);
  }

  /** Forgets what stands before the sequence number, and never more than there is. */
  truncate(before: number): void {
    const gone = this.#rows.splice(0, Math.max(0, before - this.#first));
    this.#first += gone.length;
    for (const { bytes } of gone) this.#bytes -= bytes;
  }

  /** Forgets what is too old or too much, except for the newest message. */
  retain({ ageMs, bytes: bytesMax }: MessageRetention, nowMs: number): void {
    let bytes = this.#bytes;
    let before = this.#first;
    for (const row of this.#rows.slice(0, -1)) {
      if (bytes <= bytesMax && nowMs - row.appendedAtMs <= ageMs) break;
      bytes -= row.bytes;
      before += 1;
    }
    this.truncate(before);
  }
}

const copyOf = ({ position, payload, properties }: Row): StoredMessage => ({
  position: Uint8Array.from(position),
  payload: Uint8Array.from(payload),
  properties: { ...properties },
});
