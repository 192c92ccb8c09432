import { ConsistencyLevel } from '../../src/gen/common.js';
import {
  addedField,
  alteredField,
  collectionAlteration,
  createdProperties,
  type Deed,
  databaseAlteration,
  fieldAlteration,
  modelName,
  PROTECTION,
  type PropertyDeed,
  undropName,
} from './catalog-deeds.js';

/**
 * The catalog the naive way: a whole immutable snapshot after every deed, found by walking lists.
 * It shares no code with the catalog, its plans or the domain's rules.
 */

type Properties = Readonly<Record<string, string>>;

export interface ModelDatabase {
  readonly id: bigint;
  readonly name: string;
  readonly properties: Properties;
  /** Milliseconds. */
  readonly createdMs: bigint;
}

export interface ModelPartition {
  readonly id: bigint;
  readonly name: string;
  readonly createdAt: bigint;
  /** When it was dropped, while it is kept. */
  readonly droppedAt?: bigint;
}

interface ModelField {
  readonly name: string;
  readonly params: Properties;
}

export interface ModelCollection {
  readonly id: bigint;
  readonly databaseId: bigint;
  readonly name: string;
  readonly shards: number;
  readonly description: string;
  readonly properties: Properties;
  readonly consistencyLevel: number;
  /** Field 100 first; undefined for `$meta`, which clients do not see. */
  readonly fields: readonly (ModelField | undefined)[];
  /** The model name of the function `embed`, when there is one. */
  readonly embedding?: string | undefined;
  readonly partitions: readonly ModelPartition[];
  readonly schemaVersion: number;
  readonly createdAt: bigint;
  readonly updatedAt: bigint;
  readonly truncatedAt?: bigint;
}

export interface ModelAlias {
  readonly databaseId: bigint;
  readonly name: string;
  readonly collectionId: bigint;
  readonly since: bigint;
}

interface DroppedCollection {
  readonly collection: ModelCollection;
  readonly aliases: readonly string[];
  readonly at: bigint;
}

/** Everything there is at one moment. */
export interface Snapshot {
  readonly databases: readonly ModelDatabase[];
  readonly collections: readonly ModelCollection[];
  readonly aliases: readonly ModelAlias[];
  readonly dropped: readonly DroppedCollection[];
}

/** What the model cannot know by itself: ids, and when the deed took effect. */
export interface Facts {
  readonly at: bigint;
  /** Of what was created. */
  readonly id: bigint;
  readonly createdAt: bigint;
  /** Of the partition a collection is born with. */
  readonly defaultPartitionId: bigint;
}

/** The next snapshot, once the facts are known. */
type Effect = (facts: Facts) => Snapshot;

const without = <T>(list: readonly T[], item: T): T[] => list.filter((each) => each !== item);
const replaced = <T>(list: readonly T[], item: T, by: T): T[] =>
  list.map((each) => (each === item ? by : each));

function altered(properties: Properties, { set, forget }: PropertyDeed): Properties {
  const all = { ...properties, ...set };
  return Object.fromEntries(Object.entries(all).filter(([key]) => !forget.includes(key)));
}

const isSame = (a: Properties, b: Properties): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => b[key] === value);

const CREATED_FIELDS: readonly ModelField[] = [
  { name: 'id', params: {} },
  { name: 'vector', params: { dim: '8' } },
  { name: 'text', params: { max_length: '64' } },
];

/** What there is, and what a deed would make of it. */
export class Model {
  readonly #now: Snapshot;
  /** True while a drop of that moment can be taken back. */
  readonly #isKept: (droppedAt: bigint) => boolean;

  constructor(now: Snapshot, isKept: (droppedAt: bigint) => boolean) {
    this.#now = now;
    this.#isKept = isKept;
  }

  /** Undefined when nothing changes: the deed is refused, or done already. */
  decide(deed: Deed): Effect | undefined {
    if (deed.kind.endsWith('Database')) return this.#onDatabase(deed);
    const database = this.database(deed.database);
    if (!database) return undefined;
    switch (deed.kind) {
      case 'createCollection':
        return this.#createCollection(database, deed);
      case 'undropCollection':
        return this.#undropCollection(database, deed);
      case 'renameCollection':
        return this.#rename(database, deed);
      case 'createAlias':
      case 'alterAlias':
      case 'dropAlias':
        return this.#onAlias(database, deed);
      default:
        return this.#onCollection(database, deed);
    }
  }

  database(name: string): ModelDatabase | undefined {
    return this.#now.databases.find((each) => each.name === name);
  }

  /** By its own name. */
  own({ id }: ModelDatabase, name: string): ModelCollection | undefined {
    return this.#now.collections.find((each) => each.databaseId === id && each.name === name);
  }

  alias({ id }: ModelDatabase, name: string): ModelAlias | undefined {
    return this.#now.aliases.find((each) => each.databaseId === id && each.name === name);
  }

