import type { Clock } from '../../ports/clock.js';

/** A batch may keep the event loop this long before requests and timers have a turn. */
const TURN_MS_MAX = 10;

/** Spreads a long piece of work over turns of the event loop. */
export class TurnPacer {
  readonly #clock: Clock;
  #turnBeganMs: number;

  /** The first turn begins with the pacer. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#turnBeganMs = clock.monotonicMs();
  }

  /** To be awaited between two steps of the work: settles at once or in a later turn. */
  async pause(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#turnBeganMs <= TURN_MS_MAX) return;
    await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, 0));
    this.#turnBeganMs = this.#clock.monotonicMs();
  }
}
