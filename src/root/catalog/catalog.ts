import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import type { CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import type { Transition } from './change.js';

/** What planning and readers ask of the present state; a draft answers with what is staged, too. */
export interface CatalogView {
  databaseByName(name: string): DatabaseRecord | undefined;
  /** Whatever its state. */
  collectionById(id: CollectionId): CollectionRecord | undefined;
  /** Only what clients may see: state Created. */
  collectionByName(databaseId: DatabaseId, name: string): CollectionRecord | undefined;
  /** Collections of the database that exist or are being created. */
  countCollectionsIn(databaseId: DatabaseId): number;
  countCollections(): number;
  /** Σ partitions × shards of those collections (facts/rootcoord §5.1). */
  generalCapacityUsed(): number;
  /** How many collections, in whatever state, still need this physical channel. */
  channelReferences(physicalChannel: string): number;
}

/** A collection counts against limits from its first record until it is being dropped. */
const isLive = ({ state }: CollectionRecord): boolean =>
  state === 'Creating' || state === 'Created';

const capacityOf = ({ partitions, shardsNum }: CollectionRecord): number =>
  partitions.length * shardsNum;

/** Sums that follow from the records; kept apart so that a draft can hold differences of them. */
export class CatalogTotals {
  readonly #liveByDatabase = new Map<DatabaseId, number>();
  readonly #channelReferences = new Map<string, number>();
  live = 0;
  capacity = 0;

  liveIn(databaseId: DatabaseId): number {
    return this.#liveByDatabase.get(databaseId) ?? 0;
  }

  channelReferences(physicalChannel: string): number {
    return this.#channelReferences.get(physicalChannel) ?? 0;
  }

  /** Adds (`sign` 1) or takes back (−1) what one record contributes. */
  count(record: CollectionRecord, sign: 1 | -1): void {
    for (const channel of record.physicalChannels) {
      this.#channelReferences.set(channel, this.channelReferences(channel) + sign);
    }
    if (!isLive(record)) return;
    this.live += sign;
    this.capacity += sign * capacityOf(record);
    this.#liveByDatabase.set(record.databaseId, this.liveIn(record.databaseId) + sign);
  }
}

/**
 * The present, in memory: immutable records under the indexes readers need. Reads are synchronous
 * and never wait; only committed changes are applied, by the DDL supervisor alone.
 */
export class Catalog implements CatalogView {
  readonly #databases = new Map<DatabaseId, DatabaseRecord>();
  readonly #databaseIds = new Map<string, DatabaseId>();
  readonly #collections = new Map<CollectionId, CollectionRecord>();
  /** Per database, what clients may see: name → record. */
  readonly #visible = new Map<DatabaseId, Map<string, CollectionRecord>>();
  readonly #totals = new CatalogTotals();

  databaseByName(name: string): DatabaseRecord | undefined {
    const id = this.#databaseIds.get(name);
    return id === undefined ? undefined : this.#databases.get(id);
  }

  databaseById(id: DatabaseId): DatabaseRecord | undefined {
    return this.#databases.get(id);
  }

  collectionById(id: CollectionId): CollectionRecord | undefined {
    return this.#collections.get(id);
  }

  collectionByName(databaseId: DatabaseId, name: string): CollectionRecord | undefined {
    return this.#visible.get(databaseId)?.get(name);
  }

  /** Every collection clients may see in the database, in the order they became visible. */
  visibleCollections(databaseId: DatabaseId): IterableIterator<CollectionRecord> {
    return (this.#visible.get(databaseId) ?? new Map<string, CollectionRecord>()).values();
  }

  /** Every record, in whatever state; recovery and listings for coordinators. */
  allCollections(): IterableIterator<CollectionRecord> {
    return this.#collections.values();
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
    const { kind, before, after } = transition;
    if (kind === 'database') return this.#applyDatabase(before, after);
    this.#applyCollection(before, after);
  }

  #applyDatabase(before: DatabaseRecord | undefined, after: DatabaseRecord | undefined): void {
    if (before) {
      this.#databases.delete(before.id);
      this.#databaseIds.delete(before.name);
    }
    if (after) {
      this.#databases.set(after.id, after);
      this.#databaseIds.set(after.name, after.id);
    }
  }

  #applyCollection(before: CollectionRecord | undefined, after: CollectionRecord | undefined) {
    if (before) {
      this.#totals.count(before, -1);
      this.#collections.delete(before.id);
      this.#hide(before);
    }
    if (after) {
      this.#totals.count(after, 1);
      this.#collections.set(after.id, after);
      this.#show(after);
    }
  }

  /** By id, not by name: a successor may already stand under the name. */
  #hide(record: CollectionRecord): void {
    const names = this.#visible.get(record.databaseId);
    if (names?.get(record.name)?.id === record.id) names.delete(record.name);
  }

  #show(record: CollectionRecord): void {
    if (record.state !== 'Created') return;
    const names = this.#visible.get(record.databaseId) ?? new Map<string, CollectionRecord>();
    names.set(record.name, record);
    this.#visible.set(record.databaseId, names);
  }
}
