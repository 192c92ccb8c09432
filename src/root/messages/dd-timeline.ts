import type { TaskId } from '../../domain/ids.js';
import { invariant } from '../../domain/invariant.js';
import type { Timestamp } from '../../domain/timestamp.js';

/** The part of the timestamp oracle a timeline needs; it seldom has to wait for the disk. */
export interface TimestampSource {
  allocateNow(count: number): Timestamp | undefined;
  allocate(count: number): Promise<Timestamp>;
}

/**
 * What waits for its turn on the channels; undefined while it is not known whether anything comes.
 */
type Turn = (() => void) | undefined;

/**
 * The timestamps DDL is at work with. Two promises rest on it: DD messages come on every channel in
 * the order of their timestamps, and no tick passes the timestamp of a DDL that is not done
 * (facts/rootcoord §10.4). Both need only know who is still open, oldest first.
 */
export class DdTimeline {
  readonly #source: TimestampSource;
  /** Who has not said yet what it has for the channels, oldest first. */
  readonly #silent = new Map<Timestamp, Turn>();
  /** Who holds the tick, oldest first. */
  readonly #open = new Set<Timestamp>();
  readonly #ofTask = new Map<TaskId, Timestamp>();
  #newest = 0n as Timestamp;
  /** Settles when nobody waits for a timestamp any more; undefined when nobody does. */
  #line: Promise<unknown> | undefined;

  constructor(source: TimestampSource) {
    this.#source = source;
  }

  /** The oldest timestamp at work: ticks stay below it. Undefined when nothing is open. */
  get min(): Timestamp | undefined {
    const [oldest] = this.#open;
    return oldest;
  }

  /** A timestamp for a task, open until `close`. */
  openTask(taskId: TaskId): Timestamp | Promise<Timestamp> {
    return this.#allocate((timestamp) => {
      this.#ofTask.set(taskId, timestamp);
      return this.#begin(timestamp);
    });
  }

  /** The task has nothing for the channels: others need not wait for it. */
  silence(taskId: TaskId): void {
    const timestamp = this.#ofTask.get(taskId);
    if (timestamp !== undefined) this.#take(timestamp, () => {});
  }

  /** The task is done, however it ended. One that never began is no error. */
  close(taskId: TaskId): void {
    const timestamp = this.#ofTask.get(taskId);
    if (timestamp === undefined) return;
    this.#ofTask.delete(taskId);
    this.#close(timestamp);
  }

  /**
   * Runs `send` once everything older has had its turn; within this call if that is so already.
   * What it appends before it first waits is in order on every channel.
   */
  speak<Result>(timestamp: Timestamp, send: () => Promise<Result>): Promise<Result> {
    invariant(this.#silent.has(timestamp), 'who speaks is open and was silent');
    return new Promise((resolve, reject) => {
      this.#take(timestamp, () => void send().then(resolve, reject));
    });
  }

  /** The same with a timestamp of its own, which stays open until `send` settles. */
  async speakNow<Result>(send: (timestamp: Timestamp) => Promise<Result>): Promise<Result> {
    const timestamp = await this.#allocate((own) => this.#begin(own));
    try {
      return await this.speak(timestamp, () => send(timestamp));
    } finally {
      this.#close(timestamp);
    }
  }

  /** As long as somebody waits for the disk, everybody does, one after the other. */
  #allocate(opened: (timestamp: Timestamp) => Timestamp): Timestamp | Promise<Timestamp> {
    const now = this.#line === undefined ? this.#source.allocateNow(1) : undefined;
    if (now !== undefined) return opened(now);
    const before = this.#line ?? Promise.resolve();
    const turn = before.then(() => this.#source.allocate(1)).then(opened);
    const line: Promise<void> = turn.then(
      () => this.#leave(line),
      () => this.#leave(line),
    );
    this.#line = line;
    return turn;
  }

  #leave(line: Promise<unknown>): void {
    if (this.#line === line) this.#line = undefined;
  }

  #begin(timestamp: Timestamp): Timestamp {
    invariant(timestamp > this.#newest, 'timestamps are opened in the order they are handed out');
    this.#newest = timestamp;
    this.#silent.set(timestamp, undefined);
    this.#open.add(timestamp);
    return timestamp;
  }

  #close(timestamp: Timestamp): void {
    this.#take(timestamp, () => {});
    this.#open.delete(timestamp);
  }

  #take(timestamp: Timestamp, turn: () => void): void {
    if (!this.#silent.has(timestamp)) return;
    this.#silent.set(timestamp, turn);
    for (const [oldest, ready] of this.#silent) {
      if (!ready) return;
      this.#silent.delete(oldest);
      ready();
    }
  }
}
