import type { ChangeEvent, Image } from '../../src/gen/control.js';
import {
  type AliasInfo,
  type CollectionInfo,
  CollectionState,
  type DatabaseInfo,
  type PartitionInfo,
  PartitionState,
} from '../../src/gen/etcd_meta.js';
import { ObjectKind } from '../../src/gen/journal.js';

/** A collection as the fold holds it, in whatever state. */
export interface FoldedCollection {
  readonly info: CollectionInfo;
  readonly partitions: ReadonlyMap<bigint, PartitionInfo>;
}

/** A collection clients may see, in the words of Describe and Show. */
export interface VisibleCollection {
  readonly id: bigint;
  readonly name: string;
  readonly databaseId: bigint;
  /** Sorted, like the names of partitions. */
  readonly aliases: readonly string[];
  readonly partitions: readonly string[];
  readonly updateTimestamp: bigint;
  readonly properties: readonly string[];
  /** Without those the system adds. */
  readonly fields: readonly string[];
}

/** Below it are the fields of the system (facts/rootcoord §4). */
const FIRST_USER_FIELD_ID = 100n;

const aliasKey = ({ dbId, aliasName }: AliasInfo): string => `${dbId}/${aliasName}`;

/**
 * The change feed folded up: a snapshot, and every event after it. Throws when an event does not
 * follow the one before in sequence, or when what it says was there before was not.
 */
export class FeedFold {
  readonly databases = new Map<bigint, DatabaseInfo>();
  readonly collections = new Map<bigint, FoldedCollection>();
  readonly aliases = new Map<string, AliasInfo>();
  #lastSequence = 0n;

  /** Sequence of the event folded last. */
  get lastSequence(): bigint {
    return this.#lastSequence;
  }

  /** Begins with a snapshot. @param sequence where it stands. */
  load(objects: readonly Image[], sequence: bigint): this {
    for (const image of objects) this.#set(image);
    this.#lastSequence = sequence;
    return this;
  }

  /** Folds events on; without a filter their sequences have no gap. */
  fold(events: readonly ChangeEvent[], isFiltered = false): this {
    for (const event of events) {
      const isNext = event.sequence === this.#lastSequence + 1n;
      if (!isNext && !(isFiltered && event.sequence > this.#lastSequence)) {
        throw new Error(`event ${event.sequence} follows ${this.#lastSequence}`);
      }
      this.#apply(event);
      this.#lastSequence = event.sequence;
    }
    return this;
  }

  /** Collections clients may see, by id. */
  visibleCollections(): VisibleCollection[] {
    return [...this.collections.values()]
      .filter(({ info }) => info.state === CollectionState.CollectionCreated)
      .map((collection) => this.#visible(collection))
      .sort((a, b) => Number(a.id - b.id));
  }

  #visible({ info, partitions }: FoldedCollection): VisibleCollection {
    const aliases = [...this.aliases.values()].filter(
      ({ collectionId }) => collectionId === info.ID,
    );
    return {
      id: info.ID,
      name: info.schema?.name ?? '',
      databaseId: info.dbId,
      aliases: aliases.map(({ aliasName }) => aliasName).sort(),
      partitions: [...partitions.values()]
        .filter(({ state }) => state === PartitionState.PartitionCreated)
        .map(({ partitionName }) => partitionName)
        .sort(),
      updateTimestamp: info.UpdateTimestamp,
      properties: info.properties.map(({ key, value }) => `${key}=${value}`).sort(),
      fields: (info.schema?.fields ?? [])
        .filter(({ fieldID }) => fieldID >= FIRST_USER_FIELD_ID)
        .map(({ name }) => name),
    };
  }

  #apply({ kind, objectId, collectionId, before, after, sequence }: ChangeEvent): void {
    if (!before && !after) throw new Error(`event ${sequence} has neither before nor after`);
    if (after) {
      // An alias is known by its name alone, and may move.
      if (before?.alias) this.aliases.delete(aliasKey(before.alias));
      this.#set(after);
      return;
    }
    switch (kind) {
      case ObjectKind.OBJECT_KIND_DATABASE:
        this.databases.delete(objectId);
        return;
      case ObjectKind.OBJECT_KIND_COLLECTION:
        this.collections.delete(objectId);
        return;
      case ObjectKind.OBJECT_KIND_PARTITION:
        this.#editPartitions(collectionId, (partitions) => partitions.delete(objectId));
        return;
      default:
        if (before?.alias) this.aliases.delete(aliasKey(before.alias));
    }
  }

  #set({ database, collection, partition, alias }: Image): void {
    if (database) this.databases.set(database.id, database);
    if (alias) this.aliases.set(aliasKey(alias), alias);
    if (partition) {
      this.#editPartitions(partition.collectionId, (partitions) =>
        partitions.set(partition.partitionID, partition),
      );
    }
    if (collection?.info) {
      const partitions = new Map(collection.partitions.map((each) => [each.partitionID, each]));
      this.collections.set(collection.info.ID, { info: collection.info, partitions });
    }
  }

  #editPartitions(id: bigint, edit: (partitions: Map<bigint, PartitionInfo>) => void): void {
    const collection = this.collections.get(id);
    // A watcher of partitions alone never hears of their collections.
    if (!collection) return;
    const partitions = new Map(collection.partitions);
    edit(partitions);
    this.collections.set(id, { ...collection, partitions });
  }
}
