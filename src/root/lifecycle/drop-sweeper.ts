import type { Clock, Timer } from '../../ports/clock.js';
import type { Lifecycles } from './lifecycles.js';

/** A kept drop becomes final this much late at most; nobody waits for it. */
const SWEEP_INTERVAL_MS = 5_000;

export interface DropSweeperDeps {
  readonly clock: Clock;
  readonly lifecycles: Lifecycles;
}

/**
 * Wakes the actors of drops that could be taken back for a while and were dismissed meanwhile:
 * thousands of them wait for nothing but the time.
 */
export class DropSweeper {
  readonly #deps: DropSweeperDeps;
  #timer: Timer | undefined;

  constructor(deps: DropSweeperDeps) {
    this.#deps = deps;
    this.#schedule();
  }

  stop(): void {
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#deps.lifecycles.wakeFinal(this.#deps.clock.nowMs());
      this.#schedule();
    }, SWEEP_INTERVAL_MS);
  }
}
