import type { DatabaseId } from '../../domain/ids.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import { isLatest } from '../../domain/timestamp.js';
import type { CatalogReader } from '../catalog/catalog-reader.js';
import type { ChangeFeed } from '../feed/change-feed.js';

export interface ListingsDeps {
  readonly reader: CatalogReader;
  readonly feed: ChangeFeed;
}

/** Everything clients could see at one moment; nothing of it changes any more. */
export interface CatalogPicture {
  readonly databases: readonly DatabaseRecord[];
  /** Undefined is a place without one, where the walk may pause. */
  readonly collections: Iterable<CollectionRecord | undefined>;
  readonly aliases: readonly AliasRecord[];
  /** The sequence it stands at; 0 for a picture of the past. */
  readonly sequence: bigint;
}

/**
 * Long lists, as of the moment they are asked for. What they are made of is taken at once and is
 * cheap; whoever walks a list may do so in as many steps as it likes.
 */
export class Listings {
  readonly #deps: ListingsDeps;

  constructor(deps: ListingsDeps) {
    this.#deps = deps;
  }

  /** What clients could see in a database. @throws CoordError `DatabaseNotFound`. */
  collections(databaseName: string, at: bigint): Iterable<CollectionRecord | undefined> {
    const { reader } = this.#deps;
    return reader.walkCollections(new Set([reader.database(databaseName, at).id]), at);
  }

  aliasNamesOf(record: CollectionRecord): readonly string[] {
    return this.#deps.reader.aliasNamesOf(record, 0n);
  }

  databaseId(databaseName: string): DatabaseId {
    return this.#deps.reader.database(databaseName, 0n).id;
  }

  /**
   * A picture of these databases, or of all when no name is given; `at` 0 for the present.
   *
   * @throws CoordError `DatabaseNotFound`, `ParameterInvalid` for a moment history no longer knows.
   */
  picture(databaseNames: readonly string[], at: bigint): CatalogPicture {
    const { reader, feed } = this.#deps;
    const databases =
      databaseNames.length === 0
        ? [...reader.databases(at)]
        : [...new Set(databaseNames)].map((name) => reader.database(name, at));
    return {
      databases,
      collections: reader.walkCollections(new Set(databases.map(({ id }) => id)), at),
      aliases: databases.flatMap((database) => [...reader.aliases(database, at)]),
      sequence: isLatest(at) ? feed.lastSequence : 0n,
    };
  }
}
