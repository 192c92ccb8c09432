import type { Brand } from './brand.js';

/** A hybrid timestamp: 46 bits of milliseconds since the epoch, then 18 bits of logical counter. */
export type Timestamp = Brand<bigint, 'Timestamp'>;

export const LOGICAL_BITS = 18;
/** How many timestamps one millisecond holds. */
export const LOGICAL_PER_MS = 1 << LOGICAL_BITS;

/** Readers that say 0 or this mean "now" (facts/rootcoord, legend). */
export const MAX_TIMESTAMP = (2n ** 64n - 1n) as Timestamp;

/** Joins milliseconds (0 … 2^46) and a logical counter (0 … 2^18-1) into one timestamp. */
export const timestamp = (physicalMs: number, logical: number): Timestamp =>
  ((BigInt(physicalMs) << BigInt(LOGICAL_BITS)) | BigInt(logical)) as Timestamp;

/** Milliseconds since the epoch; exact, since 46 bits fit a double. */
export const physicalMsOf = (ts: Timestamp): number => Number(ts >> BigInt(LOGICAL_BITS));

export const logicalOf = (ts: Timestamp): number => Number(ts & BigInt(LOGICAL_PER_MS - 1));

/** True when a reader's `time_stamp` asks for the present instead of a moment in the past. */
export const isLatest = (ts: bigint): boolean => ts === 0n || ts === MAX_TIMESTAMP;
