import fc from 'fast-check';
import type { CollectionId, DatabaseId, PartitionId, TaskId } from '../../src/domain/ids.js';
import type {
  AliasRecord,
  CollectionRecord,
  DatabaseRecord,
  LifecycleState,
  PartitionRecord,
} from '../../src/domain/records.js';
import { normaliseSchema } from '../../src/domain/schema/normalise-schema.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import type { Write } from '../../src/ports/meta-store.js';
import { encodeAlias } from '../../src/root/catalog/alias.codec.js';
import { Catalog } from '../../src/root/catalog/catalog.js';
import { isLive } from '../../src/root/catalog/catalog-totals.js';
import type { Change, PartitionTransition, Transition } from '../../src/root/catalog/change.js';
import { applyPartitionChange } from '../../src/root/catalog/partitions.js';
import { aDatabase, collectionWrites, databaseWrite, KEYS } from './catalog-store.js';
import { aRecord, aSchema } from './records.js';

/**
 * Random histories of databases, collections, partitions and aliases together, as the DDL
 * supervisor could have committed them: one list of changes per commit.
 */

/** There before the history begins, and never dropped. */
export const FIRST_DATABASES = [1n, 10n].map((id) =>
  aDatabase({ id: id as DatabaseId, name: `db${id}` }),
);
export const NAMES = ['a', 'b', 'c'] as const;
export const DATABASE_NAMES = ['db1', 'db10', 'x', 'y'] as const;
const PARTITIONS = ['p', 'q'] as const;
const CHANNELS_MAX = 3;

const DEEDS = [
  'createDatabase',
  'alterDatabase',
  'dropDatabase',
  'createCollection',
  'markCreated',
  'alterCollection',
  'renameCollection',
  'dropCollection',
  'undropCollection',
  'confirmDrop',
  'purgeCollection',
  'createPartition',
  'markPartitionCreated',
  'dropPartition',
  'undropPartition',
  'confirmPartitionDrop',
  'purgePartition',
  'createAlias',
  'alterAlias',
  'dropAlias',
] as const;

/** One throw of the dice: what is to happen, and to which of those it can happen to. */
interface Throw {
  readonly deed: (typeof DEEDS)[number];
  readonly which: number;
  readonly other: number;
}

const aThrow: fc.Arbitrary<Throw> = fc.record({
  // Collections come about and get visible often: without them most deeds are impossible.
  deed: fc.constantFrom(...DEEDS, 'createCollection', 'markCreated', 'markCreated'),
  which: fc.nat({ max: 1_000 }),
  other: fc.nat({ max: 1_000 }),
});

const pick = <T>(candidates: Iterable<T>, which: number): T | undefined => {
  const all = [...candidates];
  return all[which % Math.max(1, all.length)];
};

const SCHEMA = normaliseSchema(aSchema('c'));

/** The store keeps a collection's name in its schema. */
const schemaOf = (name: string): CollectionRecord['schema'] => ({ ...SCHEMA, name });

/** What there is; the naive way. */
export class World {
  readonly databases: Map<DatabaseId, DatabaseRecord>;
  readonly collections = new Map<CollectionId, CollectionRecord>();
  readonly aliases = new Map<string, AliasRecord>();

  constructor(databases: readonly DatabaseRecord[] = FIRST_DATABASES) {
    this.databases = new Map(databases.map((record) => [record.id, record]));
  }

  apply(change: Transition): void {
    switch (change.kind) {
      case 'database':
        if (change.before) this.databases.delete(change.before.id);
        if (change.after) this.databases.set(change.after.id, change.after);
        return;
      case 'collection':
        if (change.before) this.collections.delete(change.before.id);
        if (change.after) this.collections.set(change.after.id, change.after);
        return;
      case 'partition':
        return this.#applyPartition(change);
      case 'alias': {
        const subject = change.after ?? change.before;
        const key = `${subject?.databaseId}/${subject?.name}`;
        if (change.after) this.aliases.set(key, change.after);
        else this.aliases.delete(key);
      }
    }
  }

  inState(...states: LifecycleState[]): CollectionRecord[] {
    return [...this.collections.values()].filter(({ state }) => states.includes(state));
  }

  isFree(databaseId: DatabaseId, name: string): boolean {
    const isTaken = this.inState('Creating', 'Created').some(
      (record) => record.databaseId === databaseId && record.name === name,
    );
    return !isTaken && !this.aliases.has(`${databaseId}/${name}`);
  }

  /** Partitions of visible collections in one of these states. */
  partitions(...states: LifecycleState[]) {
    return this.inState('Created').flatMap((collection) =>
      collection.partitions
        .filter(({ state, name }) => states.includes(state) && name !== '_default')
        .map((partition) => ({ collection, partition })),
    );
  }

