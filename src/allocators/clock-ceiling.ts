import type { Clock } from '../ports/clock.js';

/**
 * How far an allocator may be ahead of the clock, by counting or for a caller's block timestamp.
 * The largest block (2^32-1) spans 16.4 s, so three fit one after the other; machines whose
 * clocks differ by more than a minute need repair, not waiting.
 */
export const AHEAD_OF_CLOCK_MAX_MS = 60_000;

/**
 * The highest window end that may be saved. Whoever counts faster than the format's 2^18 a
 * millisecond uses up the distance, and the passing of time gives it back. A clock that stepped
 * back does not lower it: counting then goes on from where it stood, at the same pace.
 */
export class ClockCeiling {
  readonly #clock: Clock;
  #nowMs: number;
  #observedAtMs: number;
  #ceilingMs: number;

  constructor(clock: Clock, physicalMs: number) {
    this.#clock = clock;
    this.#nowMs = Math.floor(clock.nowMs());
    this.#observedAtMs = clock.monotonicMs();
    this.#ceilingMs = Math.max(this.#nowMs, physicalMs) + AHEAD_OF_CLOCK_MAX_MS;
  }

  /** Wall clock in whole milliseconds at the last `observe`. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Monotonic milliseconds at the last `observe`. */
  get observedAtMs(): number {
    return this.#observedAtMs;
  }

  get ceilingMs(): number {
    return Math.floor(this.#ceilingMs);
  }

  /** Reads the clock; `physicalMs` is how far the allocator has come. */
  observe(physicalMs: number): void {
    const monotonicMs = this.#clock.monotonicMs();
    const elapsedMs = monotonicMs - this.#observedAtMs;
    this.#nowMs = Math.floor(this.#clock.nowMs());
    this.#observedAtMs = monotonicMs;
    this.#ceilingMs = Math.max(
      this.#nowMs + AHEAD_OF_CLOCK_MAX_MS,
      Math.min(this.#ceilingMs + elapsedMs, physicalMs + AHEAD_OF_CLOCK_MAX_MS),
    );
  }
}
