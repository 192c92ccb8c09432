import type { CollectionId } from '../../src/domain/ids.js';
import type { CollectionRecord } from '../../src/domain/records.js';
import type { ProxyPeers } from '../../src/ports/peers.js';
import { textOf } from './crash-picture.js';

/** What a proxy remembers under one name of a collection. */
interface Entry {
  readonly id: CollectionId;
  readonly databaseName: string;
  readonly text: string;
}

const schemaText = ({ name, databaseId, schema, properties }: CollectionRecord): string =>
  textOf({ name, databaseId, schema, properties });

/**
 * What proxies and DataCoord remember of collections to answer sooner. They live in RootCoord's own
 * process, so this dies with it and begins empty.
 */
export class PeerCaches {
  /** Proxies: descriptions by `database/name`, the name being its own or an alias. */
  readonly #described = new Map<string, Entry>();
  /** Proxies: databases by name. */
  readonly #databases = new Map<string, string>();
  /** DataCoord: collections as it was told of them last. */
  readonly #schemas = new Map<CollectionId, string>();

  rememberDatabase(name: string, text: string): void {
    this.#databases.set(name, text);
  }

  rememberCollection(databaseName: string, name: string, id: CollectionId, text: string): void {
    this.#described.set(`${databaseName}/${name}`, { id, databaseName, text });
  }

  keepSchema(collection: CollectionRecord): void {
    this.#schemas.set(collection.id, schemaText(collection));
  }

  /** What a proxy would still answer. */
  get answers(): { databases: ReadonlyMap<string, string>; collections: Map<string, string> } {
    const collections = [...this.#described].map(([key, { text }]): [string, string] => [
      key,
      text,
    ]);
    return { databases: this.#databases, collections: new Map(collections) };
  }

  /** Whether DataCoord would work by an older version of the collection. */
  isSchemaStale(collection: CollectionRecord): boolean {
    const kept = this.#schemas.get(collection.id);
    return kept !== undefined && kept !== schemaText(collection);
  }

  proxies(): ProxyPeers {
    return {
      expireCollection: async (record) => this.#forget(({ id }) => id === record.id),
      expirePartition: async (record) => this.#forget(({ id }) => id === record.id),
      expireAlias: async (databaseName, alias) => {
        this.#described.delete(`${databaseName}/${alias}`);
      },
      expireDatabase: async (name) => {
        this.#databases.delete(name);
        this.#forget(({ databaseName }) => databaseName === name);
      },
    };
  }

  #forget(isMeant: (entry: Entry) => boolean): void {
    for (const [key, entry] of this.#described) if (isMeant(entry)) this.#described.delete(key);
  }
}
