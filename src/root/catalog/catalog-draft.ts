import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import { CatalogTotals, isLive } from './catalog-totals.js';
import type { CatalogView } from './catalog-view.js';
import type { Transition } from './change.js';
import { applyPartitionChange } from './partitions.js';

const nameKey = (databaseId: DatabaseId, name: string): string => `${databaseId}/${name}`;

/**
 * The catalog as it will be once a batch is committed: the tasks of a batch are planned one after
 * the other against this, so that each sees what the ones before it decided.
 */
export class CatalogDraft implements CatalogView {
  readonly #base: CatalogView;
  readonly #databases = new Map<DatabaseId, DatabaseRecord | undefined>();
  readonly #databaseIds = new Map<string, DatabaseId | undefined>();
  readonly #collections = new Map<CollectionId, CollectionRecord | undefined>();
  readonly #visible = new Map<string, CollectionRecord | undefined>();
  readonly #claims = new Map<string, CollectionRecord | undefined>();
  readonly #aliases = new Map<string, AliasRecord | undefined>();
  readonly #aliasNames = new Map<CollectionId, readonly string[]>();
  readonly #difference = new CatalogTotals();

  constructor(base: CatalogView) {
    this.#base = base;
  }

  /** Records what a plan decided; the catalog itself is untouched. */
  stage(transition: Transition): void {
    switch (transition.kind) {
      case 'database':
        return this.#stageDatabase(transition.before, transition.after);
      case 'collection':
        return this.#stageCollection(transition.before, transition.after);
      case 'partition': {
        const before = this.collectionById(transition.collectionId);
        invariant(before, 'a partition changes inside its collection');
        return this.#stageCollection(before, applyPartitionChange(before, transition));
      }
      case 'alias':
        return this.#stageAlias(transition.before, transition.after);
      default:
        return unreachable(transition);
    }
  }

  databaseByName(name: string): DatabaseRecord | undefined {
    if (!this.#databaseIds.has(name)) {
      const known = this.#base.databaseByName(name);
      return known && this.databaseById(known.id);
    }
    const id = this.#databaseIds.get(name);
    return id === undefined ? undefined : this.databaseById(id);
  }

  databaseById(id: DatabaseId): DatabaseRecord | undefined {
    return this.#databases.has(id) ? this.#databases.get(id) : this.#base.databaseById(id);
  }

  countDatabases(): number {
    return this.#base.countDatabases() + this.#difference.databases;
  }

  collectionById(id: CollectionId): CollectionRecord | undefined {
    return this.#collections.has(id) ? this.#collections.get(id) : this.#base.collectionById(id);
  }

  collectionByName(databaseId: DatabaseId, name: string): CollectionRecord | undefined {
    const key = nameKey(databaseId, name);
    if (this.#visible.has(key)) return this.#visible.get(key);
    return this.#base.collectionByName(databaseId, name);
  }

  collectionClaiming(databaseId: DatabaseId, name: string): CollectionRecord | undefined {
    const key = nameKey(databaseId, name);
    if (this.#claims.has(key)) return this.#claims.get(key);
    return this.#base.collectionClaiming(databaseId, name);
  }

  aliasByName(databaseId: DatabaseId, name: string): AliasRecord | undefined {
    const key = nameKey(databaseId, name);
    return this.#aliases.has(key)
      ? this.#aliases.get(key)
      : this.#base.aliasByName(databaseId, name);
  }

  aliasNamesOf(collectionId: CollectionId): readonly string[] {
    return this.#aliasNames.get(collectionId) ?? this.#base.aliasNamesOf(collectionId);
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

  countKeptCollections(): number {
    return this.#base.countKeptCollections() + this.#difference.keptCollections;
  }

  countKeptPartitions(): number {
    return this.#base.countKeptPartitions() + this.#difference.keptPartitions;
  }

  channelReferences(physicalChannel: string): number {
    const staged = this.#difference.channelReferences(physicalChannel);
    return this.#base.channelReferences(physicalChannel) + staged;
  }

  #stageDatabase(before: DatabaseRecord | undefined, after: DatabaseRecord | undefined): void {
    this.#difference.databases += (after ? 1 : 0) - (before ? 1 : 0);
    if (before) {
      this.#databases.set(before.id, undefined);
      this.#databaseIds.set(before.name, undefined);
    }
    if (after) {
      this.#databases.set(after.id, after);
      this.#databaseIds.set(after.name, after.id);
    }
  }

  #stageCollection(
    before: CollectionRecord | undefined,
    after: CollectionRecord | undefined,
  ): void {
    if (before) {
      const key = nameKey(before.databaseId, before.name);
      this.#difference.count(before, -1);
      this.#collections.set(before.id, undefined);
      if (before.state === 'Created') this.#visible.set(key, undefined);
      if (isLive(before)) this.#claims.set(key, undefined);
    }
    if (after) {
      const key = nameKey(after.databaseId, after.name);
      this.#difference.count(after, 1);
      this.#collections.set(after.id, after);
      if (after.state === 'Created') this.#visible.set(key, after);
      if (isLive(after)) this.#claims.set(key, after);
    }
  }

  #stageAlias(before: AliasRecord | undefined, after: AliasRecord | undefined): void {
    if (before) {
      const names = this.aliasNamesOf(before.collectionId).filter((name) => name !== before.name);
      this.#aliases.set(nameKey(before.databaseId, before.name), undefined);
      this.#aliasNames.set(before.collectionId, names);
    }
    if (after) {
      const names = [...this.aliasNamesOf(after.collectionId), after.name];
      this.#aliases.set(nameKey(after.databaseId, after.name), after);
      this.#aliasNames.set(after.collectionId, names);
    }
  }
}
