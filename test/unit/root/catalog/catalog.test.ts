import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { physicalChannel } from '../../../../src/domain/channels.js';
import {
  type CollectionId,
  type DatabaseId,
  DEFAULT_DATABASE_ID,
} from '../../../../src/domain/ids.js';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import { Catalog } from '../../../../src/root/catalog/catalog.js';
import { CatalogDraft } from '../../../../src/root/catalog/catalog-draft.js';
import type { CatalogView } from '../../../../src/root/catalog/catalog-view.js';
import type { CollectionChange } from '../../../../src/root/catalog/change.js';
import { aDatabase } from '../../../kit/catalog-store.js';
import { aHistory, DATABASES, NAMES, recordsAfter } from '../../../kit/ddl-histories.js';
import { aRecord } from '../../../kit/records.js';

const CHANNELS = Array.from({ length: 6 }, (_, i) => physicalChannel('by-dev-rootcoord-dml', i));

const collection = (before: CollectionRecord | undefined, after: CollectionRecord | undefined) =>
  ({ kind: 'collection', before, after }) as const;

const withDatabases = (): Catalog => {
  const catalog = new Catalog();
  for (const id of DATABASES) {
    const after = aDatabase({ id, name: `db${id}` });
    catalog.apply({ kind: 'database', before: undefined, after });
  }
  return catalog;
};

const catalogAfter = (changes: readonly CollectionChange[]): Catalog => {
  const catalog = withDatabases();
  for (const change of changes) catalog.apply(change);
  return catalog;
};

/** Everything a view answers about these ids, names and channels, as data. */
const answersOf = (view: CatalogView, ids: readonly CollectionId[]) => ({
  databases: ['db1', 'db10', 'db'].map((name) => view.databaseByName(name)),
  byId: ids.map((id) => view.collectionById(id)),
  byName: DATABASES.flatMap((id) => NAMES.map((name) => view.collectionByName(id, name))),
  perDatabase: DATABASES.map((id) => view.countCollectionsIn(id)),
  total: view.countCollections(),
  capacity: view.generalCapacityUsed(),
  references: CHANNELS.map((channel) => view.channelReferences(channel)),
});

const idsIn = (changes: readonly CollectionChange[]): CollectionId[] => [
  ...new Set(changes.flatMap(({ before, after }) => (after ?? before)?.id ?? [])),
];

/** The same answers counted anew from the records alone. */
function naiveAnswers(records: readonly CollectionRecord[], ids: readonly CollectionId[]) {
  const live = records.filter(({ state }) => state === 'Creating' || state === 'Created');
  const visible = records.filter(({ state }) => state === 'Created');
  return {
    databases: [...DATABASES.map((id) => aDatabase({ id, name: `db${id}` })), undefined],
    byId: ids.map((id) => records.find((record) => record.id === id)),
    byName: DATABASES.flatMap((id) =>
      NAMES.map((name) => visible.find((r) => r.databaseId === id && r.name === name)),
    ),
    perDatabase: DATABASES.map((id) => live.filter((r) => r.databaseId === id).length),
    total: live.length,
    capacity: live.reduce((sum, r) => sum + r.partitions.length * r.shardsNum, 0),
    references: CHANNELS.map(
      (channel) => records.filter((r) => r.physicalChannels.includes(channel)).length,
    ),
  };
}

