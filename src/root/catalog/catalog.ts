import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { CatalogTotals, isKeptDrop, isLive } from './catalog-totals.js';
import type { CatalogView } from './catalog-view.js';
import type { PartitionTransition, Transition } from './change.js';
import { DropOrder } from './drop-order.js';
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
  readonly #kept = new DropOrder<CollectionId, KeptCollection>();
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

  /** Dropped collections that can be taken back, the one dropped first at the front. */
  *keptCollections(): Generator<CollectionRecord> {
    for (const { id } of this.#kept) {
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

  /** Partitions that exist or are being created, of such collections. */
  countPartitions(): number {
    return this.#totals.partitions;
  }

  generalCapacityUsed(): number {
    return this.#totals.capacity;
  }

  countKeptCollections(): number {
    return this.#totals.keptCollections;
  }

  countKeptPartitions(): number {
    return this.#totals.keptPartitions;
  }

  channelReferences(physicalChannel: string): number {
    return this.#totals.channelReferences(physicalChannel);
  }

  /** Physical channels of any record, of a dropped one, too, as long as it is not purged. */
  channelsInUse(): readonly string[] {
    return this.#totals.channelsInUse();
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
      this.#kept.remove(before.id);
    }
    if (!after) return;
    this.#totals.count(after, 1);
    this.#collections.set(after.id, after);
    if (after.state === 'Created') this.#visible.set(after);
    if (isLive(after)) this.#claims.set(after);
    if (isKeptDrop(after)) this.#kept.add(after.id, keptCollection(after));
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

interface KeptCollection {
  readonly id: CollectionId;
  readonly droppedAt: Timestamp;
}

/** Nothing changes a dropped collection any more: its last change is the drop. */
const keptCollection = ({ id, updatedAt }: CollectionRecord): KeptCollection => ({
  id,
  droppedAt: updatedAt,
});

/** A change that leaves name and state alone must not move a collection to the end of listings. */
const keepsItsPlace = (before: CollectionRecord, after: CollectionRecord): boolean =>
  before.state === after.state &&
  before.name === after.name &&
  before.databaseId === after.databaseId;
