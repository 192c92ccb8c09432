import { Violation } from './violation.js';

/** Adjoining ids or timestamps that somebody was given. */
interface Block {
  readonly source: string;
  readonly first: bigint;
  readonly last: bigint;
}

const bySize = (a: Block, b: Block): number => (a.first < b.first ? -1 : Number(a.first > b.first));

/**
 * Writes down every number of one kind that the server gave anybody, over all its lives: none may
 * be given twice, and a later life gives only larger ones.
 */
export class NumberLedger {
  readonly #kind: string;
  #open: Block[] = [];
  /** The largest number of all closed lives. */
  #largest: Block | undefined;
  #count = 0;

  /** @param kind names the numbers in evidence. */
  constructor(kind: string) {
    this.#kind = kind;
  }

  /** Blocks written down so far. */
  get count(): number {
    return this.#count;
  }

  note(source: string, first: bigint, count = 1n): void {
    this.#count += 1;
    this.#open.push({ source, first, last: first + count - 1n });
  }

  /** Checks what was noted since the last `closeLife`. @returns the largest number so far. */
  check(): bigint {
    let previous = this.#largest;
    for (const block of this.#open.sort(bySize)) {
      if (previous && block.first <= previous.last) {
        throw new Violation(`${this.#kind} were given twice, or smaller ones after a restart`, {
          earlier: previous,
          later: block,
        });
      }
      previous = block;
    }
    return previous?.last ?? 0n;
  }

  /** Everything the processes that ended so far gave is noted: later ones must give larger. */
  closeLife(): void {
    this.check();
    this.#largest = this.#open.at(-1) ?? this.#largest;
    this.#open = [];
  }
}