  byId(id: bigint): ModelCollection | undefined {
    return this.#now.collections.find((each) => each.id === id);
  }

  /** By its own name or an alias. */
  resolve(database: ModelDatabase, name: string): ModelCollection | undefined {
    const alias = this.alias(database, name);
    return this.own(database, name) ?? (alias && this.byId(alias.collectionId));
  }

  aliasesOf({ id }: ModelCollection): readonly ModelAlias[] {
    return this.#now.aliases.filter(({ collectionId }) => collectionId === id);
  }

  #isFree(database: ModelDatabase, name: string): boolean {
    return !this.own(database, name) && !this.alias(database, name);
  }

  #with(changes: Partial<Snapshot>): Snapshot {
    return { ...this.#now, ...changes };
  }

  #onDatabase(deed: Deed): Effect | undefined {
    const database = this.database(deed.otherDatabase);
    if (deed.kind === 'createDatabase') return database ? undefined : this.#createDatabase(deed);
    if (!database) return undefined;
    return deed.kind === 'dropDatabase'
      ? this.#dropDatabase(database)
      : this.#alterDatabase(database, deed);
  }

  #createDatabase(deed: Deed): Effect {
    const { databases } = this.#now;
    const words = { name: deed.otherDatabase, properties: createdProperties(deed) };
    return ({ at, id }) =>
      this.#with({ databases: [...databases, { ...words, id, createdMs: at >> 18n }] });
  }

  #alterDatabase(database: ModelDatabase, deed: Deed): Effect | undefined {
    const properties = altered(database.properties, databaseAlteration(deed));
    if (isSame(properties, database.properties)) return undefined;
    const { databases } = this.#now;
    return () =>
      this.#with({ databases: replaced(databases, database, { ...database, properties }) });
  }

  #dropDatabase(database: ModelDatabase): Effect | undefined {
    const isUsed = this.#now.collections.some(({ databaseId }) => databaseId === database.id);
    const isProtected = database.properties[PROTECTION] === 'true';
    if (isUsed || isProtected || database.name === 'default') return undefined;
    return () => this.#with({ databases: without(this.#now.databases, database) });
  }

  #createCollection(database: ModelDatabase, deed: Deed): Effect | undefined {
    if (!this.#isFree(database, deed.name)) return undefined;
    return ({ id, createdAt, defaultPartitionId }) =>
      this.#with({
        collections: [
          ...this.#now.collections,
          {
            id,
            databaseId: database.id,
            name: deed.name,
            shards: 1 + (deed.choice % 2),
            description: '',
            properties: createdProperties(deed),
            consistencyLevel: ConsistencyLevel.Bounded,
            fields: CREATED_FIELDS,
            partitions: [{ id: defaultPartitionId, name: '_default', createdAt }],
            schemaVersion: 0,
            createdAt,
            updatedAt: createdAt,
          },
        ],
      });
  }

  #undropCollection(database: ModelDatabase, deed: Deed): Effect | undefined {
    const found = this.#now.dropped.findLast(
      ({ collection }) => collection.databaseId === database.id && collection.name === deed.name,
    );
    const name = undropName(deed) || deed.name;
    if (!found || !this.#isKept(found.at) || !this.#isFree(database, name)) return undefined;
    const { collection } = found;
    const names = found.aliases.filter((alias) => alias !== name && this.#isFree(database, alias));
    const words = { databaseId: database.id, collectionId: collection.id };
    return ({ at }) =>
      this.#with({
        collections: [...this.#now.collections, { ...collection, name, updatedAt: at }],
        aliases: [
          ...this.#now.aliases,
          ...names.map((alias) => ({ ...words, name: alias, since: at })),
        ],
        dropped: without(this.#now.dropped, found),
      });
  }

  #rename(database: ModelDatabase, deed: Deed): Effect | undefined {
    const before = this.own(database, deed.name);
    const target = this.database(deed.otherDatabase);
    if (!before || !target || !this.#isFree(target, deed.otherName)) return undefined;
    if (target !== database && this.aliasesOf(before).length > 0) return undefined;
    return ({ at }) =>
      this.#becomes(before, {
        name: deed.otherName,
        databaseId: target.id,
        updatedAt: at,
      });
  }

  #onAlias(database: ModelDatabase, deed: Deed): Effect | undefined {
    const { kind, otherName: name } = deed;
    const { aliases } = this.#now;
    const before = this.alias(database, name);
    if (kind === 'dropAlias')
      return before && (() => this.#with({ aliases: without(aliases, before) }));
    const target = this.own(database, deed.name);
    if (!target) return undefined;
    const isPossible = kind === 'createAlias' ? this.#isFree(database, name) : before !== undefined;
    if (!isPossible || before?.collectionId === target.id) return undefined;
    const words = { databaseId: database.id, name, collectionId: target.id };
    return ({ at }) =>
      this.#with({
        aliases: [...aliases.filter((each) => each !== before), { ...words, since: at }],
      });
  }

  #onCollection(database: ModelDatabase, deed: Deed): Effect | undefined {
    const { kind, name } = deed;
    if (kind === 'dropCollection') return this.#drop(this.own(database, name));
    const before = this.resolve(database, name);
    if (!before) return undefined;
    if (kind === 'alterCollection') return this.#alter(before, deed);
    if (kind === 'truncate') {
      return ({ at }) => this.#becomes(before, { truncatedAt: at, updatedAt: at });
    }
    if (kind.endsWith('Partition')) return this.#onPartition(before, deed);
    const changes = restructured(before, deed);
    if (!changes) return undefined;
    const schemaVersion = before.schemaVersion + 1;
    return ({ at }) => this.#becomes(before, { ...changes, schemaVersion, updatedAt: at });
  }

  #drop(before: ModelCollection | undefined): Effect | undefined {
    if (!before || before.properties[PROTECTION] === 'true') return undefined;
    const aliases = this.aliasesOf(before);
    return ({ at }) =>
      this.#with({
        collections: without(this.#now.collections, before),
        aliases: this.#now.aliases.filter((alias) => !aliases.includes(alias)),
        dropped: [
          ...this.#now.dropped,
          { collection: before, aliases: aliases.map(({ name }) => name), at },
        ],
      });
  }

  #alter(before: ModelCollection, deed: Deed): Effect | undefined {
    const { set, forget } = collectionAlteration(deed);
    const { 'collection.description': description, 'dynamicfield.enabled': dynamic, ...rest } = set;
    if (dynamic !== undefined) {
      if (before.fields.includes(undefined)) return undefined;
      const schemaVersion = before.schemaVersion + 1;
      const fields = [...before.fields, undefined];
      return ({ at }) => this.#becomes(before, { fields, schemaVersion, updatedAt: at });
    }
    const after = {
      description: description ?? before.description,
      properties: altered(before.properties, { set: rest, forget }),
      consistencyLevel: LEVELS[rest.consistency_level ?? ''] ?? before.consistencyLevel,
    };
    const isUnchanged =
      after.description === before.description &&
      after.consistencyLevel === before.consistencyLevel &&
      isSame(after.properties, before.properties);
    if (isUnchanged) return undefined;
    return ({ at }) => this.#becomes(before, { ...after, updatedAt: at });
  }

  #onPartition(before: ModelCollection, { kind, partition: name }: Deed): Effect | undefined {
    const { partitions } = before;
    const live = partitions.find((each) => each.name === name && each.droppedAt === undefined);
    const becomes = (after: readonly ModelPartition[]) =>
      this.#becomes(before, { partitions: after });
    if (kind === 'createPartition') {
      if (live) return undefined;
      return ({ id, createdAt }) => becomes([...partitions, { id, name, createdAt }]);
    }
    if (kind === 'dropPartition') {
      if (!live || name === '_default') return undefined;
      return ({ at }) => becomes([...without(partitions, live), { ...live, droppedAt: at }]);
    }
    const dropped = partitions.findLast((each) => each.name === name && each !== live);
    if (!dropped || live || !this.#isKept(dropped.droppedAt ?? 0n)) return undefined;
    const { id, createdAt } = dropped;
    return () => becomes([...without(partitions, dropped), { id, name, createdAt }]);
  }

  #becomes(before: ModelCollection, changes: Partial<ModelCollection>): Snapshot {
    const { collections } = this.#now;
    return this.#with({ collections: replaced(collections, before, { ...before, ...changes }) });
  }
}

const LEVELS: Readonly<Record<string, number>> = {
  Strong: ConsistencyLevel.Strong,
  Eventually: ConsistencyLevel.Eventually,
};

/** What a change of fields or functions does. */
function restructured(before: ModelCollection, deed: Deed): Partial<ModelCollection> | undefined {
  const { fields, embedding } = before;
  const wanted = modelName(deed);
  switch (deed.kind) {
    case 'alterField': {
      const field = fields.find((each) => each?.name === alteredField(deed));
      if (!field) return undefined;
      const params = altered(field.params, fieldAlteration(deed));
      if (isSame(params, field.params)) return undefined;
      return { fields: replaced(fields, field, { ...field, params }) };
    }
    case 'addField': {
      const name = addedField(deed);
      if (fields.some((each) => each?.name === name)) return undefined;
      return { fields: [...fields, { name, params: {} }] };
    }
    case 'addFunction':
      return embedding === undefined ? { embedding: wanted } : undefined;
    case 'alterFunction':
      return embedding === undefined || embedding === wanted ? undefined : { embedding: wanted };
    case 'dropFunction':
      return embedding === undefined ? undefined : { embedding: undefined };
    default:
      throw new Error(`${deed.kind} does not concern fields`);
  }
}
