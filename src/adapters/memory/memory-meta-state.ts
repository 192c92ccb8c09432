import type { Candidate, Fence, KeyValue, Write } from '../../ports/meta-store.js';
import { endOfPrefix, fenceIsGone } from '../meta-store-rules.js';
import { compareUtf8 } from './utf8-order.js';

/** Who holds the state, and how it hears of its fall. */
export interface MemoryOwner {
  readonly candidate: Candidate;
  readonly fence: Fence;
  readonly lost: AbortController;
}

/**
 * What outlives a store instance: keys, values and ownership. Several instances over one state are
 * several processes over one store; a restart is a new instance.
 */
export class MemoryMetaState {
  readonly #values = new Map<string, Uint8Array>();
  #sortedKeys: readonly string[] | undefined;
  #owner: MemoryOwner | undefined;
  #elections = 0n;

  get owner(): MemoryOwner | undefined {
    return this.#owner;
  }

  valueOf(key: string): Uint8Array | undefined {
    return this.#values.get(key);
  }

  /**
   * The prefix's keys from `start` on and their values, as of this moment; stored values are never
   * changed in place.
   */
  snapshot(prefix: string, start = prefix): readonly KeyValue[] {
    this.#sortedKeys ??= [...this.#values.keys()].sort(compareUtf8);
    const keys = this.#sortedKeys;
    const end = lowerBound(keys, endOfPrefix(prefix));
    const rows: KeyValue[] = [];
    for (const key of keys.slice(lowerBound(keys, start), end)) {
      const value = this.#values.get(key);
      if (value !== undefined) rows.push({ key, value });
    }
    return rows;
  }

  /** All writes at once, or none and `ServiceNotReady`. */
  apply(writes: readonly Write[], fence: Fence): void {
    if (fence.epoch !== this.#owner?.fence.epoch) throw fenceIsGone('another fence is current');
    for (const write of writes) {
      if (write.kind === 'remove') {
        if (this.#values.delete(write.key)) this.#sortedKeys = undefined;
      } else {
        if (!this.#values.has(write.key)) this.#sortedKeys = undefined;
        this.#values.set(write.key, write.value);
      }
    }
  }

  /** Makes the candidate the owner; whoever owned before is told at once. */
  elect(candidate: Candidate): MemoryOwner {
    this.depose();
    this.#elections += 1n;
    this.#owner = {
      candidate,
      fence: { epoch: this.#elections },
      lost: new AbortController(),
    };
    return this.#owner;
  }

  /** Takes ownership away and leaves the state without an owner. */
  depose(): void {
    this.#owner?.lost.abort(fenceIsGone('the owner was deposed'));
    this.#owner = undefined;
  }

  /** The owner goes of its own will; nobody hears of a loss. */
  release(owner: MemoryOwner): void {
    if (this.#owner === owner) this.#owner = undefined;
  }
}

/** Index of the first key not less than `bound`. */
function lowerBound(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = keys[middle];
    if (key !== undefined && compareUtf8(key, bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
