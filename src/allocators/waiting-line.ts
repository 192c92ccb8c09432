import { CoordError } from '../domain/errors.js';
import type { Position } from './window-counter.js';

/** Callers that may wait at once, a few hundred bytes each: 10 000 are some megabytes. */
export const WAITERS_MAX = 10_000;

/** One caller whose block did not fit the window yet. */
export interface Waiter {
  readonly count: number;
  /** The block starts in this millisecond or later. */
  readonly floorMs: number;
  /** Monotonic time from which the block may be served even if the wall clock has not come. */
  readonly eligibleAtMs: number;
  /** Monotonic time at which the caller is refused. */
  readonly deadlineMs: number;
  grant(first: Position): void;
  refuse(error: CoordError): void;
}

/** Callers in order of arrival. */
export class WaitingLine {
  #waiters: Waiter[] = [];

  get length(): number {
    return this.#waiters.length;
  }

  /** Fails with `TooManyRequests` when the line is full. */
  add(waiter: Waiter): void {
    if (this.#waiters.length >= WAITERS_MAX) {
      throw CoordError.of('TooManyRequests', { limit: WAITERS_MAX }, 'allocations are waiting');
    }
    this.#waiters.push(waiter);
  }

  /** Shows every waiter to `settle`, oldest first, and keeps those it does not settle. */
  serve(settle: (waiter: Waiter) => boolean): void {
    if (this.#waiters.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !settle(waiter));
  }

  /** The oldest waiter of a kind. */
  find(isWanted: (waiter: Waiter) => boolean): Waiter | undefined {
    return this.#waiters.find(isWanted);
  }

  refuseAll(error: CoordError): void {
    const refused = this.#waiters;
    this.#waiters = [];
    for (const waiter of refused) waiter.refuse(error);
  }
}
