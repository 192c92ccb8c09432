import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { CatalogReader } from '../catalog/catalog-reader.js';

/** A database and the collections in it. */
export interface DatabaseInventory {
  readonly databaseName: string;
  readonly collectionIds: readonly CollectionId[];
}

/** A collection and the one of its virtual channels that was asked for. */
export interface ChannelUser {
  readonly collection: CollectionRecord;
  readonly virtualChannel: string;
}

/** Listings other coordinators ask for when they start (facts/rootcoord §16). */
export class Inventory {
  readonly #reader: CatalogReader;

  constructor({ reader }: { readonly reader: CatalogReader }) {
    this.#reader = reader;
  }

  /**
   * Ids of the collections of these databases, or of all without `databaseNames`; with
   * `anyState` also of those clients may not see.
   *
   * @throws CoordError `DatabaseNotFound`.
   */
  collectionIds(databaseNames: readonly string[], anyState: boolean): DatabaseInventory[] {
    const reader = this.#reader;
    const databases =
      databaseNames.length > 0
        ? databaseNames.map((name) => reader.database(name, 0n))
        : [...reader.databases(0n)];
    if (!anyState) {
      return databases.map(({ name }) => ({
        databaseName: name,
        collectionIds: Array.from(reader.collections(name, 0n), ({ id }) => id),
      }));
    }
    const byDatabase = new Map<DatabaseId, CollectionId[]>(databases.map(({ id }) => [id, []]));
    for (const { id, databaseId } of reader.collectionsInAnyState()) {
      byDatabase.get(databaseId)?.push(id);
    }
    return databases.map(({ id, name }) => ({
      databaseName: name,
      collectionIds: byDatabase.get(id) ?? [],
    }));
  }

  /** Whoever uses a physical channel, in whatever state: one entry for each shard on it. */
  onChannel(physicalChannel: string): ChannelUser[] {
    return [...this.#reader.collectionsInAnyState()].flatMap((collection) =>
      collection.virtualChannels
        .filter((_, shard) => collection.physicalChannels[shard] === physicalChannel)
        .map((virtualChannel) => ({ collection, virtualChannel })),
    );
  }
}
