import { Observable, Subject } from 'rxjs';
import type { CoordError } from '../domain/errors.js';
import type { Timestamp } from '../domain/timestamp.js';
import { ChannelMinima } from './channel-minima.js';
import { HeardChannel } from './heard-channel.js';
import { SourceSlots } from './source-slots.js';
import { TickScale } from './tick-scale.js';
import { untilReached } from './until-reached.js';

/** What one source promises: it will never again produce anything at or before these. */
export interface TickReport {
  /** For every channel that is not listed. */
  readonly defaultTimestamp: Timestamp;
  readonly channels: ReadonlyMap<string, Timestamp>;
}

/**
 * The safe time of every physical channel: no source will produce anything at or before it any more
 * (facts/rootcoord §10). It never moves back: what a source promised once holds, and a report below
 * its own promise changes nothing.
 *
 * Every name is a channel; one that no source lists follows the defaults and costs nothing. Without
 * any source all stand still. Timestamps are the oracle's: 397 days is as far as one source is ahead
 * of another, more counts as that, and the very first one says around when all others are.
 */
export class SafeTimes {
  readonly #scale = new TickScale();
  readonly #slots = new SourceSlots();
  readonly #minima = new ChannelMinima();
  /** Channels somebody listens to. */
  readonly #heard = new Map<string, HeardChannel>();
  readonly #moves = new Subject<void>();
  #end: CoordError | undefined;

  /**
   * A new source takes part; it holds every channel at its present safe time until its first
   * report. Idempotent per id.
   */
  join(sourceId: bigint): void {
    if (this.#slots.has(sourceId)) return;
    this.#minima.join(this.#slots.take(sourceId));
  }

  /** It holds nobody any more; channels move on at once. */
  leave(sourceId: bigint): void {
    const slot = this.#slots.release(sourceId);
    if (slot === undefined) return;
    this.#minima.leave(slot);
    this.#tell();
  }

  /** What a source says that did not join is ignored. */
  report(sourceId: bigint, { defaultTimestamp, channels }: TickReport): void {
    const slot = this.#slots.of(sourceId);
    if (slot === undefined) return;
    let newest = defaultTimestamp;
    for (const at of channels.values()) if (at > newest) newest = at;
    this.#makeRoomFor(newest);
    const listed = new Map<string, number>();
    for (const [name, at] of channels) listed.set(name, this.#scale.ticksOf(at));
    this.#minima.report(slot, this.#scale.ticksOf(defaultTimestamp), listed);
    this.#tell();
  }

  /** The channel's safe time; 0 before every source reported. */
  safeTime(channel: string): Timestamp {
    return this.#scale.timestampOf(this.#minima.ticks(channel));
  }

  /** The safe time of every channel that no source lists. */
  get defaultTime(): Timestamp {
    return this.#scale.timestampOf(this.#minima.defaultTicks);
  }

  /** The channel's safe time, the latest at once and then whenever it moved. Errors at the end. */
  channel(name: string): Observable<Timestamp> {
    return new Observable((subscriber) => {
      if (this.#end) return subscriber.error(this.#end);
      const heard = this.#heard.get(name) ?? new HeardChannel(this.safeTime(name));
      this.#heard.set(name, heard);
      const subscription = heard.subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        if (!heard.isHeard && this.#heard.get(name) === heard) this.#heard.delete(name);
      };
    });
  }

  /** Says that some channels may have moved, for those who ask for all of them in their own time. */
  get moves(): Observable<void> {
    return this.#moves;
  }

  /**
   * Settles when the safe time of every channel is at or past `at`.
   *
   * @throws whatever `signal` is aborted with, and the reason of `end`.
   */
  async passed(channels: readonly string[], at: Timestamp, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const behind = channels.filter((name) => this.safeTime(name) < at);
    await Promise.all(behind.map((name) => untilReached(this.channel(name), at, signal)));
  }

  /** Nothing moves any more; whoever waits is told why. */
  end(reason: CoordError): void {
    this.#end ??= reason;
    const all = [...this.#heard.values()];
    this.#heard.clear();
    for (const heard of all) heard.end(this.#end);
    this.#moves.error(this.#end);
  }

  /** Those who listen may join, leave or stop listening when they are told. */
  #tell(): void {
    for (const [name, heard] of this.#heard) heard.tell(this.safeTime(name));
    this.#moves.next();
  }

  /** Lets the scale begin right before the oldest number in use; needed once in many months. */
  #makeRoomFor(newest: Timestamp): void {
    if (!this.#scale.isPastEnd(newest)) return;
    const { lowest } = this.#minima;
    if (lowest === Number.POSITIVE_INFINITY) return;
    this.#minima.shift(lowest - 1);
    this.#scale.shift(lowest - 1);
  }
}
