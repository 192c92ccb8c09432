import { CoordError, isKind } from '../../domain/errors.js';
import type { BuildId, CollectionId } from '../../domain/ids.js';
import type { Fence, MetaStore, Write } from '../../ports/meta-store.js';
import type { DataKeys } from '../data-keys.js';
import { type BuildRecord, decodeBuild, encodeBuild } from './build.codec.js';

const NONE: ReadonlyMap<BuildId, BuildRecord> = new Map();

export interface BuildCatalogDeps {
  readonly store: MetaStore;
  readonly fence: Fence;
  readonly keys: DataKeys;
  /** A commit broke in a way that leaves its outcome unknown; only a restart can mend that. */
  readonly onBroken: (reason: unknown) => void;
}

/**
 * Builds of the indexes of segments, in memory and in the store. Only collections that have
 * segments here are read: what another DataCoord left of others stays where it is.
 */
export class BuildCatalog {
  readonly #deps: BuildCatalogDeps;
  readonly #byCollection = new Map<CollectionId, Map<BuildId, BuildRecord>>();

  constructor(deps: BuildCatalogDeps) {
    this.#deps = deps;
  }

  of(collectionId: CollectionId): Iterable<BuildRecord> {
    return (this.#byCollection.get(collectionId) ?? NONE).values();
  }

  find(collectionId: CollectionId, id: BuildId): BuildRecord | undefined {
    return this.#byCollection.get(collectionId)?.get(id);
  }

  /** Reads what a predecessor stored of a collection, once. @returns whether it was read now. */
  async read(collectionId: CollectionId): Promise<boolean> {
    if (this.#byCollection.has(collectionId)) return false;
    const { store, keys } = this.#deps;
    const records = new Map<BuildId, BuildRecord>();
    for await (const page of store.scan(keys.segmentIndexesOf(collectionId))) {
      for (const { value } of page) {
        const record = decodeBuild(value);
        if (record) records.set(record.build.id, record);
      }
    }
    this.#byCollection.set(collectionId, records);
    return true;
  }

  /** @throws CoordError `MetaStoreUnavailable` when nothing was written. */
  async put(record: BuildRecord): Promise<void> {
    const { collectionId, build } = record;
    const key = this.#deps.keys.segmentIndex(record.stored);
    await this.#commit([{ kind: 'put', key, value: encodeBuild(record) }]);
    const records = this.#byCollection.get(collectionId) ?? new Map();
    records.set(build.id, record);
    this.#byCollection.set(collectionId, records);
  }

  /** Nobody needs to know of it any more. Its record stays: nothing collects those yet. */
  forget({ collectionId, build }: BuildRecord): void {
    this.#byCollection.get(collectionId)?.delete(build.id);
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    const { store, fence, onBroken } = this.#deps;
    try {
      await store.commit(writes, fence);
    } catch (caught) {
      if (!isKind(caught, 'MetaStoreUnavailable')) onBroken(caught);
      throw CoordError.from(caught);
    }
  }
}
