import { describe, expect, it } from 'vitest';
import { idWindowKeys } from '../../../src/allocators/allocator-keys.js';
import { IdAllocator } from '../../../src/allocators/id-allocator.js';
import { SAVED_END_MAX_MS } from '../../../src/allocators/saved-window.js';
import { LOGICAL_PER_MS, timestamp } from '../../../src/domain/timestamp.js';
import {
  bootOn,
  durableEndMs,
  HOUR_MS,
  KV_ROOT,
  msToNs,
  savedBytes,
  stateWith,
  UINT32_MAX,
  WALL_MS,
} from '../../kit/allocator-fixtures.js';

const KEYS = idWindowKeys(KV_ROOT);

async function open(state = stateWith(), wallMs = WALL_MS) {
  const { clock, store, fence } = bootOn(state, { wallMs });
  const ids = await IdAllocator.open({ store, fence, clock, keys: KEYS });
  return { ids, clock, store, state, durable: () => durableEndMs(state, KEYS) };
}

describe('ids', () => {
  it('look like timestamps of the start and increase by plain counting, whatever the clock does', async () => {
    const { ids, clock } = await open();
    const first = ids.allocateNow(1);
    expect(first).toBe(timestamp(WALL_MS, 0));
    expect(String(first)).toMatch(/^4\d{17}$/);
    await clock.advance(HOUR_MS);
    clock.step(-2 * HOUR_MS);
    await clock.advance(1_000);
    expect(ids.allocateNow(200_000)).toBe(timestamp(WALL_MS, 1));
    expect(ids.allocateNow(200_000)).toBe(timestamp(WALL_MS, 200_001));
    expect(ids.allocateNow(1)).toBe(timestamp(WALL_MS + 1, 400_001 - LOGICAL_PER_MS));
  });

  it('save nothing while few are used, and move the bound before half a window is', async () => {
    const { ids, clock, store, durable } = await open();
    await clock.advance(HOUR_MS);
    expect(store.commitCount).toBe(1);
    ids.allocateNow(1_600 * LOGICAL_PER_MS);
    await clock.advance(50);
    expect(store.commitCount).toBe(2);
    expect(durable()).toBe(WALL_MS + 1_600 + 3_000);
  });

  it('never reach the durable bound, even when the store is away', async () => {
    const { ids, clock, store, durable } = await open();
    store.faults = { onCommit: () => ({ kind: 'refuse' }) };
    await clock.advance(10_000);
    let last = 0n;
    for (let first = ids.allocateNow(65_536); first; first = ids.allocateNow(65_536)) last = first;
    expect(last + 65_536n).toBeLessThan(timestamp(durable(), 0));
    const refused = ids.allocate(65_536);
    const outcome = expect(refused).rejects.toMatchObject({ kind: 'MetaStoreUnavailable' });
    await clock.advance(6_000);
    await outcome;
  });

  it('come in blocks of up to 2^32-1, contiguous', async () => {
    const { ids, clock, durable } = await open();
    const block = ids.allocate(UINT32_MAX);
    await clock.advance(50);
    const first = await block;
    expect(ids.allocateNow(1)).toBe(first + BigInt(UINT32_MAX));
    expect(durable()).toBeGreaterThan(WALL_MS + 16_384);
  });

  it('start above the saved bound when the clock is behind it', async () => {
    const state = stateWith({ [KEYS.written]: savedBytes(msToNs(WALL_MS + HOUR_MS)) });
    const { ids } = await open(state);
    expect(ids.allocateNow(1)).toBe(timestamp(WALL_MS + HOUR_MS + 1, 0));
  });

  it('fit an int64 up to the last one', async () => {
    const { ids, clock, durable } = await open(stateWith(), SAVED_END_MAX_MS - 3_000);
    expect(durable()).toBe(SAVED_END_MAX_MS);
    let last = 0n;
    const quarter = LOGICAL_PER_MS / 4;
    for (let first = ids.allocateNow(quarter); first; first = ids.allocateNow(quarter))
      last = first;
    expect(last).toBeGreaterThan(timestamp(SAVED_END_MAX_MS - 1, 0));
    expect(last + BigInt(quarter)).toBeLessThan(2n ** 63n);
    const refused = expect(ids.allocate(quarter)).rejects.toMatchObject({ kind: 'RateLimited' });
    await clock.advance(6_000);
    await refused;
  });

  it('refuse a count of zero, and everything once stopped', async () => {
    const { ids, clock } = await open();
    expect(() => ids.allocateNow(0)).toThrow('tso count should be positive');
    ids.stop();
    expect(ids.allocateNow(1)).toBeUndefined();
    await expect(ids.allocate(1)).rejects.toMatchObject({ kind: 'ServiceNotReady' });
    expect(clock.timerCount).toBe(0);
  });
});
