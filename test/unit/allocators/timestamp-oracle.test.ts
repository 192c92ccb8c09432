import { describe, expect, it } from 'vitest';
import { AHEAD_OF_CLOCK_MAX_MS } from '../../../src/allocators/clock-ceiling.js';
import { TimestampOracle } from '../../../src/allocators/timestamp-oracle.js';
import { ALLOCATION_WAIT_MAX_MS } from '../../../src/allocators/window-allocator.js';
import {
  LOGICAL_PER_MS,
  physicalMsOf,
  type Timestamp,
  timestamp,
} from '../../../src/domain/timestamp.js';
import {
  always,
  bootOn,
  HOUR_MS,
  msToNs,
  openOracle,
  parts,
  savedBytes,
  stateWith,
  TIMESTAMP_KEYS,
  UINT32_MAX,
  WALL_MS,
  WINDOW_MS,
  watch,
} from '../../kit/allocator-fixtures.js';
import { settled } from '../../kit/virtual-clock.js';

/** What one largest block takes on the line of timestamps. */
const LARGEST_BLOCK_MS = 16_384;

describe('starting', () => {
  it.each([
    ['nothing saved', undefined, WALL_MS],
    ['the clock well past the saved end', msToNs(WALL_MS - 5_000), WALL_MS],
    ['the clock one millisecond past the saved end', msToNs(WALL_MS - 1), WALL_MS],
    ['the clock at the saved end', msToNs(WALL_MS), WALL_MS + 1],
    ['the clock inside the saved window', msToNs(WALL_MS + 2_000), WALL_MS + 2_001],
    ['a saved end within a millisecond', msToNs(WALL_MS + 2_000) + 1n, WALL_MS + 2_002],
    ['the clock an hour behind', msToNs(WALL_MS + HOUR_MS), WALL_MS + HOUR_MS + 1],
  ])('begins above everything served before: %s', async (_title, savedNs, firstMs) => {
    const state = stateWith(
      savedNs === undefined ? {} : { [TIMESTAMP_KEYS.written]: savedBytes(savedNs) },
    );
    const { now, durable } = await openOracle(state);
    expect(now()).toBe(timestamp(firstMs, 0));
    expect(durable()).toBe(firstMs + WINDOW_MS);
  });

  it('refuses to start on a bound it cannot read, or cannot save', async () => {
    const broken = stateWith({ [TIMESTAMP_KEYS.written]: Uint8Array.of(1, 2, 3) });
    await expect(openOracle(broken)).rejects.toThrow('3 bytes instead of 8');
    const { clock, store, fence } = bootOn(stateWith(), {
      faults: always({ kind: 'refuse' }),
    });
    const options = { store, fence, clock, keys: TIMESTAMP_KEYS };
    await expect(TimestampOracle.open(options)).rejects.toMatchObject({ retriable: true });
    expect(clock.timerCount).toBe(0);
  });

  it('refuses to start on a bound with nothing above it', async () => {
    const state = stateWith({ [TIMESTAMP_KEYS.written]: new Uint8Array(8).fill(0xff) });
    await expect(openOracle(state)).rejects.toThrow('past the last one that can be saved');
  });
});