describe('Catalog', { timeout: 60_000 }, () => {
  it('answers as a recount of its records would, after any history', () => {
    const check = (changes: readonly CollectionChange[]) => {
      const ids = idsIn(changes);
      const catalog = catalogAfter(changes);
      const records = recordsAfter(changes);
      expect(answersOf(catalog, ids)).toEqual(naiveAnswers(records, ids));
      const live = records.filter(({ state }) => state === 'Creating' || state === 'Created');
      const partitions = live.flatMap((record) => record.partitions);
      expect(catalog.countPartitions()).toBe(partitions.length);
    };
    fc.assert(fc.property(aHistory(40), check), { numRuns: 300 });
  });

  it('lists what is visible, and every record to those who ask for all', () => {
    const check = (changes: readonly CollectionChange[]) => {
      const catalog = catalogAfter(changes);
      const records = recordsAfter(changes);
      expect(new Set(catalog.allCollections())).toEqual(new Set(records));
      for (const id of DATABASES) {
        const visible = records.filter((r) => r.state === 'Created' && r.databaseId === id);
        expect(new Set(catalog.visibleCollections(id))).toEqual(new Set(visible));
      }
    };
    fc.assert(fc.property(aHistory(40), check), { numRuns: 100 });
  });

  it('hides a collection while it is Creating, but finds it by id', () => {
    const catalog = withDatabases();
    const creating = aRecord({ state: 'Creating' });
    catalog.apply(collection(undefined, creating));
    expect(catalog.collectionByName(creating.databaseId, creating.name)).toBeUndefined();
    expect(catalog.collectionById(creating.id)).toBe(creating);
  });

  it('frees the name at Dropping, and the successor survives the purge of its predecessor', () => {
    const catalog = withDatabases();
    const first = aRecord({ id: 7n as CollectionId, name: 'x' });
    const dropping = { ...first, state: 'Dropping' as const };
    const second = aRecord({ id: 70n as CollectionId, name: 'x' });
    catalog.apply(collection(undefined, first));
    catalog.apply(collection(first, dropping));
    expect(catalog.collectionByName(first.databaseId, 'x')).toBeUndefined();
    catalog.apply(collection(undefined, second));
    catalog.apply(collection(dropping, undefined));
    expect(catalog.collectionByName(first.databaseId, 'x')).toBe(second);
    expect(catalog.collectionById(first.id)).toBeUndefined();
  });

  it('keeps equal names of different databases apart', () => {
    const catalog = withDatabases();
    const one = aRecord({ id: 7n as CollectionId, name: 'x' });
    const ten = aRecord({ id: 8n as CollectionId, name: 'x', databaseId: 10n as DatabaseId });
    catalog.apply(collection(undefined, one));
    catalog.apply(collection(undefined, ten));
    expect(catalog.collectionByName(DEFAULT_DATABASE_ID, 'x')).toBe(one);
    expect(catalog.collectionByName(10n as DatabaseId, 'x')).toBe(ten);
  });

  it('finds a renamed database under its new name only', () => {
    const catalog = new Catalog();
    const before = aDatabase({ name: 'old' });
    const after = aDatabase({ name: 'new' });
    catalog.apply({ kind: 'database', before: undefined, after: before });
    catalog.apply({ kind: 'database', before, after });
    expect(catalog.databaseByName('old')).toBeUndefined();
    expect(catalog.databaseByName('new')).toBe(after);
    expect(catalog.databaseById(after.id)).toBe(after);
  });
});

describe('CatalogDraft', { timeout: 60_000 }, () => {
  it('answers like a catalog in which the staged changes are applied', () => {
    const check = (changes: readonly CollectionChange[], split: number) => {
      const at = split % (changes.length + 1);
      const ids = idsIn(changes);
      const base = catalogAfter(changes.slice(0, at));
      const draft = new CatalogDraft(base);
      for (const [i, change] of changes.slice(at).entries()) {
        draft.stage(change);
        const applied = catalogAfter(changes.slice(0, at + i + 1));
        expect(answersOf(draft, ids)).toEqual(answersOf(applied, ids));
      }
    };
    fc.assert(fc.property(aHistory(16), fc.nat(), check), { numRuns: 200 });
  });

  it('leaves the catalog as it was', () => {
    const check = (changes: readonly CollectionChange[], split: number) => {
      const at = split % (changes.length + 1);
      const ids = idsIn(changes);
      const base = catalogAfter(changes.slice(0, at));
      const before = answersOf(base, ids);
      const draft = new CatalogDraft(base);
      for (const change of changes.slice(at)) draft.stage(change);
      expect(answersOf(base, ids)).toEqual(before);
    };
    fc.assert(fc.property(aHistory(16), fc.nat(), check), { numRuns: 100 });
  });
});
