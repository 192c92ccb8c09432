import { CoordError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';

/** Requests may keep the event loop this long before whoever else waits for it has a turn. */
const TURN_MS_MAX = 5;
/** Longer work gives way sooner: what a step sends, and collecting its garbage, add to the turn. */
const STEPS_MS_MAX = 1;

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
  /** Steps of longer work; requests go first. */
  #steps: (() => void)[] = [];
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

  /**
   * One step of a longer piece of work; settles with what it made. Several pieces take turns, whole
   * steps at a time: keep each below a millisecond. Rejects with what the step throws, and with
   * `TooManyRequests` when too much is waiting already.
   */
  step<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const take = () => {
        try {
          resolve(work());
        } catch (caught) {
          reject(caught);
        }
      };
      if (this.#steps.length === 0 && this.#turnMs() <= STEPS_MS_MAX) take();
      else if (this.#steps.length < QUEUE_LENGTH_MAX) this.#steps.push(take);
      else reject(CoordError.of('TooManyRequests'));
    });
  }

  /** Settles at the beginning of a turn, for what cannot be done in steps and takes some time. */
  freshTurn(): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimeout(resolve, 0));
  }

  #isTurnOver(): boolean {
    return this.#turnMs() > TURN_MS_MAX;
  }

  /**
   * How long this turn has lasted. The first question in a turn begins it; the timer that ends it
   * fires in a later turn.
   */
  #turnMs(): number {
    const nowMs = this.#clock.monotonicMs();
    if (this.#turnBeganMs !== undefined) return nowMs - this.#turnBeganMs;
    this.#turnBeganMs = nowMs;
    this.#clock.setTimeout(() => this.#nextTurn(), 0);
    return 0;
  }

  #nextTurn(): void {
    this.#turnBeganMs = undefined;
    const queue = this.#queue;
    let done = 0;
    while (done < queue.length && !this.#isTurnOver()) queue[done++]?.();
    this.#queue = queue.slice(done);
    this.#nextSteps();
  }

  /** One at least, or a flood of requests would hold longer work up for ever. */
  #nextSteps(): void {
    const steps = this.#steps;
    let done = 0;
    while (done < steps.length && (this.#turnMs() <= STEPS_MS_MAX || done === 0)) steps[done++]?.();
    this.#steps = steps.slice(done);
  }
}
