import type { Clock } from '../ports/clock.js';

/** Requests may keep the event loop this long before whoever else waits for it has a turn. */
const TURN_MS_MAX = 5;

/** As many as the DDL queue holds by default; each is one open stream of some client. */
const QUEUE_LENGTH_MAX = 10_240;

/**
 * Runs requests at once while there are few, and spreads them over turns of the event loop when
 * many arrive together: one read from a socket can bring hundreds, and the loop would stand still
 * until the last is served. In the order of arrival, whatever turn it is.
 */
export class WorkLane {
  readonly #clock: Clock;
  #queue: (() => void)[] = [];
  #turnBeganMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work`, now or soon. False when too much is waiting already: then it never runs. */
  run(work: () => void): boolean {
    if (this.#queue.length === 0 && !this.#isTurnOver()) {
      work();
      return true;
    }
    if (this.#queue.length >= QUEUE_LENGTH_MAX) return false;
    this.#queue.push(work);
    return true;
  }

  /** The first question in a turn begins it; the timer that ends it fires in a later turn. */
  #isTurnOver(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#turnBeganMs !== undefined) return nowMs - this.#turnBeganMs > TURN_MS_MAX;
    this.#turnBeganMs = nowMs;
    this.#clock.setTimeout(() => this.#nextTurn(), 0);
    return false;
  }

  #nextTurn(): void {
    this.#turnBeganMs = undefined;
    const queue = this.#queue;
    let done = 0;
    while (done < queue.length && !this.#isTurnOver()) queue[done++]?.();
    this.#queue = queue.slice(done);
  }
}
