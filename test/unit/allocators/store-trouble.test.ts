import { describe, expect, it } from 'vitest';
import { WAITERS_MAX } from '../../../src/allocators/waiting-line.js';
import { ALLOCATION_WAIT_MAX_MS } from '../../../src/allocators/window-allocator.js';
import { LOGICAL_PER_MS, physicalMsOf, timestamp } from '../../../src/domain/timestamp.js';
import {
  always,
  openOracle,
  UINT32_MAX,
  WALL_MS,
  WINDOW_MS,
  watch,
} from '../../kit/allocator-fixtures.js';
import type { CommitFault } from '../../kit/faulty-meta-store.js';
import { settled } from '../../kit/virtual-clock.js';

describe('a store in trouble', () => {
  it('that refuses leaves the saved window to be served, and is asked again with back-off', async () => {
    const { oracle, clock, store, now, durable } = await openOracle();
    store.faults = always({ kind: 'refuse' });
    await clock.advance(10_000);
    expect(durable()).toBe(WALL_MS + WINDOW_MS);
    expect(physicalMsOf(now())).toBeLessThan(WALL_MS + WINDOW_MS);
    const attempts = store.commitCount - 1;
    expect(attempts).toBeGreaterThanOrEqual(8);
    expect(attempts).toBeLessThanOrEqual(14);
    store.faults = {};
    await clock.advance(1_100);
    expect(clock.nowMs() - physicalMsOf(now())).toBeLessThanOrEqual(50);
    expect(oracle.savedWindowEndMs()).toBe(durable());
  });

  it('is forgotten once a save succeeded: short retries, and no blame for a later refusal', async () => {
    const { oracle, clock, store } = await openOracle();
    store.faults = always({ kind: 'refuse' });
    await clock.advance(10_000);
    store.faults = {};
    await clock.advance(5_000);
    store.faults = always({ kind: 'refuse' });
    const failedBefore = store.commitCount;
    await clock.advance(1_500 + 400);
    expect(store.commitCount - failedBefore).toBeGreaterThanOrEqual(3);
    store.faults = {};
    await clock.advance(1_000);
    const blocks = Array.from({ length: 5 }, () => watch(oracle.allocate(UINT32_MAX)));
    await clock.advance(ALLOCATION_WAIT_MAX_MS + 100);
    expect(blocks.at(-1)?.error).toMatchObject({ kind: 'RateLimited' });
  });

  it('makes callers wait once the window is used up, and serves them when it is back', async () => {
    const { oracle, clock, store, now } = await openOracle();
    store.faults = always({ kind: 'refuse' });
    now(2_999 * LOGICAL_PER_MS);
    const last = now(LOGICAL_PER_MS - 1);
    expect(oracle.allocateNow(1)).toBeUndefined();
    const waiting = [watch(oracle.allocate(7)), watch(oracle.allocate(1))];
    await clock.advance(1_000);
    expect(waiting).toEqual([{}, {}]);
    store.faults = {};
    await clock.advance(1_000);
    const [first, second] = waiting.map(({ value }) => value ?? 0n);
    expect(first).toBeGreaterThan(last);
    expect(second).toBe((first ?? 0n) + 7n);
  });

  it.each<CommitFault>([
    { kind: 'refuse' },
    { kind: 'loseReply' },
    { kind: 'hang', isWritten: false },
    { kind: 'hang', isWritten: true },
  ])('refuses a caller in bounded time, asking it to come again: %o', async (fault) => {
    const { oracle, clock, store, now } = await openOracle();
    store.faults = always(fault);
    now(2_999 * LOGICAL_PER_MS);
    now(LOGICAL_PER_MS - 1);
    const caller = watch(oracle.allocate(1));
    await clock.advance(ALLOCATION_WAIT_MAX_MS - 50);
    expect(caller).toEqual({});
    await clock.advance(100);
    expect(caller.error).toMatchObject({ kind: 'MetaStoreUnavailable', retriable: true });
  });

  it('lets a bounded number wait and refuses the next at once', async () => {
    const { oracle, clock, store } = await openOracle();
    store.faults = always({ kind: 'refuse' });
    const waiting = Array.from({ length: WAITERS_MAX }, () => watch(oracle.allocate(UINT32_MAX)));
    const excess = watch(oracle.allocate(UINT32_MAX));
    await settled();
    expect(excess.error).toMatchObject({ kind: 'TooManyRequests', retriable: true });
    await clock.advance(ALLOCATION_WAIT_MAX_MS + 100);
    expect(waiting.filter(({ error }) => error?.kind === 'MetaStoreUnavailable')).toHaveLength(
      WAITERS_MAX,
    );
  });

  it('that took the fence away ends the serving at once', async () => {
    const { oracle, clock, state } = await openOracle();
    const waiting = watch(oracle.allocate(UINT32_MAX));
    const successor = await openOracle(state);
    await clock.advance(50);
    expect(waiting.error).toMatchObject({ kind: 'ServiceNotReady' });
    expect(oracle.allocateNow(1)).toBeUndefined();
    await expect(oracle.allocate(1)).rejects.toMatchObject({ kind: 'ServiceNotReady' });
    expect(clock.timerCount).toBe(0);
    expect(successor.now()).toBe(timestamp(WALL_MS + WINDOW_MS + 1, 0));
  });
});
