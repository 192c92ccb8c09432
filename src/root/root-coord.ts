import type { IdAllocator } from '../allocators/id-allocator.js';
import type { TimestampOracle } from '../allocators/timestamp-oracle.js';
import { CoordError } from '../domain/errors.js';
import type { CollectionId } from '../domain/ids.js';
import { invariant } from '../domain/invariant.js';
import type { CollectionRecord, DatabaseRecord } from '../domain/records.js';
import { isLatest, type Timestamp, timestamp } from '../domain/timestamp.js';
import type { Clock } from '../ports/clock.js';
import type { Catalog } from './catalog/catalog.js';
import { resolveCollection } from './catalog/catalog-view.js';
import type { History } from './catalog/history.js';
import { DescribeReplies, type DescribeView } from './collection/describe-reply.js';
import type {
  CreateCollectionCommand,
  CreatePartitionCommand,
  DropCollectionCommand,
  DropPartitionCommand,
} from './ddl/commands.js';
import type { DdlSupervisor } from './ddl/ddl-supervisor.js';

export interface RootCoordDeps {
  readonly catalog: Catalog;
  readonly history: History;
  readonly ddl: DdlSupervisor;
  readonly oracle: TimestampOracle;
  readonly ids: IdAllocator;
  readonly clock: Clock;
  readonly historyRetentionMs: number;
}

/** Who asks, and until when an answer is wanted. */
export interface Asker {
  readonly actor: string;
  readonly signal: AbortSignal;
}

/** A client's command without the word the facade adds. */
export type Request<Command> = Omit<Command, 'kind'>;

/** Which collection a reader means: by name, or by id when the name is empty. */
export interface CollectionQuery {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly collectionId: bigint;
  /** 0 asks for the present. */
  readonly at: bigint;
}

/**
 * RootCoord as its callers see it. Reads answer at once from memory and never wait for DDL; DDL
 * settles when it is durable and visible.
 */
export class RootCoord {
  readonly #deps: RootCoordDeps;
  readonly #replies = new DescribeReplies();

  constructor(deps: RootCoordDeps) {
    this.#deps = deps;
  }

  /** @throws CoordError every refusal of facts/rootcoord §5.1. */
  async createCollection(command: Request<CreateCollectionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'createCollection' }, asker);
  }

  /** Settles when the collection is gone for readers; dropping what is not there succeeds. */
  async dropCollection(command: Request<DropCollectionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'dropCollection' }, asker);
  }

  /** Settles when the partition is visible. @throws CoordError every refusal of §6.1. */
  async createPartition(command: Request<CreatePartitionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'createPartition' }, asker);
  }

  /** Settles when the partition is gone for readers; dropping what is not there succeeds. */
  async dropPartition(command: Request<DropPartitionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'dropPartition' }, asker);
  }

  /** @throws CoordError `DatabaseNotFound`. */
  database(name: string): DatabaseRecord {
    const database = this.#deps.catalog.databaseByName(name);
    if (!database) throw CoordError.of('DatabaseNotFound', { database: name });
    return database;
  }

  /** False for whatever cannot be found, be it the database (facts/rootcoord §5.3). */
  hasCollection(query: CollectionQuery): boolean {
    const { catalog, history } = this.#deps;
    const database = isLatest(query.at)
      ? catalog.databaseByName(query.databaseName)
      : history.databaseByName(query.databaseName, this.#retained(query.at));
    return database !== undefined && this.#find(database, query) !== undefined;
  }

  /**
   * An encoded, successful DescribeCollectionResponse.
   *
   * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`, `ParameterInvalid` for a moment
   * outside the retention window.
   */
  describeCollection(query: CollectionQuery, view: DescribeView): Uint8Array {
    const record = this.#collection(query);
    const aliases = isLatest(query.at)
      ? this.#deps.catalog.aliasNamesOf(record.id)
      : this.#aliasesAt(record, this.#retained(query.at));
    return this.#replies.bytes(record, aliases, this.#databaseNameOf(record, query.at), view);
  }

  /** What clients could see in a database at `at`. @throws CoordError `DatabaseNotFound`. */
  listCollections(databaseName: string, at: bigint): Iterable<CollectionRecord> {
    const database = this.#databaseAt(databaseName, at);
    if (isLatest(at)) return this.#deps.catalog.visibleCollections(database.id);
    return this.#deps.history.collections.in(database.id, this.#retained(at));
  }

  /** First of `count` consecutive timestamps, each larger than `blockTimestamp` (0 for none). */
  allocateTimestamps(count: number, blockTimestamp: bigint): Timestamp | Promise<Timestamp> {
    const { oracle } = this.#deps;
    if (blockTimestamp > 0n) return oracle.allocateAfter(blockTimestamp as Timestamp, count);
    return oracle.allocateNow(count) ?? oracle.allocate(count);
  }

  /** First of `count` consecutive ids. */
  allocateIds(count: number): bigint | Promise<bigint> {
    const { ids } = this.#deps;
    return ids.allocateNow(count) ?? ids.allocate(count);
  }

  /** @throws CoordError `DatabaseNotFound`, `CollectionNotFound`. */
  #collection(query: CollectionQuery): CollectionRecord {
    const record = this.#find(this.#databaseAt(query.databaseName, query.at), query);
    if (record) return record;
    throw query.collectionName === ''
      ? CoordError.of('CollectionNotFound', { collection: query.collectionId })
      : CoordError.of('CollectionNotFound', {
          database: query.databaseName,
          collection: query.collectionName,
        });
  }

  #databaseAt(name: string, at: bigint): DatabaseRecord {
    if (isLatest(at)) return this.database(name);
    const database = this.#deps.history.databaseByName(name, this.#retained(at));
    if (!database) throw CoordError.of('DatabaseNotFound', { database: name });
    return database;
  }

  /** An id may name a collection of another database than the one asked in. */
  #databaseNameOf({ databaseId }: CollectionRecord, at: bigint): string {
    const { catalog, history } = this.#deps;
    const database = isLatest(at)
      ? catalog.databaseById(databaseId)
      : history.databaseById(databaseId, at as Timestamp);
    invariant(database, 'a visible collection has a database');
    return database.name;
  }

  #aliasesAt({ id, databaseId }: CollectionRecord, at: Timestamp): readonly string[] {
    return this.#deps.history.aliasesOf(id, databaseId, at).map(({ name }) => name);
  }

  #find(database: DatabaseRecord, query: CollectionQuery): CollectionRecord | undefined {
    const { collectionName, collectionId, at } = query;
    return isLatest(at)
      ? this.#findNow(database, collectionName, collectionId)
      : this.#findAt(database, collectionName, collectionId, this.#retained(at));
  }

  #findNow(database: DatabaseRecord, name: string, id: bigint): CollectionRecord | undefined {
    const { catalog } = this.#deps;
    if (name !== '') return resolveCollection(catalog, database.id, name);
    const record = catalog.collectionById(id as CollectionId);
    return record?.state === 'Created' ? record : undefined;
  }

  #findAt(database: DatabaseRecord, name: string, id: bigint, at: Timestamp) {
    const { history } = this.#deps;
    return name !== ''
      ? history.resolveCollection(database.id, name, at)
      : history.collections.byId(id as CollectionId, at);
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
