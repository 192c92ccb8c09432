import type { CollectionId, PartitionId } from '../domain/ids.js';
import { type LoadRecord, withoutPartitions, withPartitions } from '../domain/loads/load-record.js';
import { commitOrBreak, type Ground } from '../ports/ground.js';
import type { Write } from '../ports/meta-store.js';
import { encodeCollection, encodePartition, encodeReplica } from './load.codec.js';
import type { LoadLedger } from './load-ledger.js';
import type { QueryKeys } from './query-keys.js';

/**
 * As many as etcd takes. A partition's value names every index of its collection: even
 * with five hundred of them this many stay under the 1.5 MiB of one commit.
 */
const KEYS_PER_COMMIT_MAX = 128;

export interface LoadWriterDeps extends Ground {
  readonly ledger: LoadLedger;
  /** Collections of which only pieces are in the store. */
  readonly torn: ReadonlySet<CollectionId>;
  readonly keys: QueryKeys;
}

/**
 * The only writer of load records: the store first, then memory. Few partitions go in one commit.
 * Many take several: a first load counts from the last of them on, which brings the replicas, and a
 * release from the first, which takes them. The pieces a failure or a crash leaves count for nothing
 * and are swept when the collection is loaded or released again, at the latest when it is dropped.
 * Every method throws `MetaStoreUnavailable`.
 */
export class LoadWriter {
  readonly #deps: LoadWriterDeps;
  readonly #torn: Set<CollectionId>;

  constructor(deps: LoadWriterDeps) {
    this.#deps = deps;
    this.#torn = new Set(deps.torn);
  }

  /** Loads what was not loaded at all. */
  async create(record: LoadRecord): Promise<void> {
    const { collectionId: id } = record;
    await this.#sweep(id);
    const first = [
      this.#putCollection(record),
      ...this.#putPartitions(record, record.partitionIds),
    ];
    const last = this.#putReplicas(record);
    if (first.length + last.length <= this.#keysMax) {
      await this.#commitAll([...first, ...last]);
    } else {
      this.#torn.add(id);
      await this.#commitAll(first);
      await this.#commitAll(last);
      this.#torn.delete(id);
    }
    this.#deps.ledger.put(record);
  }

  /** Loads more of what is loaded; each partition counts as soon as it is written. */
  async extend(record: LoadRecord, added: readonly PartitionId[]): Promise<void> {
    const { ledger } = this.#deps;
    const before = ledger.find(record.collectionId);
    for (const ids of this.#chunks(added)) {
      await this.#commitAll(this.#putPartitions(record, ids));
      ledger.put(withPartitions(ledger.find(record.collectionId) ?? record, ids));
    }
    if (before?.scope === record.scope) return;
    await this.#commitAll([this.#putCollection(record)]);
    ledger.put(record);
  }

  /** Releases some partitions; each is released as soon as its key is gone. */
  async shrink(record: LoadRecord, gone: readonly PartitionId[]): Promise<void> {
    const { ledger } = this.#deps;
    for (const ids of this.#chunks(gone)) {
      await this.#commitAll(this.#removePartitions(record.collectionId, ids));
      ledger.put(withoutPartitions(ledger.find(record.collectionId) ?? record, ids));
    }
  }

  /** Releases the whole; asked again after a failure it removes the rest. */
  async remove(id: CollectionId): Promise<void> {
    const { ledger, keys } = this.#deps;
    const record = ledger.find(id);
    if (!record) return this.#sweep(id);
    const first: Write[] = [
      { kind: 'remove', key: keys.collection(id) },
      ...record.replicas.map(
        (replica): Write => ({
          kind: 'remove',
          key: keys.replica(id, replica.id),
        }),
      ),
    ];
    const writes = [...first, ...this.#removePartitions(id, record.partitionIds)];
    await this.#commitAll(writes.slice(0, this.#keysMax));
    ledger.remove(id);
    if (writes.length <= this.#keysMax) return;
    this.#torn.add(id);
    await this.#commitAll(writes.slice(this.#keysMax));
    this.#torn.delete(id);
  }

  async #sweep(id: CollectionId): Promise<void> {
    if (!this.#torn.has(id)) return;
    const { store, keys } = this.#deps;
    const left: Write[] = [{ kind: 'remove', key: keys.collection(id) }];
    for (const prefix of [keys.partitionsOf(id), keys.replicasOf(id)]) {
      for await (const page of store.scan(prefix)) {
        left.push(...page.map(({ key }): Write => ({ kind: 'remove', key })));
      }
    }
    await this.#commitAll(left);
    this.#torn.delete(id);
  }

  #putCollection(record: LoadRecord): Write {
    const key = this.#deps.keys.collection(record.collectionId);
    return { kind: 'put', key, value: encodeCollection(record) };
  }

  #putReplicas({ collectionId, replicas }: LoadRecord): Write[] {
    return replicas.map((replica) => ({
      kind: 'put',
      key: this.#deps.keys.replica(collectionId, replica.id),
      value: encodeReplica(collectionId, replica),
    }));
  }

  #putPartitions(record: LoadRecord, ids: Iterable<PartitionId>): Write[] {
    return [...ids].map((id) => ({
      kind: 'put',
      key: this.#deps.keys.partition(record.collectionId, id),
      value: encodePartition(record, id),
    }));
  }

  #removePartitions(collectionId: CollectionId, ids: Iterable<PartitionId>): Write[] {
    return [...ids].map((id) => ({
      kind: 'remove',
      key: this.#deps.keys.partition(collectionId, id),
    }));
  }

  get #keysMax(): number {
    return Math.min(this.#deps.store.limits.operationsMax, KEYS_PER_COMMIT_MAX);
  }

  *#chunks<T>(all: readonly T[]): Generator<readonly T[]> {
    for (let from = 0; from < all.length; from += this.#keysMax) {
      yield all.slice(from, from + this.#keysMax);
    }
  }

  #commitAll(writes: readonly Write[]): Promise<void> {
    const { store, fence } = this.#deps;
    return commitOrBreak(this.#deps, async () => {
      for (const some of this.#chunks(writes)) await store.commit(some, fence);
    });
  }
}
