import { COMMITS_UNDER_WAY_MAX, tooManyCommits } from '../meta-store-rules.js';

/** Transactions in flight at once; where etcd's rate stops growing on two shared cores. */
export const SLOTS_MAX = 32;

/** A key that one commit at a time writes, beside its own writes. */
export interface CommitSlot {
  readonly key: Buffer;
  /** Revision of the slot's last write; `0` before the first. */
  revision: string;
}

/** Lends each slot to one commit at a time, in the order they asked. */
export class CommitSlots {
  readonly #free: CommitSlot[];
  readonly #waiting: ((slot: CommitSlot) => void)[] = [];

  constructor(keyOf: (slot: number) => string) {
    this.#free = Array.from({ length: SLOTS_MAX }, (_, slot) => ({
      key: Buffer.from(keyOf(slot)),
      revision: '0',
    }));
  }

  /** Runs `work` with a slot nobody else has; refuses when too many wait. */
  async lend<T>(work: (slot: CommitSlot) => Promise<T>): Promise<T> {
    const slot = this.#free.pop() ?? (await this.#wait());
    try {
      return await work(slot);
    } finally {
      this.#handOn(slot);
    }
  }

  #wait(): Promise<CommitSlot> {
    if (this.#waiting.length >= COMMITS_UNDER_WAY_MAX) throw tooManyCommits();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #handOn(slot: CommitSlot): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else next(slot);
  }
}
