import { CoordError, echo } from '../../domain/errors.js';
import { bytesOf, type Fence, type MetaStore, type Write } from '../../ports/meta-store.js';

/**
 * Fills commits up to the store's limits and makes them one after the other, so that after a
 * crash everything up to some point is there and nothing after it.
 */
export class CommitPacker {
  readonly #store: MetaStore;
  readonly #fence: Fence;
  #writes: Write[] = [];
  readonly #keys = new Set<string>();
  #bytes = 0;

  constructor(store: MetaStore, fence: Fence) {
    this.#store = store;
    this.#fence = fence;
  }

  /**
   * Takes writes on that must arrive in the same commit.
   *
   * @throws CoordError `ParameterTooLarge` when the store takes no commit of that size.
   */
  async together(writes: readonly Write[]): Promise<void> {
    const bytes = writes.reduce((sum, write) => sum + bytesOf(write), 0);
    this.#checkFits(writes, bytes);
    if (!this.#hasRoomFor(writes, bytes)) await this.flush();
    for (const write of writes) this.#keys.add(write.key);
    this.#writes.push(...writes);
    this.#bytes += bytes;
  }

  /** Takes on writes of which each may arrive in a commit of its own, in this order. */
  async each(writes: readonly Write[]): Promise<void> {
    for (const write of writes) await this.together([write]);
  }

  /** Settles when everything taken on is in the store. */
  async flush(): Promise<void> {
    if (this.#writes.length === 0) return;
    await this.#store.commit(this.#writes, this.#fence);
    this.#writes = [];
    this.#keys.clear();
    this.#bytes = 0;
  }

  #checkFits(writes: readonly Write[], bytes: number): void {
    const { operationsMax, bytesMax } = this.#store.limits;
    if (writes.length <= operationsMax && bytes <= bytesMax) return;
    throw new CoordError(
      'ParameterTooLarge',
      `${echo(writes[0]?.key ?? '')} takes ${bytes} bytes, a commit of this store ${bytesMax}`,
    );
  }

  /** A key may occur once per commit. */
  #hasRoomFor(writes: readonly Write[], bytes: number): boolean {
    const { operationsMax, bytesMax } = this.#store.limits;
    return (
      this.#writes.length + writes.length <= operationsMax &&
      this.#bytes + bytes <= bytesMax &&
      !writes.some(({ key }) => this.#keys.has(key))
    );
  }
}
