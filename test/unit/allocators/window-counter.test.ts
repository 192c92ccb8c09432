import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowCounter } from '../../../src/allocators/window-counter.js';
import { LOGICAL_PER_MS, timestamp } from '../../../src/domain/timestamp.js';

const UINT32_MAX = 2 ** 32 - 1;
const START_MS = 1_767_225_600_000;

const first = (counter: WindowCounter, count: number, floorMs = 0): bigint | undefined => {
  const granted = counter.take(count, floorMs);
  return granted && timestamp(granted.physicalMs, granted.logical);
};

const aCount = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.integer({ min: LOGICAL_PER_MS - 2, max: LOGICAL_PER_MS + 2 }),
  fc.integer({ min: 1, max: UINT32_MAX }),
);

describe('a counter inside its window', () => {
  it('counts like one big integer: each block begins where the last ended', () => {
    fc.assert(
      fc.property(fc.array(aCount, { maxLength: 50 }), (counts) => {
        const counter = new WindowCounter(START_MS, START_MS + 50 * 16_385);
        let expected: bigint = timestamp(START_MS, 0);
        for (const count of counts) {
          expect(first(counter, count)).toBe(expected);
          expected += BigInt(count);
        }
      }),
    );
  });

  it('refuses exactly what does not fit below the end, and uses nothing up by refusing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000 }), fc.array(aCount), (windowMs, counts) => {
        const endMs = START_MS + windowMs;
        const counter = new WindowCounter(START_MS, endMs);
        let next: bigint = timestamp(START_MS, 0);
        for (const count of counts) {
          const fits = next + BigInt(count) < timestamp(endMs, 0);
          expect(counter.endMsFor(count, 0) <= endMs).toBe(fits);
          expect(first(counter, count)).toBe(fits ? next : undefined);
          if (fits) next += BigInt(count);
        }
      }),
    );
  });

  it('starts a block at the floor when the floor is ahead, and burns nothing when it is too far', () => {
    const counter = new WindowCounter(START_MS, START_MS + 10);
    expect(first(counter, 1, START_MS - 5)).toBe(timestamp(START_MS, 0));
    expect(first(counter, 1, START_MS + 10)).toBeUndefined();
    expect(first(counter, 2, START_MS + 9)).toBe(timestamp(START_MS + 9, 0));
    expect(first(counter, 1, START_MS + 3)).toBe(timestamp(START_MS + 9, 2));
  });

  it('goes back for nobody', () => {
    const counter = new WindowCounter(START_MS, START_MS + 100);
    counter.raiseTo(START_MS + 50);
    counter.take(7);
    counter.raiseTo(START_MS + 50);
    counter.raiseTo(START_MS);
    expect(first(counter, 1)).toBe(timestamp(START_MS + 50, 7));
    expect(() => counter.raiseTo(START_MS + 100)).toThrow('inside the saved window');
  });

  it.each([
    [START_MS - 1, 999, true],
    [START_MS, 2, true],
    [START_MS, 3, false],
    [START_MS + 1, 0, false],
  ])('knows whether it is past %i/%i', (physicalMs, logical, isPast) => {
    const counter = new WindowCounter(START_MS, START_MS + 100);
    counter.take(3);
    expect(counter.isPast(physicalMs, logical)).toBe(isPast);
  });

  it('refuses a count of zero with the words Milvus uses, and treats a non-uint32 as a bug', () => {
    const counter = new WindowCounter(START_MS, START_MS + 100);
    expect(() => counter.take(0)).toThrow(
      expect.objectContaining({ code: 65535, message: 'tso count should be positive' }),
    );
    for (const count of [-1, 1.5, 2 ** 32, Number.NaN]) {
      expect(() => counter.take(count)).toThrow('invariant violated');
    }
  });

  it('grants nothing once closed', () => {
    const counter = new WindowCounter(START_MS, START_MS + 100);
    counter.close();
    expect(counter.take(1)).toBeUndefined();
  });
});
