import { describe, expect, it } from 'vitest';
import { AHEAD_OF_CLOCK_MAX_MS } from '../../../src/allocators/clock-ceiling.js';
import {
  LOGICAL_PER_MS,
  MAX_TIMESTAMP,
  physicalMsOf,
  timestamp,
} from '../../../src/domain/timestamp.js';
import { HOUR_MS, openOracle, WALL_MS, watch } from '../../kit/allocator-fixtures.js';

describe('after a block timestamp', () => {
  it.each([timestamp(0, 0), timestamp(WALL_MS - 1, 99), timestamp(WALL_MS, 4)])(
    'answers at once when it has passed: %i',
    async (passed) => {
      const { oracle, now } = await openOracle();
      now(5);
      await expect(oracle.allocateAfter(passed, 1)).resolves.toBe(timestamp(WALL_MS, 5));
    },
  );

  it.each([
    ['the very next timestamp', timestamp(WALL_MS, 5), 1],
    ['inside the saved window', timestamp(WALL_MS + 2_000, 17), 2_001],
    ['past the saved window', timestamp(WALL_MS + 20_000, LOGICAL_PER_MS - 1), 20_001],
    ['as far ahead as allowed', timestamp(WALL_MS + AHEAD_OF_CLOCK_MAX_MS - 1, 0), 60_000],
  ])('waits for the clock, no longer, and is larger: %s', async (_title, block, aheadMs) => {
    const { oracle, clock, now } = await openOracle();
    now(5);
    const after = watch(oracle.allocateAfter(block, 3));
    await clock.advance(aheadMs - 1);
    expect(after).toEqual({});
    const meanwhile = now();
    await clock.advance(51);
    expect(after.value).toBeGreaterThan(block);
    expect(after.value).toBeGreaterThan(meanwhile);
    expect(physicalMsOf(after.value ?? timestamp(0, 0))).toBeLessThanOrEqual(clock.nowMs());
  });

  it('does not hold up anybody else', async () => {
    const { oracle, now } = await openOracle();
    watch(oracle.allocateAfter(timestamp(WALL_MS + 30_000, 0), 1));
    expect(now()).toBe(timestamp(WALL_MS, 0));
    await expect(oracle.allocate(1)).resolves.toBe(timestamp(WALL_MS, 1));
  });

  it('waits no longer when the clock steps back meanwhile', async () => {
    const { oracle, clock } = await openOracle();
    const block = timestamp(WALL_MS + 10_000, 0);
    const after = watch(oracle.allocateAfter(block, 1));
    await clock.advance(4_000);
    clock.step(-HOUR_MS);
    await clock.advance(6_200);
    expect(after.value).toBeGreaterThan(block);
  });

  it.each([timestamp(WALL_MS + AHEAD_OF_CLOCK_MAX_MS, 0), MAX_TIMESTAMP])(
    'refuses one further ahead than a minute: %i',
    async (block) => {
      const { oracle } = await openOracle();
      await expect(oracle.allocateAfter(block, 1)).rejects.toMatchObject({
        kind: 'ParameterInvalid',
        message: expect.stringMatching(
          /ms ahead of the clock, more than 60000: invalid parameter$/,
        ),
      });
    },
  );
});
