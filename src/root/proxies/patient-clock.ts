import { AwakeWait } from '../../domain/awake-wait.js';
import { invariant } from '../../domain/invariant.js';
import type { Clock, Timer } from '../../ports/clock.js';

class PatientTimer implements Timer {
  timer: Timer | undefined;
}

/**
 * The same time, with timers for the silence of others: one that the process slept through gives
 * them once more time to be heard (`AwakeWait`).
 */
export class PatientClock implements Clock {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const wait = new AwakeWait(delayMs, this.monotonicMs());
    const timer = new PatientTimer();
    const goOn = (partMs: number): void => {
      timer.timer = this.#clock.setTimeout(() => {
        const nextMs = wait.nextPartMs(this.monotonicMs());
        if (nextMs > 0) goOn(nextMs);
        else callback();
      }, partMs);
    };
    goOn(wait.nextPartMs(this.monotonicMs()));
    return timer;
  }

  clearTimeout(timer: Timer): void {
    invariant(timer instanceof PatientTimer, 'a timer returns to the clock that made it');
    if (timer.timer) this.#clock.clearTimeout(timer.timer);
  }
}
