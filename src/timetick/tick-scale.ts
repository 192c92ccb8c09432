import { invariant } from '../domain/invariant.js';
import type { Timestamp } from '../domain/timestamp.js';

/** Largest distance from the zero that a double holds exactly, as a time 397 days. */
const TICKS_MAX = Number.MAX_SAFE_INTEGER;
/** How far before the first timestamp zero lies, so that older ones have their number, too. */
const HEADROOM = 2n ** 52n;

/**
 * Hybrid timestamps as whole numbers below 2^53, exactly and both ways. They count from a zero that
 * is set with the first one and can be moved up later. The number 0 means the timestamp 0, "nothing
 * yet", and everything before the zero.
 */
export class TickScale {
  #zero: bigint | undefined;
  /** Most channels stand at one number, and it is asked for once for each of them. */
  #last = { ticks: 0, timestamp: 0n as Timestamp };

  /** The timestamp's number. One past the end of the scale counts as its end, never as more. */
  ticksOf(at: Timestamp): number {
    if (at === 0n) return 0;
    this.#zero ??= at > HEADROOM ? at - HEADROOM : 0n;
    const distance = at - this.#zero;
    if (distance <= 0n) return 0;
    return Math.min(Number(distance), TICKS_MAX);
  }

  timestampOf(ticks: number): Timestamp {
    if (ticks === 0 || this.#zero === undefined) return 0n as Timestamp;
    if (ticks !== this.#last.ticks) {
      this.#last = { ticks, timestamp: (this.#zero + BigInt(ticks)) as Timestamp };
    }
    return this.#last.timestamp;
  }

  /** Whether the timestamp is past the end. */
  isPastEnd(at: Timestamp): boolean {
    return this.#zero !== undefined && at - this.#zero > TICKS_MAX;
  }

  /** Moves the zero up; every number that is kept has to become less by as much. */
  shift(by: number): void {
    invariant(this.#zero !== undefined, 'a scale has a zero before it is moved');
    this.#zero += BigInt(by);
    this.#last = { ticks: 0, timestamp: 0n as Timestamp };
  }
}
