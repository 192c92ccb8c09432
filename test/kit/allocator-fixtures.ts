import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import { timestampWindowKeys, type WindowKeys } from '../../src/allocators/allocator-keys.js';
import { TimestampOracle } from '../../src/allocators/timestamp-oracle.js';
import type { WindowAllocatorOptions } from '../../src/allocators/window-options.js';
import { CoordError } from '../../src/domain/errors.js';
import { logicalOf, physicalMsOf, type Timestamp } from '../../src/domain/timestamp.js';
import { livingCandidate } from './candidates.js';
import { type CommitFault, type Faults, FaultyMetaStore } from './faulty-meta-store.js';
import { VirtualClock } from './virtual-clock.js';

const CANDIDATE = livingCandidate();

/** What the wall clock says when a test begins. */
export const WALL_MS = 1_767_225_600_000;
export const HOUR_MS = 3_600_000;
/** The default: how far ahead the bound is saved. */
export const WINDOW_MS = 3_000;
export const UINT32_MAX = 2 ** 32 - 1;

export const KV_ROOT = 'by-dev/kv';
export const TIMESTAMP_KEYS = timestampWindowKeys(KV_ROOT);

/** The bytes Milvus stores for a window that ends at this many unix nanoseconds. */
export function savedBytes(endNs: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, endNs);
  return bytes;
}

export const msToNs = (ms: number): bigint => BigInt(ms) * 1_000_000n;

/** What a store holds that was never used, or was left with these values. */
export function stateWith(values: Record<string, Uint8Array> = {}): MemoryMetaState {
  const state = new MemoryMetaState();
  const { fence } = state.elect(CANDIDATE);
  for (const [key, value] of Object.entries(values)) {
    state.apply([{ kind: 'put', key, value }], fence);
  }
  return state;
}

/** The bound a successor would find now, in milliseconds rounded down; nothing saved is 0. */
export function durableEndMs(state: MemoryMetaState, keys: WindowKeys): number {
  const bytes = state.valueOf(keys.written);
  if (bytes === undefined) return 0;
  const endNs = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  return Number(endNs / 1_000_000n);
}

/** One process: its own clock and its own troubles on a state that outlives it, and the fence. */
export function bootOn(
  state: MemoryMetaState,
  { wallMs, faults }: { wallMs?: number; faults?: Faults } = {},
) {
  const clock = new VirtualClock(wallMs);
  const store = new FaultyMetaStore(new MemoryMetaStore(state), clock, faults);
  return { clock, store, fence: state.elect(CANDIDATE).fence };
}

export const parts = (ts: Timestamp) => ({ physicalMs: physicalMsOf(ts), logical: logicalOf(ts) });

/** How far ahead the bound is saved, and how often it is looked after. */
type Times = Pick<WindowAllocatorOptions, 'windowMs' | 'updateIntervalMs'>;

/** An oracle, with the default times unless said, on a wall clock that says `WALL_MS`. */
export async function openOracle(state = stateWith(), times: Times = {}) {
  const { clock, store, fence } = bootOn(state, { wallMs: WALL_MS });
  const options = { store, fence, clock, keys: TIMESTAMP_KEYS, ...times };
  const oracle = await TimestampOracle.open(options);
  const durable = () => durableEndMs(state, TIMESTAMP_KEYS);
  /** One timestamp that must be there at once. */
  const now = (count = 1): Timestamp => {
    const first = oracle.allocateNow(count);
    if (first === undefined) throw new Error('nothing to serve');
    return first;
  };
  return { oracle, clock, store, state, durable, now };
}

/** Follows a promise without waiting for it. */
export function watch<T>(promise: Promise<T>) {
  const seen: { value?: T; error?: CoordError } = {};
  promise.then(
    (value) => {
      seen.value = value;
    },
    (error: unknown) => {
      seen.error = CoordError.from(error);
    },
  );
  return seen;
}

/** Every commit from now on meets this. */
export const always = (fault: CommitFault) => ({ onCommit: () => fault });
