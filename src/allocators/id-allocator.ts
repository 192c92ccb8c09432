import { timestamp } from '../domain/timestamp.js';
import { WindowAllocator } from './window-allocator.js';
import type { Position } from './window-counter.js';
import type { WindowAllocatorOptions } from './window-options.js';

const toId = ({ physicalMs, logical }: Position): bigint => timestamp(physicalMs, logical);

/**
 * The cluster's source of unique ids. They look like timestamps (18 digits, about 4.4e17) because
 * they start at the clock of the moment the allocator opened; from there they increase by plain
 * counting (facts/rootcoord §18). Milvus counts without looking at its saved bound; here the
 * bound is moved ahead of the ids first, so a restart can never repeat one. All ids fit an int64.
 *
 * Every count is a uint32; zero fails with `tso count should be positive`, as in Milvus, whose
 * ids come from the same code.
 */
export class IdAllocator {
  readonly #allocator: WindowAllocator;

  private constructor(allocator: WindowAllocator) {
    this.#allocator = allocator;
  }

  /** Fails when the window saved by a predecessor is unreadable or the first cannot be saved. */
  static async open(options: WindowAllocatorOptions): Promise<IdAllocator> {
    return new IdAllocator(await WindowAllocator.open(options, 'counts-only'));
  }

  /** First id of a contiguous block, or undefined when the caller would have to wait. */
  allocateNow(count: number): bigint | undefined {
    const first = this.#allocator.take(count);
    return first === undefined ? undefined : toId(first);
  }

  /** First id of a contiguous block; waits a bounded time, then fails with a retriable error. */
  allocate(count: number): Promise<bigint> {
    return this.#allocator.request({ count }, toId);
  }

  /** Serves nothing from now on; whoever waits is refused with `ServiceNotReady`. */
  stop(): void {
    this.#allocator.stop();
  }
}