  #applyPartition(change: PartitionTransition): void {
    const collection = this.collections.get(change.collectionId);
    if (!collection) throw new Error('a partition without a collection');
    this.collections.set(collection.id, applyPartitionChange(collection, change));
  }
}

/** Plays the throws; those that are not possible when their turn comes are passed over. */
class Player {
  readonly commits: Change[][] = [];
  readonly #world = new World();
  #now = 100n;
  #nextId = 20n;

  play({ deed, which, other }: Throw): void {
    // Two apart, so that there are moments between any two changes.
    this.#now += 2n;
    const at = this.#now as Timestamp;
    const transitions = this.#decide(deed, which, other, at);
    if (transitions.length === 0) return;
    const changes = transitions.map((transition): Change => {
      const isMark = deed === 'markCreated' && transition.kind === 'collection';
      const timestamp = isMark ? (transition.after?.createdAt ?? at) : at;
      return {
        ...transition,
        timestamp,
        taskId: at as bigint as TaskId,
        actor: 't',
        operation: deed,
      };
    });
    for (const change of changes) this.#world.apply(change);
    this.commits.push(changes);
  }

  #decide(deed: Throw['deed'], which: number, other: number, at: Timestamp): Transition[] {
    if (deed.endsWith('Database')) return this.#onDatabase(deed, which, at);
    if (deed.includes('Partition')) return this.#onPartition(deed, which, other, at);
    if (deed.endsWith('Alias')) return this.#onAlias(deed, which, other, at);
    return this.#onCollection(deed, which, other, at);
  }

  #onDatabase(deed: Throw['deed'], which: number, at: Timestamp): Transition[] {
    const { databases, collections } = this.#world;
    if (deed === 'createDatabase') {
      const name = pick(DATABASE_NAMES, which) ?? 'x';
      if ([...databases.values()].some((record) => record.name === name)) return [];
      const after = aDatabase({ id: this.#take(1) as DatabaseId, name });
      return [{ kind: 'database', before: undefined, after }];
    }
    const before = pick(databases.values(), which);
    if (!before) return [];
    if (deed === 'alterDatabase') {
      const after = { ...before, properties: [{ key: 'at', value: `${at}` }] };
      return [{ kind: 'database', before, after }];
    }
    const isUsed = [...collections.values()].some(({ databaseId }) => databaseId === before.id);
    if (isUsed || FIRST_DATABASES.some(({ id }) => id === before.id)) return [];
    return [{ kind: 'database', before, after: undefined }];
  }

  #onCollection(deed: Throw['deed'], which: number, other: number, at: Timestamp): Transition[] {
    if (deed === 'createCollection') return this.#create(which, other, at);
    const before = pick(this.#world.inState(...(STATES_OF[deed] ?? [])), which);
    if (!before) return [];
    const to = (after: CollectionRecord | undefined): Transition => ({
      kind: 'collection',
      before,
      after,
    });
    switch (deed) {
      case 'markCreated':
        return [to({ ...before, state: 'Created' })];
      case 'alterCollection':
        return [to({ ...before, properties: [{ key: 'at', value: `${at}` }], updatedAt: at })];
      case 'renameCollection': {
        const databaseId = pick(this.#world.databases.keys(), other) ?? before.databaseId;
        const name = pick(NAMES, other >> 2) ?? 'a';
        const hasAliases = this.#aliasesOf(before).length > 0;
        if (hasAliases || !this.#world.isFree(databaseId, name)) return [];
        return [to({ ...before, databaseId, name, schema: schemaOf(name), updatedAt: at })];
      }
      case 'dropCollection':
        return [
          to({ ...before, state: 'Dropping', updatedAt: at }),
          ...this.#aliasesOf(before).map(
            (alias) => ({ kind: 'alias', before: alias, after: undefined }) as const,
          ),
        ];
      case 'confirmDrop':
        return [to({ ...before, state: 'Dropped' })];
      case 'undropCollection':
        if (!this.#world.isFree(before.databaseId, before.name)) return [];
        return [to({ ...before, state: 'Created', updatedAt: at })];
      default:
        return [to(undefined)];
    }
  }

  #create(which: number, other: number, at: Timestamp): Transition[] {
    const databaseId = pick(this.#world.databases.keys(), which) ?? (1n as DatabaseId);
    const name = pick(NAMES, other) ?? 'a';
    if (!this.#world.isFree(databaseId, name)) return [];
    const id = this.#take(2) as CollectionId;
    const physicalChannels = [`dml_${other % CHANNELS_MAX}`];
    const virtualChannels = physicalChannels.map((channel) => `${channel}_${id}v0`);
    const state = 'Creating' as const;
    const words = { id, databaseId, name, state, physicalChannels, virtualChannels };
    const after = aRecord({ ...words, schema: schemaOf(name), createdAt: at, updatedAt: at });
    return [{ kind: 'collection', before: undefined, after }];
  }

  #onPartition(deed: Throw['deed'], which: number, other: number, at: Timestamp): Transition[] {
    const to = (
      { id, databaseId }: CollectionRecord,
      before: PartitionRecord | undefined,
      after: PartitionRecord | undefined,
    ): Transition[] => [{ kind: 'partition', collectionId: id, databaseId, before, after }];
    if (deed === 'createPartition') {
      const collection = pick(this.#world.inState('Created'), which);
      const name = pick(PARTITIONS, other) ?? 'p';
      if (!collection || hasLive(collection, name)) return [];
      const id = this.#take(1) as PartitionId;
      return to(collection, undefined, { id, name, createdAt: at, state: 'Creating' });
    }
    const found = pick(this.#world.partitions(...(STATES_OF[deed] ?? [])), which);
    if (!found) return [];
    const { collection, partition: before } = found;
    if (deed === 'purgePartition') return to(collection, before, undefined);
    if (deed === 'undropPartition' && hasLive(collection, before.name)) return [];
    return to(collection, before, { ...before, state: STATE_AFTER[deed] ?? 'Created' });
  }

  #onAlias(deed: Throw['deed'], which: number, other: number, at: Timestamp): Transition[] {
    const target = pick(this.#world.inState('Created'), which);
    if (deed === 'createAlias') {
      const name = pick(NAMES, other) ?? 'a';
      if (!target || !this.#world.isFree(target.databaseId, name)) return [];
      const { databaseId, id: collectionId } = target;
      const after = { databaseId, name, collectionId, createdAt: at };
      return [{ kind: 'alias', before: undefined, after }];
    }
    const before = pick(this.#world.aliases.values(), other);
    if (!before) return [];
    if (deed === 'dropAlias') return [{ kind: 'alias', before, after: undefined }];
    if (target?.databaseId !== before.databaseId) return [];
    const after = { ...before, collectionId: target.id, createdAt: at };
    return [{ kind: 'alias', before, after }];
  }

  #aliasesOf({ id }: CollectionRecord): AliasRecord[] {
    return [...this.#world.aliases.values()].filter(({ collectionId }) => collectionId === id);
  }

  #take(count: number): bigint {
    this.#nextId += BigInt(count);
    return this.#nextId - BigInt(count);
  }
}

const hasLive = ({ partitions }: CollectionRecord, name: string): boolean =>
  partitions.some((other) => other.name === name && isLive(other));

/** What becomes of a partition; Created if nothing else. */
const STATE_AFTER: Partial<Record<Throw['deed'], LifecycleState>> = {
  dropPartition: 'Dropping',
  confirmPartitionDrop: 'Dropped',
};

/** What an object has to be like for something to happen to it. */
const STATES_OF: Partial<Record<Throw['deed'], LifecycleState[]>> = {
  markCreated: ['Creating'],
  alterCollection: ['Created'],
  renameCollection: ['Created'],
  dropCollection: ['Created'],
  undropCollection: ['Dropping'],
  confirmDrop: ['Dropping'],
  purgeCollection: ['Creating', 'Dropped'],
  markPartitionCreated: ['Creating'],
  dropPartition: ['Created'],
  undropPartition: ['Dropping'],
  confirmPartitionDrop: ['Dropping'],
  purgePartition: ['Creating', 'Dropped'],
};

/** Histories of that many throws, as commits in order. */
export const someCommits = (throws: number): fc.Arbitrary<readonly Change[][]> =>
  fc.array(aThrow, { minLength: throws, maxLength: throws, size: 'max' }).map((thrown) => {
    const player = new Player();
    for (const each of thrown) player.play(each);
    return player.commits;
  });

/** A catalog of the first databases, to which these transitions were applied. */
export function catalogAfter(transitions: readonly Transition[]): Catalog {
  const catalog = new Catalog();
  for (const after of FIRST_DATABASES) {
    catalog.apply({ kind: 'database', before: undefined, after });
  }
  for (const transition of transitions) catalog.apply(transition);
  return catalog;
}

export function worldAfter(transitions: readonly Transition[]): World {
  const world = new World();
  for (const transition of transitions) world.apply(transition);
  return world;
}

/** The world at a moment, by the timestamps of the changes. */
export const worldAt = (changes: readonly Change[], at: Timestamp): World =>
  worldAfter(
    changes
      .filter(({ timestamp }) => timestamp <= at)
      .sort((a, b) => Number(a.timestamp - b.timestamp)),
  );

/** Every key of the records there are. */
export const writesOfWorld = ({ databases, collections, aliases }: World): Write[] => [
  ...[...databases.values()].map(databaseWrite),
  ...[...collections.values()].flatMap(collectionWrites),
  ...[...aliases.values()].map((alias) => ({
    kind: 'put' as const,
    key: KEYS.alias(alias.databaseId, alias.name),
    value: encodeAlias(alias),
  })),
];
