import type { TimestampOracle } from '../../allocators/timestamp-oracle.js';
import type { CollectionRecord, DatabaseRecord, PartitionRecord } from '../../domain/records.js';
import { physicalMsOf, type Timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';
import type { Catalog } from '../catalog/catalog.js';
import type { CatalogReader } from '../catalog/catalog-reader.js';
import { isKeptDrop } from '../catalog/catalog-totals.js';
import type { History } from '../catalog/history.js';
import { TurnPacer } from '../ddl/turn-pacer.js';

export interface DroppedObjectsDeps {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly history: History;
  readonly reader: CatalogReader;
  /** An undrop is judged by its timestamp, which may be ahead of the clock. */
  readonly oracle: TimestampOracle;
  /** How long a drop can be taken back. */
  readonly undropKeepMs: number;
}

/** A drop that can still be taken back. */
export interface DroppedObject {
  readonly database: DatabaseRecord;
  readonly collection: CollectionRecord;
  /** Undefined when it is the collection itself that was dropped. */
  readonly partition: PartitionRecord | undefined;
  readonly droppedAt: Timestamp;
  /** Milliseconds since 1970; from then on the drop is final. */
  readonly keptUntilMs: number;
}

/** What an undrop could bring back right now. */
export class DroppedObjects {
  readonly #deps: DroppedObjectsDeps;

  constructor(deps: DroppedObjectsDeps) {
    this.#deps = deps;
  }

  /**
   * Dropped collections, and dropped partitions of collections that are there, in order of ids.
   * Spread over turns of the event loop: it looks at every partition there is.
   *
   * @param databaseName empty for every database. @throws CoordError `DatabaseNotFound`.
   */
  async list(databaseName: string): Promise<DroppedObject[]> {
    const { clock, catalog, reader } = this.#deps;
    const only = databaseName === '' ? undefined : reader.database(databaseName, 0n);
    const pacer = new TurnPacer(clock);
    const found: DroppedObject[] = [];
    for (const record of [...catalog.allCollections()]) {
      await pacer.pause();
      const database = catalog.databaseById(record.databaseId);
      if (!database || (only && only.id !== database.id)) continue;
      found.push(...this.#dropsOf(database, record));
    }
    return found;
  }

  #dropsOf(database: DatabaseRecord, collection: CollectionRecord): DroppedObject[] {
    const { history } = this.#deps;
    if (isKeptDrop(collection)) {
      return this.#keptDrop(database, collection, undefined, collection.updatedAt);
    }
    if (collection.state !== 'Created') return [];
    return collection.partitions.filter(isKeptDrop).flatMap((partition) => {
      const droppedAt = history.partitionDroppedAt(partition.id);
      return this.#keptDrop(database, collection, partition, droppedAt);
    });
  }

  #keptDrop(
    database: DatabaseRecord,
    collection: CollectionRecord,
    partition: PartitionRecord | undefined,
    droppedAt: Timestamp | undefined,
  ): DroppedObject[] {
    const { oracle, undropKeepMs } = this.#deps;
    if (droppedAt === undefined) return [];
    const keptUntilMs = physicalMsOf(droppedAt) + undropKeepMs;
    if (keptUntilMs <= oracle.physicalNowMs()) return [];
    return [{ database, collection, partition, droppedAt, keptUntilMs }];
  }
}
