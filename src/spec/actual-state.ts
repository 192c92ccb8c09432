import { invariant } from '../domain/invariant.js';
import { hasPartitionKey } from '../domain/schema/partition-key.js';
import { publicSchema } from '../domain/schema/public-schema.js';
import type { Image } from '../gen/control.js';
import type { AliasInfo, CollectionInfo, DatabaseInfo } from '../gen/etcd_meta.js';
import type { CollectionImage } from '../gen/journal.js';
import {
  type ActualState,
  type CollectionState,
  toProperties,
  WORDS_FOR_KEYS,
  withoutIds,
} from './catalog-state.js';

/** Collects what a snapshot of the server says, message by message. */
export class ActualStateBuilder {
  readonly #defaultPartitionName: string;
  readonly #databases = new Map<bigint, DatabaseInfo>();
  readonly #collections: CollectionImage[] = [];
  readonly #aliases: AliasInfo[] = [];

  constructor(defaultPartitionName: string) {
    this.#defaultPartitionName = defaultPartitionName;
  }

  add(images: readonly Image[]): void {
    for (const { database, collection, alias } of images) {
      if (database !== undefined) this.#databases.set(database.id, database);
      if (collection !== undefined) this.#collections.push(collection);
      if (alias !== undefined) this.#aliases.push(alias);
    }
  }

  /** What was added so far. A collection without its database is left out: it is being dropped. */
  build(): ActualState {
    const aliases = this.#aliasesByCollection();
    const collections = new Map<bigint, Map<string, CollectionState>>();
    for (const id of this.#databases.keys()) collections.set(id, new Map());
    for (const image of this.#collections) {
      const { info } = image;
      if (info?.schema === undefined) continue;
      const state = this.#collection(image, info, aliases.get(info.ID) ?? new Set());
      collections.get(info.dbId)?.set(state.name, state);
    }
    return new Map(
      [...this.#databases.values()].map(({ id, name, properties }) => [
        name,
        {
          name,
          properties: toProperties(properties),
          collections: collections.get(id) ?? new Map(),
        },
      ]),
    );
  }

  #aliasesByCollection(): ReadonlyMap<bigint, ReadonlySet<string>> {
    const byCollection = new Map<bigint, Set<string>>();
    for (const { collectionId, aliasName } of this.#aliases) {
      const names = byCollection.get(collectionId) ?? new Set();
      byCollection.set(collectionId, names.add(aliasName));
    }
    return byCollection;
  }

  #collection(
    { partitions }: CollectionImage,
    { schema, shardsNum, consistencyLevel, properties }: CollectionInfo,
    aliases: ReadonlySet<string>,
  ): CollectionState {
    invariant(schema !== undefined, 'a collection image has a schema');
    const isKeyed = hasPartitionKey(schema);
    const names = partitions.map(({ partitionName }) => partitionName);
    const own = names.filter((name) => name !== this.#defaultPartitionName);
    return {
      name: schema.name,
      schema: withoutIds(publicSchema(schema)),
      shardsNum,
      consistencyLevel,
      properties: ownProperties(properties),
      numPartitions: isKeyed ? names.length : 0,
      partitions: new Set(isKeyed ? [] : own),
      aliases,
    };
  }
}

/** Without the keys whose meaning is told elsewhere in the record. */
function ownProperties(pairs: CollectionInfo['properties']): ReadonlyMap<string, string> {
  const properties = new Map(toProperties(pairs));
  for (const key of WORDS_FOR_KEYS.keys()) properties.delete(key);
  return properties;
}
