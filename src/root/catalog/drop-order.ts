import type { Timestamp } from '../../domain/timestamp.js';

interface Dated {
  readonly droppedAt: Timestamp;
}

/**
 * Drops that can be taken back, the one made first at the front. Drops are noted in that order
 * anyway; only a store that was just read names them in another.
 */
export class DropOrder<Id, Drop extends Dated> implements Iterable<Drop> {
  #drops = new Map<Id, Drop>();
  #newest = 0n;
  #isSorted = true;

  get(id: Id): Drop | undefined {
    return this.#drops.get(id);
  }

  add(id: Id, drop: Drop): void {
    if (drop.droppedAt < this.#newest) this.#isSorted = false;
    else this.#newest = drop.droppedAt;
    this.#drops.delete(id);
    this.#drops.set(id, drop);
  }

  remove(id: Id): void {
    this.#drops.delete(id);
  }

  [Symbol.iterator](): IterableIterator<Drop> {
    if (!this.#isSorted) this.#sort();
    return this.#drops.values();
  }

  #sort(): void {
    const inOrder = [...this.#drops].sort(([, a], [, b]) => (a.droppedAt < b.droppedAt ? -1 : 1));
    this.#drops = new Map(inOrder);
    this.#isSorted = true;
  }
}
