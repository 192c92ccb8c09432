import { invariant } from '../../domain/invariant.js';
import type { Clock, Timer } from '../../ports/clock.js';

/** Node runs a timer with a longer delay at once; longer waits are made of several timers. */
const TIMER_DELAY_MAX_MS = 2 ** 31 - 1;

class SystemTimer implements Timer {
  timer: NodeJS.Timeout | undefined;
}

/**
 * The clock of the machine. Its timers do not keep the process running: a server lives by its
 * sockets, and a forgotten timer must not hold up its end.
 */
export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = new SystemTimer();
    const arm = (remainingMs: number): void => {
      const partMs = Math.min(remainingMs, TIMER_DELAY_MAX_MS);
      const next = partMs < remainingMs ? () => arm(remainingMs - partMs) : callback;
      timer.timer = setTimeout(next, partMs).unref();
    };
    arm(delayMs);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    invariant(timer instanceof SystemTimer, 'a timer returns to the clock that made it');
    clearTimeout(timer.timer);
  }
}
