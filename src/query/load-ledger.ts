import type { CollectionId, PartitionId } from '../domain/ids.js';
import { type LoadRecord, withPartitions } from '../domain/loads/load-record.js';
import type { MetaStore } from '../ports/meta-store.js';
import { decodeCollection, decodePartition, decodeReplica } from './load.codec.js';
import type { QueryKeys } from './query-keys.js';

/** What a store held: the ledger, and collections of which only pieces are left. */
export interface LoadedLedger {
  readonly ledger: LoadLedger;
  /** Their load was never told to be done, or their release was. */
  readonly torn: ReadonlySet<CollectionId>;
}

/** Everything that is loaded, in memory, by collection. */
export class LoadLedger {
  readonly #records = new Map<CollectionId, LoadRecord>();

  /** Reads every record of the store. One without a replica was never whole. */
  static async read(store: MetaStore, keys: QueryKeys): Promise<LoadedLedger> {
    const ledger = new LoadLedger();
    const torn = new Set<CollectionId>();
    for await (const value of valuesUnder(store, keys.collections)) {
      ledger.put(decodeCollection(value));
    }
    await ledger.#readPartitions(store, keys, torn);
    for await (const value of valuesUnder(store, keys.replicas)) {
      const { collectionId, replica } = decodeReplica(value);
      const record = ledger.find(collectionId);
      if (record) ledger.put({ ...record, replicas: [...record.replicas, replica] });
      else torn.add(collectionId);
    }
    for (const { collectionId, replicas } of ledger.#records.values()) {
      if (replicas.length === 0) torn.add(collectionId);
    }
    for (const id of torn) ledger.remove(id);
    return { ledger, torn };
  }

  find(id: CollectionId): LoadRecord | undefined {
    return this.#records.get(id);
  }

  /** How many collections are loaded, whole or in part. */
  get size(): number {
    return this.#records.size;
  }

  put(record: LoadRecord): void {
    this.#records.set(record.collectionId, record);
  }

  remove(id: CollectionId): void {
    this.#records.delete(id);
  }

  /** Gathered first: adding one by one would copy a set of a thousand a thousand times. */
  async #readPartitions(store: MetaStore, keys: QueryKeys, torn: Set<CollectionId>) {
    const found = new Map<CollectionId, PartitionId[]>();
    for await (const value of valuesUnder(store, keys.partitions)) {
      const { collectionId, id } = decodePartition(value);
      const ids = found.get(collectionId) ?? [];
      ids.push(id);
      found.set(collectionId, ids);
    }
    for (const [collectionId, ids] of found) {
      const record = this.find(collectionId);
      if (record) this.put(withPartitions(record, ids));
      else torn.add(collectionId);
    }
  }
}

async function* valuesUnder(store: MetaStore, prefix: string): AsyncGenerator<Uint8Array> {
  for await (const page of store.scan(prefix)) {
    for (const { value } of page) yield value;
  }
}
