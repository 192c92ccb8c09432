import type { CollectionId } from '../../domain/ids.js';
import { FieldIndex, SegmentIndex } from '../../gen/index_coord.js';
import type { Clock, Timer } from '../../ports/clock.js';
import { commitOrBreak, type Ground } from '../../ports/ground.js';
import type { Logger } from '../../ports/logger.js';
import type { DataKeys } from '../data-keys.js';

/** As often as Milvus collects garbage; nobody waits for it. */
const SWEEP_INTERVAL_MS = 3_600_000;

export interface IndexGarbageDeps extends Ground {
  readonly keys: DataKeys;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Removes the records of dropped indexes that were only marked deleted, once no segment has files
 * of them any more (facts/datacoord §16.6). Before, the record is what says whose files they are.
 */
export class IndexGarbage {
  readonly #deps: IndexGarbageDeps;
  #timer: Timer | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: IndexGarbageDeps) {
    this.#deps = deps;
  }

  /** Sweeps from now on, first after a while: a store that was just taken over has time. */
  start(): void {
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#sweeping = this.#sweepAndGoOn();
    }, SWEEP_INTERVAL_MS);
  }

  /** A sweep under way ends before its next removal. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
  }

  /** Settles when nothing is under way any more. */
  async stop(): Promise<void> {
    this.close();
    await this.#sweeping;
  }

  /** How many records went. @throws CoordError `MetaStoreUnavailable`. */
  async sweep(): Promise<number> {
    const { store, fence, keys } = this.#deps;
    let removed = 0;
    for await (const page of store.scan(keys.fieldIndexes)) {
      for (const { key, value } of page) {
        if (this.#isClosed) return removed;
        if (!(await this.#isGarbage(value))) continue;
        await store.commit([{ kind: 'remove', key }], fence);
        removed += 1;
      }
    }
    return removed;
  }

  async #isGarbage(value: Uint8Array): Promise<boolean> {
    const { deleted, indexInfo } = FieldIndex.decode(value);
    if (!deleted || !indexInfo) return false;
    const { store, keys } = this.#deps;
    const collectionId = indexInfo.collectionID as CollectionId;
    for await (const page of store.scan(keys.segmentIndexesOf(collectionId))) {
      const isUsed = page.some(
        (entry) => SegmentIndex.decode(entry.value).indexID === indexInfo.indexID,
      );
      if (isUsed) return false;
    }
    return true;
  }

  async #sweepAndGoOn(): Promise<void> {
    const { log } = this.#deps;
    try {
      const removed = await commitOrBreak(this.#deps, () => this.sweep());
      if (removed > 0) log.info({ removed }, 'records of dropped indexes removed');
    } catch (caught) {
      log.warn({ err: caught }, 'records of dropped indexes could not be removed');
    }
    if (!this.#isClosed) this.start();
  }
}
