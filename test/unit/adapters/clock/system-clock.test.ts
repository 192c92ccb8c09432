import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../../../../src/adapters/clock/system-clock.js';

const TIMER_DELAY_MAX_MS = 2 ** 31 - 1;

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([0, 50, TIMER_DELAY_MAX_MS, TIMER_DELAY_MAX_MS + 1, 5 * TIMER_DELAY_MAX_MS])(
    'runs a callback after %i ms and not before',
    (delayMs) => {
      let runs = 0;
      new SystemClock().setTimeout(() => {
        runs += 1;
      }, delayMs);
      vi.advanceTimersByTime(Math.max(0, delayMs - 1));
      expect(runs).toBe(delayMs === 0 ? 1 : 0);
      vi.advanceTimersByTime(1);
      expect(runs).toBe(1);
    },
  );

  it.each([0, TIMER_DELAY_MAX_MS + 10])('clears a timer of any length after %i ms', (passedMs) => {
    const clock = new SystemClock();
    let runs = 0;
    const timer = clock.setTimeout(() => {
      runs += 1;
    }, 2 * TIMER_DELAY_MAX_MS);
    vi.advanceTimersByTime(passedMs);
    clock.clearTimeout(timer);
    vi.advanceTimersByTime(3 * TIMER_DELAY_MAX_MS);
    expect(runs).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses a timer of another clock', () => {
    expect(() => new SystemClock().clearTimeout({ timer: 1 })).toThrow('clock that made it');
  });
});

describe('its readings', () => {
  it('are wall time in epoch milliseconds, and time that never goes back', () => {
    const clock = new SystemClock();
    const before = Date.now();
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
    expect(clock.nowMs()).toBeLessThanOrEqual(Date.now());
    const earlier = clock.monotonicMs();
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(earlier);
  });
});
