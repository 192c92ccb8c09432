/**
 * Every block of timestamps that was ever served, by whomever, held against all the others at the
 * end: it does not trust the order in which they came.
 */
export class GrantSweep {
  readonly #firsts: Float64Array;
  readonly #ends: Float64Array;
  #blocks = 0;

  /** @param blocksMax room for this many. */
  constructor(blocksMax: number) {
    this.#firsts = new Float64Array(blocksMax);
    this.#ends = new Float64Array(blocksMax);
  }

  get blocks(): number {
    return this.#blocks;
  }

  /** The half-open block `[first, end)` on any line of exact numbers. */
  add(first: number, end: number): void {
    if (this.#blocks === this.#firsts.length) throw new Error('the sweep is full');
    this.#firsts[this.#blocks] = first;
    this.#ends[this.#blocks] = end;
    this.#blocks += 1;
  }

  /**
   * Sorts both ends apart: at no place of the line a second block begins before one has ended.
   *
   * @throws Error where two blocks overlap.
   */
  assertDisjoint(): void {
    const firsts = this.#firsts.subarray(0, this.#blocks).toSorted();
    const ends = this.#ends.subarray(0, this.#blocks).toSorted();
    for (let i = 1; i < this.#blocks; i += 1) {
      const [first = 0, end = 0] = [firsts[i], ends[i - 1]];
      if (first < end) throw new Error(`two blocks overlap between ${first} and ${end}`);
    }
  }
}
