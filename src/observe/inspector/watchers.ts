import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock, Timer } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { Message } from './messages.js';

/** A developer and a colleague or two; each one costs a copy of every message. */
const WATCHERS_MAX = 8;
/** Messages wait this long for company: one system call then carries them all. */
const BATCH_DELAY_MS = 20;
/** A burst does not wait, so that what is unsent stays small. */
const BATCH_MESSAGES_MAX = 256;
/** What a watcher may leave unread, beyond what it was told on joining, before it is cut off. */
const BACKLOG_BYTES_MAX = 8 * 1024 * 1024;

interface Watcher {
  readonly socket: WebSocket;
  /** The connection below, to send a batch in one piece. */
  readonly connection: Duplex;
  readonly backlogBytesMax: number;
}

export interface WatchersOptions {
  readonly clock: Clock;
  readonly log: Logger;
}

/** The connected watchers. Nothing here ever waits for one of them. */
export class Watchers {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #watchers = new Set<Watcher>();
  #batch: Message[] = [];
  #timer: Timer | undefined;

  constructor({ clock, log }: WatchersOptions) {
    this.#clock = clock;
    this.#log = log;
  }

  get isFull(): boolean {
    return this.#watchers.size >= WATCHERS_MAX;
  }

  /** Takes in a watcher, which is told what `tell` says and then everything published later. */
  join(socket: WebSocket, connection: Duplex, tell: () => readonly Message[]): void {
    const messages = tell();
    // What is unsent to the others is part of `messages`: the newcomer joins after it is sent.
    this.#flush();
    send({ socket, connection }, messages);
    const backlogBytesMax = socket.bufferedAmount + BACKLOG_BYTES_MAX;
    const watcher = { socket, connection, backlogBytesMax };
    this.#watchers.add(watcher);
    socket.on('close', () => this.#watchers.delete(watcher));
    // A broken connection or an oversized frame from a watcher; `close` follows.
    socket.on('error', (error) => this.#log.debug({ error }, 'inspector watcher failed'));
  }

  /** Sends soon, and at once when much is unsent. Costs next to nothing while nobody watches. */
  publish(message: Message): void {
    if (this.#watchers.size === 0) return;
    this.#batch.push(message);
    if (this.#batch.length >= BATCH_MESSAGES_MAX) this.#flush();
    else this.#timer ??= this.#clock.setTimeout(() => this.#flush(), BATCH_DELAY_MS);
  }

  /** Sends what is left and ends every connection. */
  close(): void {
    this.#flush();
    for (const { socket } of this.#watchers) socket.terminate();
  }

  #flush(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const messages = this.#batch;
    this.#batch = [];
    for (const watcher of this.#watchers) this.#sendOrCutOff(watcher, messages);
  }

  #sendOrCutOff(watcher: Watcher, messages: readonly Message[]): void {
    const backlogBytes = watcher.socket.bufferedAmount;
    if (backlogBytes <= watcher.backlogBytesMax) {
      send(watcher, messages);
      return;
    }
    this.#watchers.delete(watcher);
    watcher.socket.terminate();
    this.#log.warn({ backlogBytes }, 'inspector watcher cut off: it reads too slowly');
  }
}

function send(
  { socket, connection }: Pick<Watcher, 'socket' | 'connection'>,
  messages: readonly Message[],
): void {
  connection.cork();
  for (const message of messages) socket.send(message, { binary: false });
  connection.uncork();
}
