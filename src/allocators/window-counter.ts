import { CoordError } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import { LOGICAL_PER_MS } from '../domain/timestamp.js';

/** A place on the counting line, as two exact numbers: several times faster than one bigint. */
export interface Position {
  readonly physicalMs: number;
  /** 0 … 2^18-1. */
  readonly logical: number;
}

/**
 * Fails unless `count` may be asked for: zero is the caller's mistake, with Milvus' words
 * (facts/rootcoord §9); what no uint32 field can carry is ours.
 */
export function checkCount(count: number): void {
  invariant(count >>> 0 === count, 'a count is a uint32');
  if (count === 0) throw CoordError.plain('tso count should be positive');
}

/**
 * Counts upwards below the end of a saved window, across millisecond boundaries, without any I/O.
 * Every grant lies above all earlier ones.
 */
export class WindowCounter {
  #physicalMs: number;
  #logical = 0;
  #endMs: number;
  readonly #granted = { physicalMs: 0, logical: 0 };

  /** Serves `[startMs, endMs)`. */
  constructor(startMs: number, endMs: number) {
    invariant(startMs < endMs, 'a window has room');
    this.#physicalMs = startMs;
    this.#endMs = endMs;
  }

  /** The millisecond the next grant starts in. */
  get physicalMs(): number {
    return this.#physicalMs;
  }

  /**
   * First of `count` adjoining values at or after `floorMs`, or undefined when they do not fit
   * the window; then nothing is used up. The object is used again by the next grant.
   */
  take(count: number, floorMs = 0): Position | undefined {
    checkCount(count);
    const isRaised = floorMs > this.#physicalMs;
    const firstMs = isRaised ? floorMs : this.#physicalMs;
    const firstLogical = isRaised ? 0 : this.#logical;
    const nextLogical = firstLogical + count;
    const carryMs = nextLogical < LOGICAL_PER_MS ? 0 : Math.floor(nextLogical / LOGICAL_PER_MS);
    if (firstMs + carryMs >= this.#endMs) return undefined;
    this.#physicalMs = firstMs + carryMs;
    this.#logical = nextLogical - carryMs * LOGICAL_PER_MS;
    this.#granted.physicalMs = firstMs;
    this.#granted.logical = firstLogical;
    return this.#granted;
  }

  /** The window end that a `take` with these arguments needs at least. */
  endMsFor(count: number, floorMs: number): number {
    const isRaised = floorMs > this.#physicalMs;
    const nextLogical = (isRaised ? 0 : this.#logical) + count;
    return (isRaised ? floorMs : this.#physicalMs) + Math.floor(nextLogical / LOGICAL_PER_MS) + 1;
  }

  /** Goes on from `physicalMs`, unless it is already there or further. */
  raiseTo(physicalMs: number): void {
    if (physicalMs <= this.#physicalMs) return;
    invariant(physicalMs < this.#endMs, 'the counter stays inside the saved window');
    this.#physicalMs = physicalMs;
    this.#logical = 0;
  }

  /** True when every later grant is larger than this place. */
  isPast(physicalMs: number, logical: number): boolean {
    return (
      this.#physicalMs > physicalMs || (this.#physicalMs === physicalMs && this.#logical > logical)
    );
  }

  /** Takes over a bound that is durable now. */
  extendTo(endMs: number): void {
    invariant(endMs > this.#endMs, 'a window grows');
    this.#endMs = endMs;
  }

  /** Grants nothing any more. */
  close(): void {
    this.#endMs = 0;
  }
}
