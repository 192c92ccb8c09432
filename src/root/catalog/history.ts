import type { CollectionId, DatabaseId, PartitionId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { ObjectKind } from '../../gen/journal.js';
import { decodeAlias } from './alias.codec.js';
import type { Catalog } from './catalog.js';
import { isKeptDrop } from './catalog-totals.js';
import type { Change, PartitionTransition } from './change.js';
import { decodePartition } from './collection.codec.js';
import { CollectionHistory } from './collection-history.js';
import { decodeDatabase } from './database.codec.js';
import { DropOrder } from './drop-order.js';
import type { JournaledChange } from './journal.js';
import { RecordHistory } from './record-history.js';

/** An alias has no id: its database and name say which it is. */
type AliasKey = `${bigint}/${string}`;

const aliasKey = ({ databaseId, name }: { databaseId: DatabaseId; name: string }): AliasKey =>
  `${databaseId}/${name}`;

const databaseWord = (id: DatabaseId): string => `database:${id}`;
const targetWord = (id: CollectionId): string => `collection:${id}`;

/** An image in the journal; empty where the object did not exist. */
const decoded = <Record>(bytes: Uint8Array, decode: (bytes: Uint8Array) => Record) =>
  bytes.length === 0 ? undefined : decode(bytes);

/** The drop of a partition that can be taken back. */
export interface PartitionDrop {
  readonly collectionId: CollectionId;
  readonly partitionId: PartitionId;
  /** 0 when it was so long ago that the journal no longer tells. */
  readonly droppedAt: Timestamp;
}

const LONG_AGO = 0n as Timestamp;

type PartitionEdit = Pick<PartitionTransition, 'collectionId' | 'before' | 'after'>;

/** The past: version chains that follow from the journal, one kind of object each. */
export class History {
  readonly #catalog: Catalog;
  readonly #databases: RecordHistory<DatabaseId, DatabaseRecord>;
  readonly #aliases: RecordHistory<AliasKey, AliasRecord>;
  readonly collections: CollectionHistory;
  #partitionDrops = new DropOrder<PartitionId, PartitionDrop>();
  #horizon = 0n as Timestamp;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.collections = new CollectionHistory(catalog);
    this.#databases = new RecordHistory({
      current: (id) => catalog.databaseById(id),
      // Its record has no hybrid timestamp; one without a chain has outlived the horizon.
      since: () => 0n as Timestamp,
      wordsOf: ({ name }) => [name],
    });
    this.#aliases = new RecordHistory<AliasKey, AliasRecord>({
      current: (key) => this.#currentAlias(key),
      since: ({ createdAt }) => createdAt,
      wordsOf: ({ databaseId, collectionId }) => [
        databaseWord(databaseId),
        targetWord(collectionId),
      ],
    });
  }

  /** Takes in a change; to be called after the catalog has applied it, in commit order. */
  record(change: Change): void {
    const { timestamp } = change;
    switch (change.kind) {
      case 'database':
        return this.#recordDatabase(timestamp, change.before, change.after);
      case 'collection':
        return this.#recordCollection(timestamp, change.before, change.after);
      case 'partition':
        return this.#recordPartition(timestamp, change);
      case 'alias':
        return this.#recordAlias(timestamp, change.before, change.after);
      default:
        return unreachable(change);
    }
  }

  /** Takes in a change read back from the journal; the catalog must be loaded already. */
  restore(change: JournaledChange): void {
    const { timestamp, before, after } = change;
    switch (change.objectKind) {
      case ObjectKind.OBJECT_KIND_DATABASE:
        return this.#recordDatabase(
          timestamp,
          decoded(before, decodeDatabase),
          decoded(after, decodeDatabase),
        );
      case ObjectKind.OBJECT_KIND_COLLECTION:
        return this.#restoreCollection(change);
      case ObjectKind.OBJECT_KIND_PARTITION:
        return this.#recordPartition(timestamp, {
          collectionId: change.collectionId,
          before: decoded(before, decodePartition),
          after: decoded(after, decodePartition),
        });
      case ObjectKind.OBJECT_KIND_ALIAS:
        return this.#recordAlias(
          timestamp,
          decoded(before, decodeAlias),
          decoded(after, decodeAlias),
        );
      case ObjectKind.OBJECT_KIND_UNSPECIFIED:
        return;
      default:
        return unreachable(change.objectKind);
    }
  }

  /**
   * To be called once the whole journal is restored: it tells of drops of collections that are gone
   * since, and no longer of every drop that can still be taken back.
   */
  settlePartitionDrops(): void {
    const told = this.#partitionDrops;
    this.#partitionDrops = new DropOrder();
    for (const { id: collectionId, partitions } of this.#catalog.allCollections()) {
      for (const { id: partitionId } of partitions.filter(isKeptDrop)) {
        const droppedAt = told.get(partitionId)?.droppedAt ?? LONG_AGO;
        this.#partitionDrops.add(partitionId, { collectionId, partitionId, droppedAt });
      }
    }
  }

  /** Dropped partitions that can be taken back, the one dropped first at the front. */
  partitionDrops(): Iterable<PartitionDrop> {
    return this.#partitionDrops;
  }

  /** When a partition that can be taken back was dropped; undefined when that is not known any more. */
  partitionDroppedAt(partitionId: PartitionId): Timestamp | undefined {
    const droppedAt = this.#partitionDrops.get(partitionId)?.droppedAt;
    return droppedAt === LONG_AGO ? undefined : droppedAt;
  }

  /** The database that had this name at `at`. */
  databaseByName(name: string, at: Timestamp): DatabaseRecord | undefined {
    const current = this.#catalog.databaseByName(name);
    const candidates = new Set(this.#databases.changedUnder(name));
    if (current) candidates.add(current.id);
    for (const id of candidates) {
      const record = this.#databases.at(id, at);
      if (record?.name === name) return record;
    }
    return undefined;
  }

  databaseById(id: DatabaseId, at: Timestamp): DatabaseRecord | undefined {
    return this.#databases.at(id, at);
  }

  /** Every database there was at `at`. */
  *databases(at: Timestamp): Generator<DatabaseRecord> {
    const ids = new Set([...this.#catalog.databases()].map(({ id }) => id));
    for (const id of this.#databases.changed()) ids.add(id);
    for (const id of ids) {
      const record = this.#databases.at(id, at);
      if (record) yield record;
    }
  }

  /** The alias as it was at `at`. */
  aliasByName(databaseId: DatabaseId, name: string, at: Timestamp): AliasRecord | undefined {
    return this.#aliases.at(aliasKey({ databaseId, name }), at);
  }

  /** The aliases a database had at `at`. */
  aliases(databaseId: DatabaseId, at: Timestamp): AliasRecord[] {
    const unchanged = [...this.#catalog.aliases(databaseId)].map(aliasKey);
    return this.#aliasesAt(
      [...unchanged, ...this.#aliases.changedUnder(databaseWord(databaseId))],
      at,
    );
  }

  /** The aliases a collection had at `at`, in order of creation. */
  aliasesOf(collectionId: CollectionId, databaseId: DatabaseId, at: Timestamp): AliasRecord[] {
    const unchanged = this.#catalog
      .aliasNamesOf(collectionId)
      .map((name) => aliasKey({ databaseId, name }));
    const changed = this.#aliases.changedUnder(targetWord(collectionId));
    return this.#aliasesAt([...unchanged, ...changed], at).filter(
      (alias) => alias.collectionId === collectionId,
    );
  }

  /** The collection clients meant by a name at `at`: its own, or one of its aliases then. */
  resolveCollection(databaseId: DatabaseId, name: string, at: Timestamp) {
    const own = this.collections.byName(databaseId, name, at);
    if (own) return own;
    const alias = this.aliasByName(databaseId, name, at);
    return alias && this.collections.byId(alias.collectionId, at);
  }

  /** Lets go of versions no read at or past `horizon` can reach. */
  forget(horizon: Timestamp): void {
    this.#databases.forget(horizon);
    this.#aliases.forget(horizon);
    this.collections.forget(horizon);
    if (horizon > this.#horizon) this.#horizon = horizon;
  }

  /** Reads at or past it are answered truly; of earlier moments something may be forgotten. */
  get horizon(): Timestamp {
    return this.#horizon;
  }

  #recordDatabase(
    timestamp: Timestamp,
    before: DatabaseRecord | undefined,
    after: DatabaseRecord | undefined,
  ): void {
    const id = after?.id ?? before?.id;
    if (id !== undefined) this.#databases.record(id, timestamp, before, after);
  }

  #recordCollection(
    timestamp: Timestamp,
    before: CollectionRecord | undefined,
    after: CollectionRecord | undefined,
  ): void {
    const id = after?.id ?? before?.id;
    if (id !== undefined) this.collections.record(id, timestamp, before, after);
    if (after || !before) return;
    for (const partition of before.partitions) this.#partitionDrops.remove(partition.id);
  }

  #recordPartition(timestamp: Timestamp, edit: PartitionEdit): void {
    const { collectionId, before, after } = edit;
    this.collections.recordPartition(collectionId, timestamp, edit);
    if (after && isKeptDrop(after)) {
      const drop = { collectionId, partitionId: after.id, droppedAt: timestamp };
      this.#partitionDrops.add(after.id, drop);
    } else if (before) {
      this.#partitionDrops.remove(before.id);
    }
  }

  #restoreCollection({ objectId, timestamp, before, after }: JournaledChange): void {
    const id = objectId as CollectionId;
    const current = this.#catalog.collectionById(id);
    const isItsCreation = current?.createdAt === timestamp && current.state === 'Created';
    // The common case by far, and decoding two images for it would double the start-up time.
    if (isItsCreation && !this.collections.isChanged(id)) return;
    this.collections.record(id, timestamp, before, after);
  }

  #recordAlias(
    timestamp: Timestamp,
    before: AliasRecord | undefined,
    after: AliasRecord | undefined,
  ): void {
    const subject = after ?? before;
    if (subject) this.#aliases.record(aliasKey(subject), timestamp, before, after);
  }

  #currentAlias(key: AliasKey): AliasRecord | undefined {
    const slash = key.indexOf('/');
    const databaseId = BigInt(key.slice(0, slash)) as DatabaseId;
    return this.#catalog.aliasByName(databaseId, key.slice(slash + 1));
  }

  #aliasesAt(keys: readonly AliasKey[], at: Timestamp): AliasRecord[] {
    return [...new Set(keys)].flatMap((key) => this.#aliases.at(key, at) ?? []).sort(byCreation);
  }
}

const byCreation = (a: AliasRecord, b: AliasRecord): number =>
  a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0;
