import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwakeWait } from '../../../src/domain/awake-wait.js';

const CATCH_UP_MS = 3_000;

/** Waits to the end, each part ending as late as said in turn; settles at which moment it is over. */
function waitOut(wait: AwakeWait, lateMs: readonly number[] = []): number {
  let nowMs = 0;
  for (let part = 0; ; part++) {
    const partMs = wait.nextPartMs(nowMs);
    if (partMs === 0) return nowMs;
    nowMs += partMs + (lateMs[part] ?? 0);
  }
}

describe('a wait', () => {
  it.each([1, 499, 500, 501, 10_000])('of %i ms lasts so long when nobody sleeps', (delayMs) => {
    expect(waitOut(new AwakeWait(delayMs, 0))).toBe(delayMs);
  });

  it.each([
    ['long before its end', 10_000, [2_000], 10_000],
    ['that ends shortly before its end', 10_000, [9_000], 9_500 + CATCH_UP_MS],
    ['that ends just after its end', 10_000, [9_600], 10_100 + CATCH_UP_MS],
    ['far beyond its end', 10_000, [1_000_000], 1_000_500 + CATCH_UP_MS],
    ['and a shorter delay than that', 1_200, [10_000], 10_500 + 1_200],
    ['a second time before its end', 60_000, [5_000, 0, 0, 70_000], 77_000 + CATCH_UP_MS],
  ])('over a sleep %s gives time to be heard', (_when, delayMs, lateMs, overAtMs) => {
    expect(waitOut(new AwakeWait(delayMs, 0), lateMs)).toBe(overAtMs);
  });

  it('neither ends for a second sleep in that time nor begins it anew', () => {
    const again = [20_000, 0, 40_000];
    expect(waitOut(new AwakeWait(10_000, 0), again)).toBe(20_500 + 40_000 + CATCH_UP_MS);
  });

  it('that is renewed lasts for its whole delay from then on', () => {
    const wait = new AwakeWait(2_000, 0);
    expect(wait.nextPartMs(0)).toBe(500);
    expect(wait.nextPartMs(30_000)).toBe(500);
    wait.renew(30_100);
    const rest = [30_500, 31_000, 31_500, 32_000, 32_100].map((at) => wait.nextPartMs(at));
    expect(rest).toEqual([500, 500, 500, 100, 0]);
  });

  it('ends however often the process sleeps, and after no sleep of a second at once', () => {
    const sleeps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 12_000 }), sleeps, (delayMs, lateMs) => {
        const slept = lateMs.reduce((sum, ms) => sum + ms, 0);
        const overAtMs = waitOut(new AwakeWait(delayMs, 0), lateMs);
        expect(overAtMs).toBeGreaterThanOrEqual(delayMs);
        expect(overAtMs).toBeLessThanOrEqual(delayMs + slept + 2 * CATCH_UP_MS);
      }),
    );
  });
});
