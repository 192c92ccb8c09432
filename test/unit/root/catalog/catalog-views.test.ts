import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId } from '../../../../src/domain/ids.js';
import type { AliasRecord, CollectionRecord } from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { CatalogDraft } from '../../../../src/root/catalog/catalog-draft.js';
import { type CatalogView, resolveCollection } from '../../../../src/root/catalog/catalog-view.js';
import type { Change } from '../../../../src/root/catalog/change.js';
import { NameTable } from '../../../../src/root/catalog/name-table.js';
import {
  catalogAfter,
  DATABASE_NAMES,
  NAMES,
  someCommits,
  type World,
  worldAfter,
} from '../../../kit/catalog-histories.js';
import { aRecord } from '../../../kit/records.js';

const CHANNELS = ['dml_0', 'dml_1', 'dml_2'];
const PATIENCE = { timeout: 60_000 };

interface Subjects {
  readonly databases: readonly DatabaseId[];
  readonly collections: readonly CollectionId[];
}

/** Everything there ever was in a history. */
const subjectsOf = (changes: readonly Change[]): Subjects => ({
  databases: [
    ...new Set([
      ...[1n, 10n].map((id) => id as DatabaseId),
      ...changes.flatMap((c) => (c.kind === 'database' ? ((c.after ?? c.before)?.id ?? []) : [])),
    ]),
  ],
  collections: [
    ...new Set(
      changes.flatMap((c) => (c.kind === 'collection' ? ((c.after ?? c.before)?.id ?? []) : [])),
    ),
  ],
});

const inEach = <T>(databases: readonly DatabaseId[], ask: (id: DatabaseId, name: string) => T) =>
  databases.flatMap((id) => NAMES.map((name) => ask(id, name)));

/** The answer to every question a view can be asked. */
const answersOf = (view: CatalogView, { databases, collections }: Subjects) => ({
  databaseByName: DATABASE_NAMES.map((name) => view.databaseByName(name)),
  databaseById: databases.map((id) => view.databaseById(id)),
  countDatabases: view.countDatabases(),
  collectionById: collections.map((id) => view.collectionById(id)),
  collectionByName: inEach(databases, (id, name) => view.collectionByName(id, name)),
  collectionClaiming: inEach(databases, (id, name) => view.collectionClaiming(id, name)),
  aliasByName: inEach(databases, (id, name) => view.aliasByName(id, name)),
  aliasNamesOf: collections.map((id) => view.aliasNamesOf(id)),
  resolved: inEach(databases, (id, name) => resolveCollection(view, id, name)),
  countCollectionsIn: databases.map((id) => view.countCollectionsIn(id)),
  countCollections: view.countCollections(),
  generalCapacityUsed: view.generalCapacityUsed(),
  countKeptCollections: view.countKeptCollections(),
  countKeptPartitions: view.countKeptPartitions(),
  channelReferences: CHANNELS.map((channel) => view.channelReferences(channel)),
});

/** The same answers, counted anew from the records alone. */
function naiveAnswers(world: World, { databases, collections }: Subjects) {
  const records = [...world.collections.values()];
  const live = records.filter(({ state }) => state === 'Creating' || state === 'Created');
  const aliases = [...world.aliases.values()];
  const named = (among: readonly CollectionRecord[], id: DatabaseId, name: string) =>
    among.find((record) => record.databaseId === id && record.name === name);
  const visible = records.filter(({ state }) => state === 'Created');
  const aliasOf = (id: DatabaseId, name: string) => world.aliases.get(`${id}/${name}`);
  const target = (alias: AliasRecord | undefined) =>
    visible.find(({ id }) => id === alias?.collectionId);
  return {
    databaseByName: DATABASE_NAMES.map((name) =>
      [...world.databases.values()].find((database) => database.name === name),
    ),
    databaseById: databases.map((id) => world.databases.get(id)),
    countDatabases: world.databases.size,
    collectionById: collections.map((id) => world.collections.get(id)),
    collectionByName: inEach(databases, (id, name) => named(visible, id, name)),
    collectionClaiming: inEach(databases, (id, name) => named(live, id, name)),
    aliasByName: inEach(databases, aliasOf),
    aliasNamesOf: collections.map((id) =>
      aliases
        .filter(({ collectionId }) => collectionId === id)
        .sort((a, b) => Number(a.createdAt - b.createdAt))
        .map(({ name }) => name),
    ),
    resolved: inEach(
      databases,
      (id, name) => named(visible, id, name) ?? target(aliasOf(id, name)),
    ),
    countCollectionsIn: databases.map((id) => live.filter((r) => r.databaseId === id).length),
    countCollections: live.length,
    generalCapacityUsed: live.reduce((sum, { partitions, shardsNum }) => {
      const count = partitions.filter(
        (p) => p.state === 'Creating' || p.state === 'Created',
      ).length;
      return sum + count * shardsNum;
    }, 0),
    countKeptCollections: records.filter(({ state }) => state === 'Dropping').length,
    countKeptPartitions: live.flatMap(({ partitions }) =>
      partitions.filter(({ state }) => state === 'Dropping'),
    ).length,
    channelReferences: CHANNELS.map(
      (channel) => records.filter((r) => r.physicalChannels.includes(channel)).length,
    ),
  };
}

