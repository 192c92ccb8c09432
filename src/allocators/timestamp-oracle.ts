import { CoordError } from '../domain/errors.js';
import { logicalOf, physicalMsOf, type Timestamp, timestamp } from '../domain/timestamp.js';
import { AHEAD_OF_CLOCK_MAX_MS } from './clock-ceiling.js';
import { WindowAllocator } from './window-allocator.js';
import type { Position } from './window-counter.js';
import type { WindowAllocatorOptions } from './window-options.js';

const toTimestamp = ({ physicalMs, logical }: Position): Timestamp =>
  timestamp(physicalMs, logical);

/**
 * The cluster's source of hybrid timestamps. Every block is contiguous and lies above all earlier
 * ones, across restarts, steps of the clock and failed saves (facts/rootcoord §18, §25 I1). The
 * physical part follows the wall clock within an update interval, never goes back, and is at
 * most a minute ahead of it: counting faster than 2^18 a millisecond uses that minute up.
 *
 * Every count is a uint32; zero fails with `tso count should be positive`.
 */
export class TimestampOracle {
  readonly #allocator: WindowAllocator;

  private constructor(allocator: WindowAllocator) {
    this.#allocator = allocator;
  }

  /** Fails when the window saved by a predecessor is unreadable or the first cannot be saved. */
  static async open(options: WindowAllocatorOptions): Promise<TimestampOracle> {
    return new TimestampOracle(await WindowAllocator.open(options, 'follows-clock'));
  }

  /** First timestamp of a block as two numbers, undefined as below. Reused by the next call. */
  take(count: number): Position | undefined {
    return this.#allocator.take(count);
  }

  /** First timestamp of a block, or undefined when the caller would have to wait. */
  allocateNow(count: number): Timestamp | undefined {
    const first = this.#allocator.take(count);
    return first === undefined ? undefined : toTimestamp(first);
  }

  /** First timestamp of a block; waits a bounded time, then fails with a retriable error. */
  allocate(count: number): Promise<Timestamp> {
    return this.#allocator.request({ count }, toTimestamp);
  }

  /**
   * First timestamp of a block that lies wholly after `blockTimestamp`, once the clock is there.
   * Refuses one that is more than a minute ahead with `ParameterInvalid`. Milvus compares with
   * the saved window instead and may answer too low (facts/rootcoord §24).
   */
  async allocateAfter(blockTimestamp: Timestamp, count: number): Promise<Timestamp> {
    const blockMs = physicalMsOf(blockTimestamp);
    if (this.#allocator.isPast(blockMs, logicalOf(blockTimestamp))) return this.allocate(count);
    const floorMs = blockMs + 1;
    const delayMs = floorMs - this.#allocator.leadMs();
    if (delayMs > AHEAD_OF_CLOCK_MAX_MS) {
      throw CoordError.invalid(
        `block timestamp ${blockTimestamp} is ${delayMs} ms ahead of the clock, more than ${AHEAD_OF_CLOCK_MAX_MS}`,
      );
    }
    return this.#allocator.request({ count, floorMs, delayMs }, toTimestamp);
  }

  /** Milliseconds of the next timestamp. */
  physicalNowMs(): number {
    return this.#allocator.physicalMs;
  }

  /** The durable bound: every timestamp stays below this millisecond. */
  savedWindowEndMs(): number {
    return this.#allocator.savedEndMs;
  }

  /** Serves nothing from now on; whoever waits is refused with `ServiceNotReady`. */
  stop(): void {
    this.#allocator.stop();
  }
}
