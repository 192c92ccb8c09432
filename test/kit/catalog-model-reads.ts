import {
  Model,
  type ModelCollection,
  type ModelDatabase,
  type ModelPartition,
  type Snapshot,
} from './catalog-model.js';
import { type CatalogReads, type PresentReads, sorted } from './catalog-reads.js';

const entryWords = (entries: Readonly<Record<string, string>>): string =>
  sorted(Object.entries(entries).map(([key, value]) => `${key}=${value}`));

/** A snapshot of the model. */
export class ModelReads implements CatalogReads, PresentReads {
  readonly #snapshot: Snapshot;
  readonly #model: Model;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#model = new Model(snapshot, () => false);
  }

  has(database: string, name: string, id: bigint): string {
    return `${typeof this.#find(database, name, id) !== 'string'}`;
  }

  describe(database: string, name: string, id: bigint): string {
    return this.#told(database, name, id, (found) => this.#describedWord(found));
  }

  describeInternal(database: string, name: string, id: bigint): string {
    return this.describe(database, name, id);
  }

  partitions(database: string, name: string, id: bigint): string {
    return this.#told(database, name, id, ({ partitions }) => livePartitionWords(partitions));
  }

  hasPartition(database: string, name: string, partition: string): string {
    return this.#told(
      database,
      name,
      0n,
      ({ partitions }) =>
        `${partitions.some((each) => each.name === partition && each.droppedAt === undefined)}`,
    );
  }

  database(name: string): string {
    const found = this.#model.database(name);
    return found ? modelDatabaseWord(found) : NO_DATABASE;
  }

  databases(): string {
    // Ids only grow, and so does the list.
    return this.#snapshot.databases.map(modelDatabaseWord).join(';');
  }

  collections(database: string): string {
    const found = this.#model.database(database);
    return found ? this.#recordWords([found]) : NO_DATABASE;
  }

  picture(names: readonly string[]): string {
    const { databases, aliases } = this.#snapshot;
    const shown =
      names.length === 0 ? databases : databases.filter(({ name }) => names.includes(name));
    if (shown.length < names.length) return NO_DATABASE;
    const isShown = ({ databaseId }: { databaseId: bigint }) =>
      shown.some(({ id }) => id === databaseId);
    return [
      sorted(shown.map(modelDatabaseWord)),
      this.#recordWords(shown),
      sorted(
        aliases
          .filter(isShown)
          .map((alias) => `${alias.databaseId}/${alias.name}>${alias.collectionId}@${alias.since}`),
      ),
    ].join('\n');
  }

  describeAlias(database: string, name: string): string {
    const where = this.#model.database(database);
    if (!where) return NO_DATABASE;
    const alias = this.#model.alias(where, name);
    const target = alias && this.#model.byId(alias.collectionId);
    return target ? modelWord(target) : 'refused as AliasNotFound';
  }

  aliases(database: string, name: string): string {
    const where = this.#model.database(database);
    if (!where) return NO_DATABASE;
    const all = this.#snapshot.aliases.filter(({ databaseId }) => databaseId === where.id);
    if (name === '') return sorted(all.map((alias) => alias.name));
    const own = this.#model.own(where, name);
    return own ? sorted(this.#model.aliasesOf(own).map((alias) => alias.name)) : NO_COLLECTION;
  }

  collectionIds(): string {
    return sorted(
      this.#snapshot.databases.map(({ id, name }) => {
        const inside = this.#snapshot.collections.filter(({ databaseId }) => databaseId === id);
        return `${name}:${sorted(inside.map((each) => `${each.id}`))}`;
      }),
    );
  }

  /** The collection, or why there is none. */
  #find(database: string, name: string, id: bigint): ModelCollection | string {
    const where = this.#model.database(database);
    if (!where) return NO_DATABASE;
    return (name === '' ? this.#model.byId(id) : this.#model.resolve(where, name)) ?? NO_COLLECTION;
  }

  #told(
    database: string,
    name: string,
    id: bigint,
    tell: (found: ModelCollection) => string,
  ): string {
    const found = this.#find(database, name, id);
    return typeof found === 'string' ? found : tell(found);
  }

  #recordWords(databases: readonly ModelDatabase[]): string {
    return sorted(
      this.#snapshot.collections
        .filter(({ databaseId }) => databases.some(({ id }) => id === databaseId))
        .map(modelWord),
    );
  }

  #describedWord(found: ModelCollection): string {
    const { id, databaseId, name, shards } = found;
    const database = this.#snapshot.databases.find((each) => each.id === databaseId);
    const live = found.partitions.filter(({ droppedAt }) => droppedAt === undefined);
    return [
      `${id} ${databaseId} ${database?.name} ${name} ${name}`,
      `${shards} ${shards}/${shards} ${found.description} {${entryWords(found.properties)}}`,
      `${found.consistencyLevel} ${modelFieldWords(found)}`,
      `${found.fields.includes(undefined)} ${modelFunctionWords(found)}`,
      `${live.length} v${found.schemaVersion} ${found.createdAt} ${found.updatedAt}`,
      sorted(this.#model.aliasesOf(found).map((alias) => alias.name)),
    ].join('|');
  }
}

const NO_DATABASE = 'refused as DatabaseNotFound';
const NO_COLLECTION = 'refused as CollectionNotFound';

const modelDatabaseWord = ({ id, name, properties, createdMs }: ModelDatabase): string =>
  `${id} ${name} {${entryWords(properties)}} ${createdMs * 1_000_000n}`;

const livePartitionWords = (partitions: readonly ModelPartition[]): string =>
  sorted(
    partitions
      .filter(({ droppedAt }) => droppedAt === undefined)
      .map(({ id, name, createdAt }) => `${id}:${name}@${createdAt}`),
  );

const modelFunctionWords = ({ embedding }: ModelCollection): string =>
  embedding === undefined ? '' : `embed ${embedding}`;

const modelFieldWords = ({ fields, embedding }: ModelCollection): string =>
  fields
    .flatMap((field, i) => {
      if (!field) return [];
      const mark = field.name === 'vector' && embedding !== undefined ? '!' : '';
      return [`${100 + i}:${field.name}${mark} {${entryWords(field.params)}}`];
    })
    .join(';');

function modelWord(found: ModelCollection): string {
  const { id, databaseId, name, shards, truncatedAt } = found;
  const truncations = truncatedAt === undefined ? [] : Array(shards).fill(truncatedAt);
  return [
    `Created ${id} ${databaseId} ${name} ${name}`,
    `${shards} ${shards} ${found.description}`,
    `{${entryWords(found.properties)}} ${found.consistencyLevel} ${modelFieldWords(found)}`,
    `${found.fields.includes(undefined)} ${modelFunctionWords(found)} v${found.schemaVersion}`,
    livePartitionWords(found.partitions),
    `${found.createdAt} ${found.updatedAt} ${truncations.join()}`,
  ].join('|');
}
