import { LOGICAL_PER_MS } from '../../src/domain/timestamp.js';

/**
 * Writes down blocks of timestamps or ids as intervals and throws at the first one that does not
 * lie wholly after all earlier ones, or reaches the bound that was durable when it was served.
 */
export class GrantLedger {
  #endMs = 0;
  #endLogical = 0;
  #blocks = 0;

  get blocks(): number {
    return this.#blocks;
  }

  record(firstMs: number, firstLogical: number, count: number, durableEndMs: number): void {
    const isAfter =
      firstMs > this.#endMs || (firstMs === this.#endMs && firstLogical >= this.#endLogical);
    if (!isAfter || firstLogical < 0 || firstLogical >= LOGICAL_PER_MS) {
      throw new Error(
        `block ${this.#blocks} starts at ${firstMs}/${firstLogical}, the one before ends at ${this.#endMs}/${this.#endLogical}`,
      );
    }
    const next = firstLogical + count;
    this.#endMs = firstMs + Math.floor(next / LOGICAL_PER_MS);
    this.#endLogical = next % LOGICAL_PER_MS;
    if (this.#endMs > durableEndMs || (this.#endMs === durableEndMs && this.#endLogical > 0)) {
      throw new Error(
        `block ${this.#blocks} ends at ${this.#endMs}/${this.#endLogical}, durable is ${durableEndMs}`,
      );
    }
    this.#blocks += 1;
  }
}
