import { CoordError } from '../../domain/errors.js';
import type { CollectionId, IndexId } from '../../domain/ids.js';
import type { IndexRecord } from '../../domain/indexes/index-record.js';
import type { KeyValue, MetaStore } from '../../ports/meta-store.js';
import type { DataKeys } from '../data-keys.js';
import { decodeIndex } from './index.codec.js';

const NONE: readonly IndexRecord[] = [];

/** Every index there is, in memory, by collection; a collection without any costs nothing. */
export class IndexCatalog {
  readonly #byCollection = new Map<CollectionId, Map<IndexId, IndexRecord>>();

  /** Reads every record of the store. @throws CoordError one that cannot be read, by its key. */
  static async load(store: MetaStore, keys: DataKeys): Promise<IndexCatalog> {
    const catalog = new IndexCatalog();
    for await (const page of store.scan(keys.fieldIndexes)) {
      for (const entry of page) {
        const record = readIndex(entry);
        if (record) catalog.put(record);
      }
    }
    return catalog;
  }

  /** In order of creation. */
  of(collectionId: CollectionId): readonly IndexRecord[] {
    const records = this.#byCollection.get(collectionId);
    if (!records) return NONE;
    return [...records.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Of every collection that has indexes. */
  collectionIds(): readonly CollectionId[] {
    return [...this.#byCollection.keys()];
  }

  /** How many indexes there are. */
  get size(): number {
    let size = 0;
    for (const { size: own } of this.#byCollection.values()) size += own;
    return size;
  }

  put(record: IndexRecord): void {
    const records = this.#byCollection.get(record.collectionId) ?? new Map();
    records.set(record.id, record);
    this.#byCollection.set(record.collectionId, records);
  }

  remove({ collectionId, id }: IndexRecord): void {
    const records = this.#byCollection.get(collectionId);
    records?.delete(id);
    if (records?.size === 0) this.#byCollection.delete(collectionId);
  }
}

function readIndex({ key, value }: KeyValue): IndexRecord | undefined {
  try {
    return decodeIndex(value);
  } catch (caught) {
    const reason = `the index record ${key} cannot be read`;
    throw new CoordError('ServiceInternal', reason, { cause: caught });
  }
}
