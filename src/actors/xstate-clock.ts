import type { Clock, Timer } from '../ports/clock.js';

/** The clock port in the shape XState's delayed transitions ask for. */
export const xstateClock = (clock: Clock) => ({
  setTimeout: (callback: () => void, delayMs: number): Timer => clock.setTimeout(callback, delayMs),
  clearTimeout: (timer: Timer): void => clock.clearTimeout(timer),
});