describe('a catalog of databases, collections, partitions and aliases', PATIENCE, () => {
  it('answers as a recount of the records would, after any history', () => {
    const check = (commits: readonly Change[][]) => {
      const changes = commits.flat();
      const subjects = subjectsOf(changes);
      const answers = answersOf(catalogAfter(changes), subjects);
      expect(answers).toEqual(naiveAnswers(worldAfter(changes), subjects));
    };
    fc.assert(fc.property(someCommits(80), check), { numRuns: 200 });
  });

  it('lists databases, visible collections, aliases and what can be taken back', () => {
    const check = (commits: readonly Change[][]) => {
      const changes = commits.flat();
      const catalog = catalogAfter(changes);
      const world = worldAfter(changes);
      expect(new Set(catalog.databases())).toEqual(new Set(world.databases.values()));
      const kept = world.inState('Dropping');
      expect(new Set(catalog.keptCollections())).toEqual(new Set(kept));
      for (const id of subjectsOf(changes).databases) {
        const isInside = ({ databaseId }: { databaseId: DatabaseId }) => databaseId === id;
        const visible = world.inState('Created').filter(isInside);
        expect(new Set(catalog.visibleCollections(id))).toEqual(new Set(visible));
        const aliases = [...world.aliases.values()].filter(isInside);
        expect(new Set(catalog.aliases(id))).toEqual(new Set(aliases));
      }
    };
    fc.assert(fc.property(someCommits(80), check), { numRuns: 100 });
  });

  it('lists what was dropped first at the front', () => {
    const [first, second] = [20n, 10n].map((id) => aRecord({ id: id as CollectionId }));
    const dropped = [first, second].flatMap((before) =>
      before
        ? [
            { kind: 'collection' as const, before: undefined, after: before },
            {
              kind: 'collection' as const,
              before,
              after: { ...before, state: 'Dropping' as const },
            },
          ]
        : [],
    );
    const ids = [...catalogAfter(dropped).keptCollections()].map(({ id }) => id);
    expect(ids).toEqual([20n, 10n]);
  });

  it('lists them so whatever the order they are read from a store in', () => {
    const drops = [30n, 10n, 20n].map((updatedAt, i) => ({
      kind: 'collection' as const,
      before: undefined,
      after: aRecord({
        id: BigInt(i + 2) as CollectionId,
        state: 'Dropping',
        updatedAt: updatedAt as Timestamp,
      }),
    }));
    const catalog = catalogAfter(drops);
    expect([...catalog.keptCollections()].map(({ updatedAt }) => updatedAt)).toEqual([
      10n,
      20n,
      30n,
    ]);
    const [last] = drops;
    if (!last) throw new Error('three drops');
    const final = { ...last.after, state: 'Dropped' as const };
    catalog.apply({ ...last, before: last.after, after: final });
    expect([...catalog.keptCollections()].map(({ updatedAt }) => updatedAt)).toEqual([10n, 20n]);
  });

  it('leaves a collection in its place in listings when it or a partition of it is altered', () => {
    const [one, two] = [10n, 20n].map((id) => aRecord({ id: id as CollectionId }));
    if (!one || !two) throw new Error('two records');
    const catalog = catalogAfter([
      { kind: 'collection', before: undefined, after: one },
      { kind: 'collection', before: undefined, after: two },
    ]);
    catalog.apply({
      kind: 'collection',
      before: one,
      after: { ...one, updatedAt: 9_999n as Timestamp },
    });
    const [partition] = one.partitions;
    if (!partition) throw new Error('a partition');
    const { id: collectionId, databaseId } = one;
    const after = { ...partition, state: 'Dropping' as const };
    catalog.apply({ kind: 'partition', collectionId, databaseId, before: partition, after });
    const listed = [...catalog.visibleCollections(databaseId)];
    expect(listed.map(({ id }) => id)).toEqual([10n, 20n]);
    expect(listed[0]).toMatchObject({ updatedAt: 9_999n, partitions: [{ state: 'Dropping' }] });
  });

  it('hands out the same array of alias names until one of them changes', () => {
    const alias = (name: string): AliasRecord => ({
      databaseId: 1n as DatabaseId,
      name,
      collectionId: 10n as CollectionId,
      createdAt: 5n as Timestamp,
    });
    const catalog = catalogAfter([{ kind: 'alias', before: undefined, after: alias('a') }]);
    const names = catalog.aliasNamesOf(10n as CollectionId);
    expect(catalog.aliasNamesOf(10n as CollectionId)).toBe(names);
    expect(catalog.aliasNamesOf(11n as CollectionId)).toBe(
      catalog.aliasNamesOf(12n as CollectionId),
    );
    catalog.apply({ kind: 'alias', before: undefined, after: alias('b') });
    expect([names, catalog.aliasNamesOf(10n as CollectionId)]).toEqual([['a'], ['a', 'b']]);
  });
});

