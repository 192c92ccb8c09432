import { CoordError } from '../domain/errors.js';
import { LOGICAL_PER_MS, logicalOf, physicalMsOf, type Timestamp } from '../domain/timestamp.js';

/** Takes one timestamp as two numbers: milliseconds since the epoch, and 0 … 2^18-1. */
export type PartsReceiver = (physicalMs: number, logical: number) => void;

/** What one request brought, handed to its callers in turn; each value once. */
export interface TimestampSupply {
  /** The smallest and the largest value in it. */
  readonly lowest: bigint;
  readonly highest: bigint;
  next(): Timestamp;
  /** First of `count` adjoining timestamps. */
  block(count: number): Timestamp;
  /** The next one, without making a bigint of it. */
  nextParts(receive: PartsReceiver): void;
}

/** Adjoining timestamps from `first` on. */
export class BlockSupply implements TimestampSupply {
  readonly lowest: Timestamp;
  readonly highest: bigint;
  readonly #physicalMs: number;
  readonly #logical: number;
  #taken = 0;

  constructor(first: Timestamp, count: number) {
    this.lowest = first;
    this.highest = first + BigInt(count - 1);
    this.#physicalMs = physicalMsOf(first);
    this.#logical = logicalOf(first);
  }

  next(): Timestamp {
    return this.block(1);
  }

  block(count: number): Timestamp {
    const first = this.lowest + BigInt(this.#taken);
    this.#taken += count;
    return first as Timestamp;
  }

  nextParts(receive: PartsReceiver): void {
    const logical = this.#logical + this.#taken;
    this.#taken += 1;
    if (logical < LOGICAL_PER_MS) return receive(this.#physicalMs, logical);
    const carryMs = Math.floor(logical / LOGICAL_PER_MS);
    receive(this.#physicalMs + carryMs, logical - carryMs * LOGICAL_PER_MS);
  }
}

/** Timestamps asked for one by one, in increasing order; at least one. */
export class LooseSupply implements TimestampSupply {
  readonly lowest: bigint;
  readonly highest: bigint;
  readonly #values: Iterator<Timestamp>;

  constructor(values: readonly Timestamp[]) {
    this.lowest = values[0] ?? 0n;
    this.highest = values.at(-1) ?? 0n;
    this.#values = values.values();
  }

  next(): Timestamp {
    const { value, done } = this.#values.next();
    if (done) throw CoordError.plain('fewer timestamps came than were asked for');
    return value;
  }

  block(count: number): Timestamp {
    if (count === 1) return this.next();
    throw CoordError.of('ServiceUnimplemented', {}, 'this server gives no blocks of timestamps');
  }

  nextParts(receive: PartsReceiver): void {
    const value = this.next();
    receive(physicalMsOf(value), logicalOf(value));
  }
}
