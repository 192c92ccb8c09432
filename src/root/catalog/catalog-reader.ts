import { CoordError } from '../../domain/errors.js';
import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import { invariant } from '../../domain/invariant.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import { isLatest, type Timestamp, timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';
import type { Catalog } from './catalog.js';
import { resolveCollection } from './catalog-view.js';
import type { History } from './history.js';

export interface CatalogReaderDeps {
  readonly catalog: Catalog;
  readonly history: History;
  readonly clock: Clock;
  readonly historyRetentionMs: number;
}

/** What a client calls a collection: its name, or an alias of it. */
export interface CollectionName {
  readonly databaseName: string;
  readonly collectionName: string;
}

/** Which collection a reader means: by name or alias, or by id when the name is empty. */
export interface CollectionQuery extends CollectionName {
  readonly collectionId: bigint;
  /** 0 asks for the present. */
  readonly at: bigint;
}

/** The collection that has this name at present. */
export const byNameNow = ({ databaseName, collectionName }: CollectionName): CollectionQuery => ({
  databaseName,
  collectionName,
  collectionId: 0n,
  at: 0n,
});

/**
 * Answers of the catalog at any moment: from the present, or from history. `at` is a hybrid
 * timestamp, 0 for the present. Every method throws `ParameterInvalid` for a moment outside the
 * retention window.
 */
export class CatalogReader {
  readonly #deps: CatalogReaderDeps;

  constructor(deps: CatalogReaderDeps) {
    this.#deps = deps;
  }

  findDatabase(name: string, at: bigint): DatabaseRecord | undefined {
    const { catalog, history } = this.#deps;
    return isLatest(at)
      ? catalog.databaseByName(name)
      : history.databaseByName(name, this.#retained(at));
  }

  /** @throws CoordError `DatabaseNotFound`. */
  database(name: string, at: bigint): DatabaseRecord {
    const database = this.findDatabase(name, at);
    if (!database) throw CoordError.of('DatabaseNotFound', { database: name });
    return database;
  }

  databases(at: bigint): Iterable<DatabaseRecord> {
    const { catalog, history } = this.#deps;
    return isLatest(at) ? catalog.databases() : history.databases(this.#retained(at));
  }

  /** Undefined when it, or its database, is not there. */
  findCollection(query: CollectionQuery): CollectionRecord | undefined {
    const database = this.findDatabase(query.databaseName, query.at);
    return database && this.#findIn(database, query);
  }

  /** @throws CoordError `DatabaseNotFound`, `CollectionNotFound`. */
  collection(query: CollectionQuery): CollectionRecord {
    const { databaseName, collectionName, collectionId, at } = query;
    const record = this.#findIn(this.database(databaseName, at), query);
    if (record) return record;
    throw collectionName === ''
      ? CoordError.of('CollectionNotFound', { collection: collectionId })
      : CoordError.of('CollectionNotFound', { database: databaseName, collection: collectionName });
  }

  /**
   * For coordinators: by id alone one that clients may not see, yet or any more, is found, too
   * (facts/rootcoord §5.4).
   *
   * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`.
   */
  collectionInAnyState(query: CollectionQuery): CollectionRecord {
    const { collectionName, collectionId, at } = query;
    const isById = collectionName === '' && isLatest(at);
    const known = isById
      ? this.#deps.catalog.collectionById(collectionId as CollectionId)
      : undefined;
    return known ?? this.collection(query);
  }

  /** Every collection, in whatever state. */
  collectionsInAnyState(): Iterable<CollectionRecord> {
    return this.#deps.catalog.allCollections();
  }

  /** What clients could see. @throws CoordError `DatabaseNotFound`. */
  collections(databaseName: string, at: bigint): Iterable<CollectionRecord> {
    const { catalog, history } = this.#deps;
    const { id } = this.database(databaseName, at);
    return isLatest(at)
      ? catalog.visibleCollections(id)
      : history.collections.in(id, this.#retained(at));
  }

  /**
   * What clients could see in these databases, as of this moment, to be walked in many steps while
   * DDL goes on; undefined is a place without one. While walking a past that gets too old it throws
   * `ParameterInvalid`, too.
   */
  walkCollections(
    databaseIds: ReadonlySet<DatabaseId>,
    at: bigint,
  ): Iterable<CollectionRecord | undefined> {
    const { catalog, history } = this.#deps;
    if (isLatest(at)) {
      const none: CollectionRecord[] = [];
      // Far quicker than flatMap, which would block for tens of milliseconds at 65 536.
      return none.concat(...[...databaseIds].map((id) => [...catalog.visibleCollections(id)]));
    }
    const walk = history.collections.walk(this.#retained(at));
    return this.#walkPast(walk, databaseIds, at);
  }

  /** An id may name a collection of another database than the one asked in. */
  databaseNameOf({ databaseId, schema, state }: CollectionRecord, at: bigint): string {
    const { catalog, history } = this.#deps;
    const database = isLatest(at)
      ? catalog.databaseById(databaseId)
      : history.databaseById(databaseId, this.#retained(at));
    invariant(database || state !== 'Created', 'a visible collection has a database');
    // A database may go while collections of it are still being dropped.
    return database?.name ?? schema.dbName;
  }

  /** Names of a collection's aliases, in order of creation. */
  aliasNamesOf({ id, databaseId }: CollectionRecord, at: bigint): readonly string[] {
    const { catalog, history } = this.#deps;
    if (isLatest(at)) return catalog.aliasNamesOf(id);
    return history.aliasesOf(id, databaseId, this.#retained(at)).map(({ name }) => name);
  }

  findAlias({ id }: DatabaseRecord, name: string, at: bigint): AliasRecord | undefined {
    const { catalog, history } = this.#deps;
    return isLatest(at)
      ? catalog.aliasByName(id, name)
      : history.aliasByName(id, name, this.#retained(at));
  }

  aliases({ id }: DatabaseRecord, at: bigint): Iterable<AliasRecord> {
    const { catalog, history } = this.#deps;
    return isLatest(at) ? catalog.aliases(id) : history.aliases(id, this.#retained(at));
  }

  *#walkPast(
    walk: Iterable<CollectionRecord | undefined>,
    databaseIds: ReadonlySet<DatabaseId>,
    at: bigint,
  ) {
    for (const record of walk) {
      this.#retained(at);
      yield record && databaseIds.has(record.databaseId) ? record : undefined;
    }
  }

  #findIn({ id }: DatabaseRecord, query: CollectionQuery): CollectionRecord | undefined {
    const { collectionName: name, collectionId, at } = query;
    const { catalog, history } = this.#deps;
    if (!isLatest(at)) {
      return name !== ''
        ? history.resolveCollection(id, name, this.#retained(at))
        : history.collections.byId(collectionId as CollectionId, this.#retained(at));
    }
    if (name !== '') return resolveCollection(catalog, id, name);
    const record = catalog.collectionById(collectionId as CollectionId);
    return record?.state === 'Created' ? record : undefined;
  }

  /** History is kept for a while only; past that a clear refusal beats a wrong answer. */
  #retained(at: bigint): Timestamp {
    const { clock, history, historyRetentionMs } = this.#deps;
    let horizon = timestamp(Math.max(0, clock.nowMs() - historyRetentionMs), 0);
    // What was folded away does not come back when the clock steps back or the retention grows.
    if (history.horizon > horizon) horizon = history.horizon;
    if (at >= horizon) return at as Timestamp;
    throw CoordError.invalid(
      `time travel to ${at} is not possible, history is kept since ${horizon}`,
    );
  }
}
