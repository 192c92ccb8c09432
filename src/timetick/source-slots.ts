import { invariant } from '../domain/invariant.js';

/** Small numbers for sources, so that arrays can be indexed by them; freed ones are used again. */
export class SourceSlots {
  readonly #slots = new Map<bigint, number>();
  readonly #free: number[] = [];

  has(sourceId: bigint): boolean {
    return this.#slots.has(sourceId);
  }

  of(sourceId: bigint): number | undefined {
    return this.#slots.get(sourceId);
  }

  take(sourceId: bigint): number {
    invariant(!this.#slots.has(sourceId), 'a source has one slot');
    const slot = this.#free.pop() ?? this.#slots.size;
    this.#slots.set(sourceId, slot);
    return slot;
  }

  /** The slot the source had. */
  release(sourceId: bigint): number | undefined {
    const slot = this.#slots.get(sourceId);
    if (slot === undefined) return undefined;
    this.#slots.delete(sourceId);
    this.#free.push(slot);
    return slot;
  }
}
