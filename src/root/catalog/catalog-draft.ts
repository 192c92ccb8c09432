import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import type { CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import { CatalogTotals, type CatalogView } from './catalog.js';
import type { CollectionChange } from './change.js';

const nameKey = (databaseId: DatabaseId, name: string): string => `${databaseId}/${name}`;

/**
 * The catalog as it will be once a batch is committed: the tasks of a batch are planned one after
 * the other against this, so that each sees what the ones before it decided.
 */
export class CatalogDraft implements CatalogView {
  readonly #base: CatalogView;
  readonly #collections = new Map<CollectionId, CollectionRecord | undefined>();
  readonly #names = new Map<string, CollectionRecord | undefined>();
  readonly #difference = new CatalogTotals();

  constructor(base: CatalogView) {
    this.#base = base;
  }

  /** Records what a plan decided; the catalog itself is untouched. */
  stage({ before, after }: CollectionChange): void {
    if (before) {
      this.#difference.count(before, -1);
      this.#collections.set(before.id, undefined);
      if (before.state === 'Created') this.#setName(before, undefined);
    }
    if (after) {
      this.#difference.count(after, 1);
      this.#collections.set(after.id, after);
      if (after.state === 'Created') this.#setName(after, after);
    }
  }

  databaseByName(name: string): DatabaseRecord | undefined {
    return this.#base.databaseByName(name);
  }

  collectionById(id: CollectionId): CollectionRecord | undefined {
    return this.#collections.has(id) ? this.#collections.get(id) : this.#base.collectionById(id);
  }

  collectionByName(databaseId: DatabaseId, name: string): CollectionRecord | undefined {
    const key = nameKey(databaseId, name);
    if (this.#names.has(key)) return this.#names.get(key);
    return this.#base.collectionByName(databaseId, name);
  }

  countCollectionsIn(databaseId: DatabaseId): number {
    return this.#base.countCollectionsIn(databaseId) + this.#difference.liveIn(databaseId);
  }

  countCollections(): number {
    return this.#base.countCollections() + this.#difference.live;
  }

  generalCapacityUsed(): number {
    return this.#base.generalCapacityUsed() + this.#difference.capacity;
  }

  channelReferences(physicalChannel: string): number {
    const staged = this.#difference.channelReferences(physicalChannel);
    return this.#base.channelReferences(physicalChannel) + staged;
  }

  #setName(of: CollectionRecord, holder: CollectionRecord | undefined): void {
    this.#names.set(nameKey(of.databaseId, of.name), holder);
  }
}
