import type { CollectionId } from '../../domain/ids.js';
import type { IndexRecord } from '../../domain/indexes/index-record.js';
import { commitOrBreak, type Ground } from '../../ports/ground.js';
import { bytesOf, type CommitLimits, type Write } from '../../ports/meta-store.js';
import type { DataKeys } from '../data-keys.js';
import { encodeIndex } from './index.codec.js';
import type { IndexCatalog } from './index-catalog.js';

export interface IndexWriterDeps extends Ground {
  readonly catalog: IndexCatalog;
  readonly keys: DataKeys;
}

/** A record that goes, and what is written for it. */
interface Removal {
  readonly record: IndexRecord;
  readonly write: Write;
}

/** The only writer of index records: the store first, then memory (facts/datacoord §1). */
export class IndexWriter {
  readonly #deps: IndexWriterDeps;

  constructor(deps: IndexWriterDeps) {
    this.#deps = deps;
  }

  /** @throws CoordError `MetaStoreUnavailable` when nothing was written. */
  async put(record: IndexRecord): Promise<void> {
    const { catalog, keys } = this.#deps;
    const key = keys.fieldIndex(record.collectionId, record.id);
    await this.#commit([{ kind: 'put', key, value: encodeIndex(record) }]);
    catalog.put(record);
  }

  /**
   * Indexes of one collection go, as many at once as the store takes; asked again after a failure
   * the rest goes. While segments have index files, the records stay behind, marked deleted,
   * as in Milvus (facts/datacoord §16.6); nothing collects segment records and files yet.
   *
   * @throws CoordError `MetaStoreUnavailable`.
   */
  async remove(collectionId: CollectionId, records: readonly IndexRecord[]): Promise<void> {
    const { catalog, store } = this.#deps;
    const leavesGarbage = records.length > 0 && (await this.#hasSegmentIndexes(collectionId));
    const removals = records.map((record) => ({
      record,
      write: this.#removal(record, leavesGarbage),
    }));
    for (const some of packed(removals, store.limits)) {
      await this.#commit(some.map(({ write }) => write));
      for (const { record } of some) catalog.remove(record);
    }
  }

  #removal(record: IndexRecord, leavesGarbage: boolean): Write {
    const key = this.#deps.keys.fieldIndex(record.collectionId, record.id);
    if (!leavesGarbage) return { kind: 'remove', key };
    return { kind: 'put', key, value: encodeIndex(record, { deleted: true }) };
  }

  async #hasSegmentIndexes(collectionId: CollectionId): Promise<boolean> {
    const { store, keys } = this.#deps;
    for await (const page of store.scan(keys.segmentIndexesOf(collectionId), { limit: 1 })) {
      if (page.length > 0) return true;
    }
    return false;
  }

  #commit(writes: readonly Write[]): Promise<void> {
    const { store, fence } = this.#deps;
    return commitOrBreak(this.#deps, () => store.commit(writes, fence));
  }
}

/** Writes in their order, packed into as few commits as the limits allow. */
function* packed(removals: readonly Removal[], limits: CommitLimits): Generator<Removal[]> {
  let open: Removal[] = [];
  let bytes = 0;
  for (const removal of removals) {
    const size = bytesOf(removal.write);
    if (open.length === limits.operationsMax || bytes + size > limits.bytesMax) {
      yield open;
      open = [];
      bytes = 0;
    }
    open.push(removal);
    bytes += size;
  }
  if (open.length > 0) yield open;
}