describe('with the clock', () => {
  it('follows it within an update interval and saves twice a window, also when idle', async () => {
    const { clock, store, now, durable } = await openOracle();
    await clock.advance(60_000);
    expect(clock.nowMs() - physicalMsOf(now())).toBeLessThanOrEqual(50);
    expect(durable() - clock.nowMs()).toBeGreaterThanOrEqual(WINDOW_MS / 2 - 50);
    expect(store.commitCount).toBeGreaterThan(60_000 / WINDOW_MS);
    expect(store.commitCount).toBeLessThanOrEqual(1 + 60_000 / (WINDOW_MS / 2));
  });

  it('never goes back with it: it stays until the clock has come there again', async () => {
    const { clock, now } = await openOracle();
    await clock.advance(1_000);
    const before = now();
    clock.step(-HOUR_MS);
    await clock.advance(1_000);
    expect(now()).toBe(before + 1n);
    await clock.advance(HOUR_MS);
    expect(clock.nowMs() - physicalMsOf(now())).toBeLessThanOrEqual(50);
  });

  it('goes on by counting while the clock is behind, past any number of windows', async () => {
    const { clock, now, durable } = await openOracle();
    clock.step(-HOUR_MS);
    let last = now();
    for (let second = 0; second < 60; second++) {
      const first = now(800 * LOGICAL_PER_MS);
      expect(first).toBeGreaterThan(last);
      expect(physicalMsOf(first) + 800).toBeLessThan(durable());
      last = first;
      await clock.advance(1_000);
    }
    expect(physicalMsOf(last)).toBe(WALL_MS + 59 * 800);
  });

  it('follows a step forward only once the new window is durable', async () => {
    const { clock, store, now, durable } = await openOracle();
    store.faults = { onCommit: () => ({ kind: 'stall', ms: 500 }) };
    clock.step(HOUR_MS);
    await clock.advance(400);
    expect(durable()).toBe(WALL_MS + WINDOW_MS);
    expect(physicalMsOf(now())).toBeLessThan(WALL_MS + WINDOW_MS);
    await clock.advance(200);
    expect(clock.nowMs() - physicalMsOf(now())).toBeLessThanOrEqual(50);
    expect(durable()).toBeGreaterThan(clock.nowMs());
  });
});

describe('a block', () => {
  it.each([1, 2, LOGICAL_PER_MS - 1, LOGICAL_PER_MS, LOGICAL_PER_MS + 1, 100_000_000])(
    'of %i is contiguous and served at once',
    async (count) => {
      const { now } = await openOracle();
      const first = now(count);
      expect(now()).toBe(first + BigInt(count));
    },
  );

  it('of 2^32-1 is served after the window was saved that far', async () => {
    const { oracle, clock, now, durable } = await openOracle();
    expect(oracle.allocateNow(UINT32_MAX)).toBeUndefined();
    const block = watch(oracle.allocate(UINT32_MAX));
    await clock.advance(50);
    const first = block.value ?? 0n;
    expect(first).toBeGreaterThanOrEqual(timestamp(WALL_MS, 0));
    expect(durable()).toBeGreaterThan(WALL_MS + LARGEST_BLOCK_MS);
    expect(now()).toBe(first + BigInt(UINT32_MAX));
  });

  it('gives the same place as two numbers', async () => {
    const { oracle, now } = await openOracle();
    expect(oracle.take(5)).toEqual({ physicalMs: WALL_MS, logical: 0 });
    expect(parts(now())).toEqual({ physicalMs: WALL_MS, logical: 5 });
    expect(oracle.physicalNowMs()).toBe(WALL_MS);
  });

  it('of 0 is refused with the words and code of Milvus', async () => {
    const { oracle } = await openOracle();
    const refusal = { code: 65535, message: 'tso count should be positive' };
    expect(() => oracle.allocateNow(0)).toThrow(expect.objectContaining(refusal));
    await expect(oracle.allocate(0)).rejects.toMatchObject(refusal);
    await expect(oracle.allocateAfter(timestamp(WALL_MS + 9, 0), 0)).rejects.toMatchObject(refusal);
  });
});

