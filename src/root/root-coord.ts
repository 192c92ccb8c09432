import type { IdAllocator } from '../allocators/id-allocator.js';
import type { TimestampOracle } from '../allocators/timestamp-oracle.js';
import type { CollectionId } from '../domain/ids.js';
import type { CollectionRecord } from '../domain/records.js';
import type { Timestamp } from '../domain/timestamp.js';
import { Aliases } from './aliases/aliases.js';
import type { Asker, Request } from './asker.js';
import {
  CatalogReader,
  type CatalogReaderDeps,
  type CollectionQuery,
} from './catalog/catalog-reader.js';
import { Alterations } from './collection/alterations.js';
import { DescribeReplies, type DescribeView } from './collection/describe-reply.js';
import { Inventory } from './collection/inventory.js';
import { Listings } from './collection/listings.js';
import { Databases } from './databases/databases.js';
import type { CreateCollectionCommand, DropCollectionCommand } from './ddl/commands.js';
import type { DdlSupervisor } from './ddl/ddl-supervisor.js';
import type { PlanRules } from './ddl/plan.js';
import type { ChangeFeed } from './feed/change-feed.js';
import { Partitions } from './partition/partitions.js';
import type { Proxies } from './proxies/proxies.js';
import type { TimeTicks } from './ticks/time-ticks.js';
import { DroppedObjects } from './undrop/dropped-objects.js';
import { Undrop } from './undrop/undrop.js';

export interface RootCoordDeps extends CatalogReaderDeps {
  readonly feed: ChangeFeed;
  readonly ddl: DdlSupervisor;
  readonly oracle: TimestampOracle;
  readonly ids: IdAllocator;
  readonly ticks: TimeTicks;
  readonly proxies?: Proxies | undefined;
  readonly rules: Pick<PlanRules, 'schemaLimits' | 'undropKeepMs'>;
}

/**
 * RootCoord as its callers see it. Reads answer at once from memory and never wait for DDL; DDL
 * settles when it is durable and visible.
 */
export class RootCoord {
  readonly #deps: RootCoordDeps;
  readonly #reader: CatalogReader;
  readonly #replies = new DescribeReplies();
  readonly aliases: Aliases;
  readonly alterations: Alterations;
  readonly databases: Databases;
  readonly feed: ChangeFeed;
  readonly inventory: Inventory;
  readonly listings: Listings;
  readonly partitions: Partitions;
  readonly ticks: TimeTicks;
  /** Undefined where none can register. */
  readonly proxies: Proxies | undefined;
  readonly undrop: Undrop;
  readonly droppedObjects: DroppedObjects;
  #idsAllocated = 0;

  constructor(deps: RootCoordDeps) {
    this.#deps = deps;
    this.#reader = new CatalogReader(deps);
    this.aliases = new Aliases({ ddl: deps.ddl, reader: this.#reader });
    this.alterations = new Alterations(deps);
    this.feed = deps.feed;
    this.inventory = new Inventory({ reader: this.#reader });
    this.listings = new Listings({ reader: this.#reader, feed: deps.feed });
    this.databases = new Databases({ ddl: deps.ddl, reader: this.#reader });
    this.ticks = deps.ticks;
    this.proxies = deps.proxies;
    this.partitions = new Partitions({ ddl: deps.ddl, reader: this.#reader });
    this.undrop = new Undrop({ ...deps, reader: this.#reader });
    const { undropKeepMs } = deps.rules;
    this.droppedObjects = new DroppedObjects({ ...deps, reader: this.#reader, undropKeepMs });
  }

  /**
   * Whether this very request succeeded before; false when it is new or has no idempotency key.
   *
   * @throws CoordError its refusal, if it was refused; `ParameterInvalid` when the key belongs to
   * another request, `TooManyRequests` when no more keys can be remembered.
   */
  hasSucceeded(asker: Asker): boolean {
    return this.#deps.ddl.recorded(asker) !== undefined;
  }

  /** @throws CoordError every refusal of facts/rootcoord §5.1. */
  async createCollection(command: Request<CreateCollectionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'createCollection' }, asker);
  }

  /** Settles when the collection is gone for readers; dropping what is not there succeeds. */
  async dropCollection(command: Request<DropCollectionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'dropCollection' }, asker);
  }

  /** False for whatever cannot be found, be it the database (facts/rootcoord §5.3). */
  hasCollection(query: CollectionQuery): boolean {
    return this.#reader.findCollection(query) !== undefined;
  }

  /**
   * The collection itself, as clients see it.
   *
   * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`.
   */
  collection(query: CollectionQuery): CollectionRecord {
    return this.#reader.collection(query);
  }

  /** The collection of this id, in whatever database; undefined when clients cannot see it. */
  visibleCollection(id: CollectionId): CollectionRecord | undefined {
    const record = this.#deps.catalog.collectionById(id);
    return record?.state === 'Created' ? record : undefined;
  }

  /**
   * An encoded, successful DescribeCollectionResponse.
   *
   * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`, `ParameterInvalid` for a moment
   * outside the retention window.
   */
  describeCollection(query: CollectionQuery, view: DescribeView): Uint8Array {
    return this.#describe(this.#reader.collection(query), query, view);
  }

  /** The same for coordinators: by id they find one that clients may not see, too. */
  describeCollectionInternal(query: CollectionQuery): Uint8Array {
    return this.#describe(this.#reader.collectionInAnyState(query), query, 'internal');
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
    const first = ids.allocateNow(count);
    if (first === undefined) return this.#awaitIds(count);
    this.#idsAllocated += count;
    return first;
  }

  /** Ids given out by `allocateIds` so far. */
  get idsAllocated(): number {
    return this.#idsAllocated;
  }

  async #awaitIds(count: number): Promise<bigint> {
    const first = await this.#deps.ids.allocate(count);
    this.#idsAllocated += count;
    return first;
  }

  #describe(record: CollectionRecord, query: CollectionQuery, view: DescribeView): Uint8Array {
    const aliases = this.#reader.aliasNamesOf(record, query.at);
    return this.#replies.bytes(
      record,
      aliases,
      this.#reader.databaseNameOf(record, query.at),
      view,
    );
  }
}
