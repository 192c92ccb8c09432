import type { Timestamp } from '../../src/domain/timestamp.js';

/** Blocks of timestamps that callers of one process got, in whatever order. */
export class TimestampHistory {
  readonly #blocks: { readonly first: bigint; readonly count: number }[] = [];
  #highestReturned = 0n;

  get calls(): number {
    return this.#blocks.length;
  }

  get highest(): bigint {
    return this.#highestReturned;
  }

  /**
   * Makes one call and writes it down.
   *
   * @throws Error when its block is not above everything that had been returned when it began.
   */
  async play(count: number, allocate: () => Promise<Timestamp>): Promise<void> {
    const floor = this.#highestReturned;
    const first = await allocate();
    if (first <= floor) throw new Error(`${first} came after ${floor} was returned`);
    const last = first + BigInt(count - 1);
    if (last > this.#highestReturned) this.#highestReturned = last;
    this.#blocks.push({ first, count });
  }

  /** @throws Error when two blocks share a timestamp. */
  assertDisjoint(): void {
    const blocks = this.#blocks.toSorted((a, b) => (a.first < b.first ? -1 : 1));
    let end = 0n;
    for (const { first, count } of blocks) {
      if (first < end) throw new Error(`${first} was handed out twice`);
      end = first + BigInt(count);
    }
  }
}
