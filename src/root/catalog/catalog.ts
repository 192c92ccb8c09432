import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import { CatalogTotals, isLive } from './catalog-totals.js';
import type { CatalogView } from './catalog-view.js';
import type { PartitionTransition, Transition } from './change.js';
import { NameTable } from './name-table.js';
import { applyPartitionChange } from './partitions.js';

const NO_ALIASES: readonly string[] = [];

/**
 * The present, in memory: immutable records under the indexes readers need. Reads are synchronous
 * and never wait; only committed changes are applied, by the DDL supervisor alone.
 */
export class Catalog implements CatalogView {
  readonly #databases = new Map<DatabaseId, DatabaseRecord>();
  readonly #databaseIds = new Map<string, DatabaseId>();
  readonly #collections = new Map<CollectionId, CollectionRecord>();
  /** Between two words of their life, or with such a partition: recovery and sweeps look here. */
  readonly #dropping = new Set<CollectionId>();
  /** What clients may see. */
  readonly #visible = new NameTable<CollectionRecord>();
  /** What is visible or about to be. */
  readonly #claims = new NameTable<CollectionRecord>();
  readonly #aliases = new NameTable<AliasRecord>();
  readonly #aliasNames = new Map<CollectionId, readonly string[]>();
  readonly #totals = new CatalogTotals();

  databaseByName(name: string): DatabaseRecord | undefined {
    const id = this.#databaseIds.get(name);
    return id === undefined ? undefined : this.#databases.get(id);
  }

  databaseById(id: DatabaseId): DatabaseRecord | undefined {
    return this.#databases.get(id);
  }

  /** Every database, in order of creation. */
  databases(): IterableIterator<DatabaseRecord> {
    return this.#databases.values();
  }

  countDatabases(): number {
    return this.#databases.size;
  }

  collectionById(id: CollectionId): CollectionRecord | undefined {
    return this.#collections.get(id);
  }

  collectionByName(databaseId: DatabaseId, name: string): CollectionRecord | undefined {
    return this.#visible.get(databaseId, name);
  }

  collectionClaiming(databaseId: DatabaseId, name: string): CollectionRecord | undefined {
    return this.#claims.get(databaseId, name);
  }

  aliasByName(databaseId: DatabaseId, name: string): AliasRecord | undefined {
    return this.#aliases.get(databaseId, name);
  }

  aliasNamesOf(collectionId: CollectionId): readonly string[] {
    return this.#aliasNames.get(collectionId) ?? NO_ALIASES;
  }

  /** Every alias of the database. */
  aliases(databaseId: DatabaseId): IterableIterator<AliasRecord> {
    return this.#aliases.in(databaseId);
  }

  /** Every collection clients may see in the database, in the order they became visible. */
  visibleCollections(databaseId: DatabaseId): IterableIterator<CollectionRecord> {
    return this.#visible.in(databaseId);
  }

  /** Every record, in whatever state; recovery and listings for coordinators. */
  allCollections(): IterableIterator<CollectionRecord> {
    return this.#collections.values();
  }

  /** Collections that are being dropped, the one dropped first at the front. */
  *droppingCollections(): Generator<CollectionRecord> {
    for (const id of this.#dropping) {
      const record = this.#collections.get(id);
      if (record) yield record;
    }
  }

  countCollectionsIn(databaseId: DatabaseId): number {
    return this.#totals.liveIn(databaseId);
  }

  countCollections(): number {
    return this.#totals.live;
  }

  generalCapacityUsed(): number {
    return this.#totals.capacity;
  }

  channelReferences(physicalChannel: string): number {
    return this.#totals.channelReferences(physicalChannel);
  }

  /** Makes a committed change the present. */
  apply(transition: Transition): void {
    switch (transition.kind) {
      case 'database':
        return this.#applyDatabase(transition.before, transition.after);
      case 'collection':
        return this.#applyCollection(transition.before, transition.after);
      case 'partition':
        return this.#applyPartition(transition);
      case 'alias':
        return this.#applyAlias(transition.before, transition.after);
      default:
        return unreachable(transition);
    }
  }

  #applyDatabase(before: DatabaseRecord | undefined, after: DatabaseRecord | undefined): void {
    if (before && before.id !== after?.id) this.#databases.delete(before.id);
    if (before) this.#databaseIds.delete(before.name);
    if (!after) return;
    this.#databases.set(after.id, after);
    this.#databaseIds.set(after.name, after.id);
  }

  #applyPartition(transition: PartitionTransition): void {
    const before = this.#collections.get(transition.collectionId);
    invariant(before, 'a partition changes inside its collection');
    this.#applyCollection(before, applyPartitionChange(before, transition));
  }

  #applyCollection(before: CollectionRecord | undefined, after: CollectionRecord | undefined) {
    if (before) this.#totals.count(before, -1);
    if (before && !after) this.#collections.delete(before.id);
    if (before && !(after && keepsItsPlace(before, after))) {
      this.#visible.remove(before);
      this.#claims.remove(before);
      this.#dropping.delete(before.id);
    }
    if (!after) return;
    this.#totals.count(after, 1);
    this.#collections.set(after.id, after);
    if (after.state === 'Created') this.#visible.set(after);
    if (isLive(after)) this.#claims.set(after);
    if (after.state === 'Dropping') this.#dropping.add(after.id);
  }

  #applyAlias(before: AliasRecord | undefined, after: AliasRecord | undefined): void {
    if (before) {
      this.#aliases.remove(before);
      const names = this.aliasNamesOf(before.collectionId).filter((name) => name !== before.name);
      if (names.length > 0) this.#aliasNames.set(before.collectionId, names);
      else this.#aliasNames.delete(before.collectionId);
    }
    if (after) {
      this.#aliases.set(after);
      const names = [...this.aliasNamesOf(after.collectionId), after.name];
      this.#aliasNames.set(after.collectionId, names);
    }
  }
}

/** A change that leaves name and state alone must not move a collection to the end of listings. */
const keepsItsPlace = (before: CollectionRecord, after: CollectionRecord): boolean =>
  before.state === after.state &&
  before.name === after.name &&
  before.databaseId === after.databaseId;
