import { describe, expect, it } from 'vitest';
import { idWindowKeys, timestampWindowKeys } from '../../../src/allocators/allocator-keys.js';
import { SAVED_END_MAX_MS, SavedWindow } from '../../../src/allocators/saved-window.js';
import { CoordError } from '../../../src/domain/errors.js';
import {
  bootOn,
  durableEndMs,
  KV_ROOT,
  msToNs,
  savedBytes,
  stateWith,
  TIMESTAMP_KEYS,
} from '../../kit/allocator-fixtures.js';
import type { Faults } from '../../kit/faulty-meta-store.js';

const OLD_KEY = 'by-dev/kv/tso/timestamp';
const NEW_KEY = 'by-dev/kv/gid/timestamp';

async function load(values: Record<string, Uint8Array>, faults: Faults = {}, isFresh?: boolean) {
  const state = stateWith(values);
  const { store, fence } = bootOn(state, { faults });
  const options = { store, fence, keys: TIMESTAMP_KEYS };
  const window = await SavedWindow.load(
    isFresh === undefined ? options : { ...options, isFreshStore: async () => isFresh },
  );
  return { state, window };
}

describe('keys', () => {
  it('are the ones Milvus uses below its kv root', () => {
    expect(timestampWindowKeys(KV_ROOT)).toEqual({ written: NEW_KEY, older: [OLD_KEY] });
    expect(idWindowKeys(KV_ROOT)).toEqual({ written: 'by-dev/kv/gid/idTimestamp', older: [] });
  });
});

describe('loading a saved window', () => {
  it.each([
    ['nothing was ever saved', {}, 0],
    ['the present key alone', { [NEW_KEY]: savedBytes(msToNs(5_000)) }, 5_000],
    ['the older key alone', { [OLD_KEY]: savedBytes(msToNs(7_000)) }, 7_000],
    [
      'both, the older key ahead',
      { [NEW_KEY]: savedBytes(msToNs(5_000)), [OLD_KEY]: savedBytes(msToNs(7_000)) },
      7_000,
    ],
    [
      'both, the present key ahead',
      { [NEW_KEY]: savedBytes(msToNs(9_000)), [OLD_KEY]: savedBytes(msToNs(7_000)) },
      9_000,
    ],
    [
      'a fraction of a millisecond counts as a whole one',
      { [NEW_KEY]: savedBytes(5_000_000_001n) },
      5_001,
    ],
  ])('finds the largest bound: %s', async (_title, values, endMs) => {
    const { window } = await load(values);
    expect(window.endMs).toBe(endMs);
  });

  it.each([0, 1, 7, 9, 16])('refuses a value of %i bytes, under either key', async (length) => {
    const malformed = new Uint8Array(length);
    await expect(load({ [NEW_KEY]: malformed })).rejects.toThrow(`${length} bytes instead of 8`);
    await expect(load({ [OLD_KEY]: malformed })).rejects.toThrow(`${length} bytes instead of 8`);
  });

  it.each([NEW_KEY, OLD_KEY])('fails when %s cannot be read', async (unreadable) => {
    const onGet = (key: string) =>
      key === unreadable ? CoordError.of('MetaStoreUnavailable') : undefined;
    await expect(load({}, { onGet })).rejects.toMatchObject({ kind: 'MetaStoreUnavailable' });
  });

  it('takes an absent window for zero only in a store that is fresh', async () => {
    expect((await load({}, {}, true)).window.endMs).toBe(0);
    await expect(load({}, {}, false)).rejects.toThrow('missing from a store in use');
    const present = { [OLD_KEY]: savedBytes(msToNs(7_000)) };
    expect((await load(present, {}, false)).window.endMs).toBe(7_000);
  });
});

describe('extending a saved window', () => {
  it('stores eight big-endian bytes of nanoseconds under the present key only', async () => {
    const { state, window } = await load({});
    await window.extend(1_704_067_200_000);
    expect(state.valueOf(NEW_KEY)).toEqual(
      Buffer.of(0x17, 0xa6, 0x10, 0x17, 0x01, 0x65, 0x00, 0x00),
    );
    expect(state.valueOf(OLD_KEY)).toBeUndefined();
    expect(window.endMs).toBe(1_704_067_200_000);
  });

  it.each(['refuse', 'loseReply'] as const)(
    'keeps the old bound when a save fails: %s',
    async (kind) => {
      const { state, window } = await load(
        { [NEW_KEY]: savedBytes(msToNs(5_000)) },
        { onCommit: (index) => (index === 0 ? { kind } : undefined) },
      );
      await expect(window.extend(8_000)).rejects.toMatchObject({ retriable: true });
      expect(window.endMs).toBe(5_000);
      await window.extend(9_000);
      expect(window.endMs).toBe(9_000);
      expect(durableEndMs(state, TIMESTAMP_KEYS)).toBe(9_000);
    },
  );

  it('reaches the last moment eight bytes can hold and refuses the one after', async () => {
    const { state, window } = await load({});
    await window.extend(SAVED_END_MAX_MS);
    expect(durableEndMs(state, TIMESTAMP_KEYS)).toBe(SAVED_END_MAX_MS);
    await expect(window.extend(SAVED_END_MAX_MS + 1)).rejects.toThrow('past the last one');
    expect(BigInt(SAVED_END_MAX_MS) << 18n).toBeLessThan(2n ** 63n);
  });

  it('refuses to shrink, and to save twice at once', async () => {
    const { window } = await load({ [NEW_KEY]: savedBytes(msToNs(5_000)) });
    await expect(window.extend(5_000)).rejects.toThrow('never shrinks');
    const first = window.extend(6_000);
    await expect(window.extend(7_000)).rejects.toThrow('one save at a time');
    await first;
  });
});
