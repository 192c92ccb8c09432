import { invariant } from '../../src/domain/invariant.js';
import type { Clock, Timer } from '../../src/ports/clock.js';

/** 2026-01-01T00:00:00Z; any fixed moment does, as long as every run has the same. */
const START_MS = Date.UTC(2026, 0, 1);

class VirtualTimer implements Timer {
  readonly timer = 'virtual';
  readonly callback: () => void;
  readonly dueMs: number;

  constructor(callback: () => void, dueMs: number) {
    this.callback = callback;
    this.dueMs = dueMs;
  }
}

/** Lets every promise that can settle without time passing do so. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that moves only when a test says so. */
export class VirtualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  /** In the order in which they were set, which decides between timers of one moment. */
  readonly #timers = new Set<VirtualTimer>();

  constructor(startMs = START_MS) {
    this.#wallMs = startMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = new VirtualTimer(callback, this.#monotonicMs + Math.max(0, delayMs));
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    invariant(timer instanceof VirtualTimer, 'a timer returns to the clock that made it');
    this.#timers.delete(timer);
  }

  /** Timers that are set; 0 after everything was stopped. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /** Moves the wall clock alone, either way, as an operator or NTP would. */
  step(ms: number): void {
    this.#wallMs += ms;
  }

  /** Lets `ms` pass in one step, as over a process that is frozen: no timer runs before `advance`. */
  sleep(ms: number): void {
    this.#moveTo(this.#monotonicMs + ms);
  }

  /** Lets `ms` pass: runs the timers due on the way in order, promises settling after each. */
  async advance(ms: number): Promise<void> {
    await settled();
    const untilMs = this.#monotonicMs + ms;
    for (let next = this.#nextBy(untilMs); next !== undefined; next = this.#nextBy(untilMs)) {
      this.#moveTo(next.dueMs);
      this.#timers.delete(next);
      next.callback();
      await settled();
    }
    this.#moveTo(untilMs);
  }

  #nextBy(untilMs: number): VirtualTimer | undefined {
    let earliest: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > untilMs) continue;
      if (earliest === undefined || timer.dueMs < earliest.dueMs) earliest = timer;
    }
    return earliest;
  }

  #moveTo(monotonicMs: number): void {
    const elapsedMs = Math.max(0, monotonicMs - this.#monotonicMs);
    this.#wallMs += elapsedMs;
    this.#monotonicMs += elapsedMs;
  }
}