describe('a draft of databases, collections, partitions and aliases', PATIENCE, () => {
  it('answers every question like a catalog in which the staged changes are applied', () => {
    const check = (commits: readonly Change[][], split: number) => {
      const changes = commits.flat();
      const at = split % (changes.length + 1);
      const subjects = subjectsOf(changes);
      const draft = new CatalogDraft(catalogAfter(changes.slice(0, at)));
      for (const change of changes.slice(at)) draft.stage(change);
      expect(answersOf(draft, subjects)).toEqual(answersOf(catalogAfter(changes), subjects));
    };
    fc.assert(fc.property(someCommits(60), fc.nat(), check), { numRuns: 300 });
  });

  it('answers so after each of them, and leaves the catalog as it was', () => {
    const check = (commits: readonly Change[][], split: number) => {
      const changes = commits.flat();
      const at = split % (changes.length + 1);
      const subjects = subjectsOf(changes);
      const base = catalogAfter(changes.slice(0, at));
      const applied = catalogAfter(changes.slice(0, at));
      const before = answersOf(base, subjects);
      const draft = new CatalogDraft(base);
      for (const change of changes.slice(at)) {
        draft.stage(change);
        applied.apply(change);
        expect(answersOf(draft, subjects)).toEqual(answersOf(applied, subjects));
      }
      expect(answersOf(base, subjects)).toEqual(before);
    };
    fc.assert(fc.property(someCommits(24), fc.nat(), check), { numRuns: 60 });
  });
});

describe('NameTable', () => {
  const db = 1n as DatabaseId;
  const named = (id: bigint, name = 'a', databaseId = db) => ({ id, name, databaseId });

  it('keeps equal names of different databases apart', () => {
    const table = new NameTable<ReturnType<typeof named>>();
    const [one, ten] = [named(5n), named(6n, 'a', 10n as DatabaseId)];
    table.set(one);
    table.set(ten);
    expect([table.get(db, 'a'), table.get(10n as DatabaseId, 'a')]).toEqual([one, ten]);
    table.remove(one);
    expect([table.get(db, 'a'), table.get(10n as DatabaseId, 'a')]).toEqual([undefined, ten]);
  });

  it('does not remove the successor under a name with its predecessor', () => {
    const table = new NameTable<ReturnType<typeof named>>();
    table.set(named(5n));
    table.set(named(6n));
    table.remove(named(5n));
    expect(table.get(db, 'a')?.id).toBe(6n);
    table.remove(named(6n));
    expect([...table.in(db)]).toEqual([]);
  });

  it('lists a database in order of insertion, a replaced record in its old place', () => {
    const table = new NameTable<ReturnType<typeof named>>();
    for (const name of ['c', 'a', 'b']) table.set(named(1n, name));
    table.set(named(2n, 'c'));
    expect([...table.in(db)].map(({ id, name }) => `${name}${id}`)).toEqual(['c2', 'a1', 'b1']);
    expect([...table.in(10n as DatabaseId)]).toEqual([]);
  });
});
