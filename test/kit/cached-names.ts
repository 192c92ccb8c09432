import { CoordError } from '../../src/domain/errors.js';
import { MsgType } from '../../src/gen/common.js';
import type { CacheInvalidation } from '../../src/ports/proxy-clients.js';

interface CachedCollection {
  readonly id: bigint;
  readonly database: string;
  /** Its own name or an alias. */
  readonly name: string;
  readonly partitions: Set<string>;
}

/** What a proxy of Milvus 2.4 remembers of the catalog, and how it forgets. */
export class CachedNames {
  #collections: CachedCollection[] = [];
  /** Every request that was understood. */
  readonly heard: CacheInvalidation[] = [];

  remember(database: string, name: string, id = 1n, partitions: readonly string[] = []): void {
    this.#collections.push({ id, database, name, partitions: new Set(partitions) });
  }

  /** `database/name` and `database/name/partition` of all it remembers, sorted. */
  get names(): readonly string[] {
    return this.#collections
      .flatMap(({ database, name, partitions }) => {
        const path = `${database}/${name}`;
        return [path, ...[...partitions].map((partition) => `${path}/${partition}`)];
      })
      .sort();
  }

  /** @throws CoordError as a proxy answers what it does not understand. */
  forget(request: CacheInvalidation): void {
    const { base, dbName, collectionName, collectionID, partitionName } = request;
    const isMeant = ({ id, database, name }: CachedCollection) =>
      (id !== 0n && id === collectionID) || (database === dbName && name === collectionName);
    switch (base?.msgType) {
      case MsgType.DropPartition:
        if (!collectionName || !partitionName) {
          throw CoordError.of('PartitionNotFound', {}, 'partition name not specified');
        }
        for (const own of this.#collections) if (isMeant(own)) own.partitions.delete(partitionName);
        break;
      case MsgType.DropDatabase:
        this.#collections = this.#collections.filter(({ database }) => database !== dbName);
        break;
      default:
        this.#collections = this.#collections.filter((own) => !isMeant(own));
    }
    this.heard.push(request);
  }
}
