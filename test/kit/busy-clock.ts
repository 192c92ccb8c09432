import type { Clock, Timer } from '../../src/ports/clock.js';
import { VirtualClock } from './virtual-clock.js';

/** Virtual time that work can use up inside one turn: timers fire only in the turns between. */
export class BusyClock implements Clock {
  readonly #clock = new VirtualClock();
  #spentMs = 0;

  /** Work that keeps the loop this long. */
  spend(ms: number): void {
    this.#spentMs += ms;
  }

  /** Lets every timer that is due have its turn, and those that these turns set. */
  turn(): Promise<void> {
    return this.#clock.advance(0);
  }

  get timerCount(): number {
    return this.#clock.timerCount;
  }

  nowMs(): number {
    return this.#clock.nowMs() + this.#spentMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs() + this.#spentMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    return this.#clock.setTimeout(callback, delayMs);
  }

  clearTimeout(timer: Timer): void {
    this.#clock.clearTimeout(timer);
  }
}
