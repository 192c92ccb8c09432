import type { BuildId, CollectionId } from '../../domain/ids.js';
import type { IndexBuild } from '../../domain/indexes/index-build.js';
import { commitOrBreak, type Ground } from '../../ports/ground.js';
import type { DataKeys } from '../data-keys.js';
import { type BuildRecord, decodeBuild, encodeBuild } from './build.codec.js';

const NONE: ReadonlyMap<BuildId, BuildRecord> = new Map();

export interface BuildCatalogDeps extends Ground {
  readonly keys: DataKeys;
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

  of(collectionId: CollectionId): readonly IndexBuild[] {
    const records = this.#byCollection.get(collectionId) ?? NONE;
    return [...records.values()].map(({ build }) => build);
  }

  /** Its record as it was committed last. */
  find({ collectionId, id }: Pick<IndexBuild, 'collectionId' | 'id'>): BuildRecord | undefined {
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
    const { store, fence, keys } = this.#deps;
    const key = keys.segmentIndex(record.stored);
    const put = { kind: 'put' as const, key, value: encodeBuild(record) };
    await commitOrBreak(this.#deps, () => store.commit([put], fence));
    const { collectionId, id } = record.build;
    const records = this.#byCollection.get(collectionId) ?? new Map();
    records.set(id, record);
    this.#byCollection.set(collectionId, records);
  }

  /** Nobody needs to know of it any more. Its record stays: nothing collects those yet. */
  forget({ collectionId, id }: IndexBuild): void {
    this.#byCollection.get(collectionId)?.delete(id);
  }
}
