import { CoordError } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import type { Fence, MetaStore } from '../ports/meta-store.js';
import type { WindowKeys } from './allocator-keys.js';

const NS_PER_MS = 1_000_000n;
const SAVED_BYTES = 8;

/**
 * The last millisecond a window may end at: unix nanoseconds in a uint64 end in the year 2554.
 * Times 2^18 it is 4.8e18, so every id and timestamp below it fits an int64.
 */
export const SAVED_END_MAX_MS = Number((2n ** 64n - 1n) / NS_PER_MS);

/** Eight bytes, big-endian, unix nanoseconds (facts/rootcoord §17.7). */
function encodeEnd(endMs: number): Uint8Array {
  const bytes = new Uint8Array(SAVED_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(endMs) * NS_PER_MS);
  return bytes;
}

/**
 * Milliseconds, rounded up: Milvus saves fractions of a millisecond and may have served the
 * millisecond its window ends within.
 */
function decodeEnd(key: string, bytes: Uint8Array): number {
  if (bytes.byteLength !== SAVED_BYTES) {
    throw CoordError.plain(
      `saved window at ${key} has ${bytes.byteLength} bytes instead of ${SAVED_BYTES}`,
    );
  }
  const endNs = new DataView(bytes.buffer, bytes.byteOffset, SAVED_BYTES).getBigUint64(0);
  return Number((endNs + NS_PER_MS - 1n) / NS_PER_MS);
}

export interface SavedWindowOptions {
  readonly store: MetaStore;
  readonly fence: Fence;
  readonly keys: WindowKeys;
  /**
   * Asked only when no key exists: does the store hold nothing that was ever stamped? When it
   * answers false the window was lost, and loading fails. Without it an absent window is zero.
   */
  readonly isFreshStore?: () => Promise<boolean>;
}

/**
 * The durable bound of an allocator: nothing at or past it may be handed out, so a successor that
 * starts above it is above everything ever served.
 */
export class SavedWindow {
  readonly #store: MetaStore;
  readonly #fence: Fence;
  readonly #key: string;
  #endMs: number;
  #isSaving = false;

  private constructor({ store, fence, keys }: SavedWindowOptions, endMs: number) {
    this.#store = store;
    this.#fence = fence;
    this.#key = keys.written;
    this.#endMs = endMs;
  }

  /**
   * Reads the bound a predecessor left, the largest of all its keys. Fails when a key cannot be
   * read or is malformed: taking that for "never saved" would serve old values again
   * (facts/rootcoord §18).
   */
  static async load(options: SavedWindowOptions): Promise<SavedWindow> {
    const { store, keys, isFreshStore } = options;
    const ends = await Promise.all(
      [keys.written, ...keys.older].map(async (key) => {
        const bytes = await store.get(key);
        return bytes === undefined ? undefined : decodeEnd(key, bytes);
      }),
    );
    const found = ends.filter((endMs) => endMs !== undefined);
    if (found.length === 0 && isFreshStore !== undefined && !(await isFreshStore())) {
      throw CoordError.plain(`saved window at ${keys.written} is missing from a store in use`);
    }
    return new SavedWindow(options, Math.max(0, ...found));
  }

  /** First millisecond that must not be served; 0 when nothing was ever saved. */
  get endMs(): number {
    return this.#endMs;
  }

  /**
   * Moves the bound to `endMs`, durably; until the promise settles the old bound holds. After a
   * failure the old bound still holds and asking again is safe, whether or not the write arrived.
   */
  async extend(endMs: number): Promise<void> {
    invariant(!this.#isSaving, 'one save at a time: a late one must not overwrite a newer one');
    invariant(endMs > this.#endMs, 'a saved window never shrinks');
    if (endMs > SAVED_END_MAX_MS) {
      throw CoordError.plain(`window end ${endMs} ms is past the last one that can be saved`);
    }
    this.#isSaving = true;
    try {
      await this.#store.commit(
        [{ kind: 'put', key: this.#key, value: encodeEnd(endMs) }],
        this.#fence,
      );
      this.#endMs = endMs;
    } finally {
      this.#isSaving = false;
    }
  }
}