describe('ahead of the clock', () => {
  it('counts at most a minute, then refuses for the moment and recovers with time', async () => {
    const { oracle, clock, durable } = await openOracle();
    const served: Timestamp[] = [];
    const refused = [];
    for (let i = 0; i < 6; i++) {
      const block = watch(oracle.allocate(UINT32_MAX));
      await clock.advance(ALLOCATION_WAIT_MAX_MS + 100);
      expect(durable() - clock.nowMs()).toBeLessThanOrEqual(AHEAD_OF_CLOCK_MAX_MS);
      if (block.value !== undefined) served.push(block.value);
      if (block.error !== undefined) refused.push(block.error);
    }
    expect(served.length).toBeGreaterThanOrEqual(3);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused[0]).toMatchObject({ kind: 'RateLimited', retriable: true });
    await clock.advance(LARGEST_BLOCK_MS);
    const later = watch(oracle.allocate(UINT32_MAX));
    await clock.advance(100);
    expect(later.value).toBeGreaterThan(served.at(-1) ?? 0n);
  });

  it('keeps that distance from where it stood when the clock stepped back, however long ago', async () => {
    const { oracle, clock, durable } = await openOracle();
    clock.step(-HOUR_MS);
    await clock.advance(HOUR_MS / 2);
    for (let i = 0; i < 10; i++) {
      watch(oracle.allocate(UINT32_MAX));
      await clock.advance(1_000);
    }
    expect(oracle.physicalNowMs()).toBeGreaterThan(WALL_MS + 2 * LARGEST_BLOCK_MS);
    expect(durable()).toBeLessThanOrEqual(WALL_MS + 10_000 + AHEAD_OF_CLOCK_MAX_MS);
  });

  it('begins no more than one save in an update interval, however hard callers press', async () => {
    const { oracle, clock, store } = await openOracle();
    for (let i = 0; i < 1_000; i++) watch(oracle.allocate(UINT32_MAX));
    await clock.advance(1_000);
    expect(store.commitCount).toBeGreaterThan(1 + 3);
    expect(store.commitCount).toBeLessThanOrEqual(1 + 1_000 / 50 + 1);
  });
});

describe('stopping', () => {
  it('serves nothing more, refuses who waits, and sets no further timer', async () => {
    const { oracle, clock, store } = await openOracle();
    const waiting = watch(oracle.allocate(UINT32_MAX));
    const after = watch(oracle.allocateAfter(timestamp(WALL_MS + 9_000, 0), 1));
    oracle.stop();
    await settled();
    expect(waiting.error).toMatchObject({ kind: 'ServiceNotReady' });
    expect(after.error).toMatchObject({ kind: 'ServiceNotReady' });
    expect(oracle.allocateNow(1)).toBeUndefined();
    expect(oracle.take(1)).toBeUndefined();
    await expect(oracle.allocate(1)).rejects.toMatchObject({ kind: 'ServiceNotReady' });
    expect(clock.timerCount).toBe(0);
    await clock.advance(10_000);
    expect(store.commitCount).toBe(1);
  });

  it('is not undone by a save that arrives late', async () => {
    const { oracle, clock, store } = await openOracle();
    store.faults = always({ kind: 'stallReply', ms: 500 });
    await clock.advance(1_600);
    oracle.stop();
    await clock.advance(1_000);
    expect(oracle.allocateNow(1)).toBeUndefined();
  });
});

describe('its times', () => {
  it.each([
    { windowMs: 30_001 },
    { windowMs: 2_000.5 },
    { windowMs: 400 },
    { windowMs: 5, updateIntervalMs: 0.5 },
  ])(
    'are refused where a window could run out between updates, or fill the ceiling: %o',
    async (times) => {
      const { clock, store, fence } = bootOn(stateWith());
      const options = { store, fence, clock, keys: TIMESTAMP_KEYS, ...times };
      await expect(TimestampOracle.open(options)).rejects.toMatchObject({
        kind: 'ParameterInvalid',
      });
    },
  );

  it('can be as short as ten milliseconds', async () => {
    const { clock, store, fence } = bootOn(stateWith());
    const times = { windowMs: 10, updateIntervalMs: 1 };
    const oracle = await TimestampOracle.open({
      store,
      fence,
      clock,
      keys: TIMESTAMP_KEYS,
      ...times,
    });
    for (let i = 0; i < 100; i++) {
      await clock.advance(1);
      expect(oracle.allocateNow(LOGICAL_PER_MS / 2)).toBeDefined();
    }
    expect(clock.nowMs() - oracle.physicalNowMs()).toBeLessThanOrEqual(1);
  });
});
