import { describe, expect, it } from 'vitest';
import { AliasInfo, CollectionInfo } from '../../../../src/gen/etcd_meta.js';
import type { Write } from '../../../../src/ports/meta-store.js';
import { loadCatalog } from '../../../../src/root/catalog/load.js';
import { migrateOldLayouts } from '../../../../src/root/migration/migrate-old-layouts.js';
import { KEYS, rowsUnder, storeOf } from '../../../kit/catalog-store.js';
import {
  aliasInfo,
  DATA_SET_2_1,
  DATA_SET_2_2,
  DATA_SET_2_4,
  DATA_SET_SEED,
  embedded,
  encoded,
  oldKey,
  put,
} from '../../../kit/old-layouts.js';
import { silentLogger } from '../../../kit/silent-logger.js';

const settings = { rootPath: 'by-dev', metaSubPath: 'meta' };

async function migrated(dataSet: readonly Write[]) {
  const { store, fence } = storeOfMany(dataSet);
  const report = await migrateOldLayouts({ store, fence, log: silentLogger, settings });
  const { catalog, orphanKeys } = await loadCatalog(store, KEYS);
  const rows = new Map((await rowsUnder(store, 'by-dev/')).map(({ key, value }) => [key, value]));
  return { report, catalog, orphanKeys, rows, store, fence };
}

const storeOfMany = (writes: readonly Write[]) => storeOf(writes);

const collectionNames = (rows: Map<string, Uint8Array>, prefix: string): string[] =>
  [...rows]
    .filter(([key]) => key.startsWith(prefix))
    .map(([, value]) => CollectionInfo.decode(value).schema?.name ?? '');

function aliasesOf(rows: Map<string, Uint8Array>): Record<string, bigint> {
  const prefix = oldKey('database/aliases/1/');
  const found = [...rows].filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(
    found.map(([key, value]) => {
      const { aliasName, collectionId, dbId, state } = AliasInfo.decode(value);
      expect({ key, dbId, state }).toEqual({ key: `${prefix}${aliasName}`, dbId: 1n, state: 0 });
      return [aliasName, collectionId];
    }),
  );
}

const keysUnder = (rows: Map<string, Uint8Array>, ...tails: string[]): string[] =>
  [...rows.keys()].filter((key) => tails.some((tail) => key.startsWith(oldKey(tail))));

describe('a data set of Milvus 2.1', () => {
  it('loads whole: collections, partitions, fields, channels and times', async () => {
    const { catalog, orphanKeys, report } = await migrated(DATA_SET_2_1);
    expect(orphanKeys).toEqual([]);
    expect(report).toMatchObject({ collections: 3, aliases: 1, tombstones: 2 });
    const old = embedded({ id: 100n, name: 'books', partitions: ['_default', 'old'] });
    expect([...catalog.allCollections()].find(({ name }) => name === 'books')).toMatchObject({
      id: 100n,
      databaseId: 1n,
      state: 'Created',
      schema: {
        description: 'old books',
        fields: old.schema?.fields,
      },
      partitions: [
        { id: 101n, name: '_default', createdAt: 434_000_000_000_000_101n, state: 'Created' },
        { id: 102n, name: 'old', createdAt: 434_000_000_000_000_102n, state: 'Created' },
      ],
      shardsNum: 2,
      virtualChannels: old.virtualChannelNames,
      physicalChannels: old.physicalChannelNames,
      consistencyLevel: 2,
      createdAt: 434_000_000_000_000_100n,
    });
  });

  it('gives a record without shards or partition times what follows from the rest', async () => {
    const { catalog } = await migrated(DATA_SET_2_1);
    expect([...catalog.allCollections()].find(({ name }) => name === 'songs')).toMatchObject({
      shardsNum: 1,
      partitions: [{ createdAt: 434_000_000_000_005_000n }],
    });
  });

  it('moves a collection with more children than one commit takes', async () => {
    const { catalog } = await migrated(DATA_SET_2_1);
    const films = [...catalog.allCollections()].find(({ name }) => name === 'films');
    expect(films?.partitions.map(({ name }) => name).slice(-1)).toEqual(['p299']);
    expect(films?.partitions).toHaveLength(301);
  });

  it('moves aliases and drops the one whose collection does not exist', async () => {
    const { rows, report } = await migrated(DATA_SET_2_1);
    expect(aliasesOf(rows)).toEqual({ library: 100n });
    expect(report.aliasesWithoutCollection).toEqual([oldKey('collection-alias/lost')]);
  });

  it('leaves nothing at the old keys and every other key as it was', async () => {
    const { rows, report } = await migrated(DATA_SET_2_1);
    expect(keysUnder(rows, 'collection/', 'collection-alias/')).toEqual([]);
    const others = DATA_SET_2_1.filter(
      ({ key }) =>
        !/root-coord\/(collection|collection-alias)\//.test(key) || key.includes('/snapshots/'),
    );
    for (const write of others) {
      expect(write.kind === 'put' && rows.get(write.key)).toEqual(
        write.kind === 'put' && write.value,
      );
    }
    expect(report.unannounced).toBe('CreateCollection');
  });

  it('keeps which index stands on which field for the migration of indexes', async () => {
    const { rows } = await migrated(DATA_SET_2_1);
    const kept = rows.get('by-dev/rootstock/old-field-indexes/100');
    expect(CollectionInfo.decode(kept ?? new Uint8Array()).fieldIndexes).toMatchObject([
      { filedID: 101n, indexID: 9100n },
    ]);
  });
});

describe('a data set of Milvus 2.2', () => {
  it('moves records without a database and keeps their state', async () => {
    const { catalog } = await migrated(DATA_SET_2_2);
    const byName = [...catalog.allCollections()].map(({ name, state, databaseId, partitions }) => ({
      name,
      state,
      databaseId,
      partitions: partitions.map((partition) => partition.name),
    }));
    expect(byName.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'birds', state: 'Created', databaseId: 1n, partitions: ['_default', 'sea'] },
      { name: 'going', state: 'Dropping', databaseId: 1n, partitions: [] },
      { name: 'stones', state: 'Created', databaseId: 1n, partitions: ['_default'] },
      { name: 'trees', state: 'Created', databaseId: 1n, partitions: ['_default'] },
    ]);
  });

  it('lets the newer place of an alias or a collection win', async () => {
    const { rows, report } = await migrated(DATA_SET_2_2);
    expect(aliasesOf(rows)).toEqual({ wings: 200n, wood: 300n, stone: 500n });
    expect(report.superseded).toEqual([oldKey('collection/500'), oldKey('aliases/stone')]);
  });

  it('drops aliases of collections that do not exist or are being dropped', async () => {
    const { report } = await migrated(DATA_SET_2_2);
    expect(report.aliasesWithoutCollection).toEqual([
      oldKey('aliases/leaving'),
      oldKey('aliases/nothing'),
    ]);
  });

  it('leaves a collection alone whose name is an alias, and the aliases of it', async () => {
    const { rows, report } = await migrated(DATA_SET_2_2);
    expect(report.skipped).toEqual([oldKey('collection/600'), oldKey('aliases/hidden')]);
    expect(keysUnder(rows, 'collection/', 'aliases/', 'collection-alias/')).toEqual(
      [...report.skipped].sort(),
    );
    expect(collectionNames(rows, oldKey('collection/'))).toEqual(['wings']);
  });
});

describe('a data set of Milvus 2.4', () => {
  it('loads, and its tombstones are swept from the plain keys only', async () => {
    const { catalog, orphanKeys, report, rows } = await migrated(DATA_SET_2_4);
    expect(orphanKeys).toEqual([]);
    expect(report).toMatchObject({ collections: 0, aliases: 0, tombstones: 11 });
    expect([...catalog.allCollections()]).toMatchObject([
      { name: 'clouds', partitions: [{ name: '_default' }, { name: 'high' }] },
    ]);
    const tombstoned = [...rows].filter(([, value]) => value.toString() === '226,155,188');
    expect(tombstoned.every(([key]) => key.startsWith('by-dev/meta/snapshots/'))).toBe(true);
    expect(aliasesOf(rows)).toEqual({ sky: 700n });
  });

  it('loads without a single version left beside the tombstones', async () => {
    const plain = DATA_SET_2_4.filter(({ key }) => !key.includes('/snapshots/'));
    expect((await migrated(plain)).report.tombstones).toBe(11);
  });
});

describe('a data set of a build before 2.0', () => {
  it('loads whole, though its messages are numbered differently', async () => {
    const { catalog, rows } = await migrated(DATA_SET_SEED);
    expect([...catalog.allCollections()]).toMatchObject([
      {
        id: 100n,
        name: 'books',
        shardsNum: 2,
        virtualChannels: ['by-dev-rootcoord-dml_0_100v0', 'by-dev-rootcoord-dml_1_100v1'],
        physicalChannels: ['by-dev-rootcoord-dml_0', 'by-dev-rootcoord-dml_1'],
        partitions: [
          { id: 101n, name: '_default', createdAt: 425_000_000_000_000_000n },
          { id: 1020n, name: 'new' },
        ],
        createdAt: 425_000_000_000_000_000n,
      },
    ]);
    expect(keysUnder(rows, 'collection/', 'partition/')).toEqual([]);
  });

  it.each([
    [
      'a partition without a record',
      'partition/100/1020',
      undefined,
      /partition 1020 has no record/,
    ],
    ['a partition of another id', 'partition/100/101', Uint8Array.of(0x10, 5), /holds partition 5/],
    ['a partition that ends early', 'partition/100/101', Uint8Array.of(0x0a, 9), /ends early/],
  ])('refuses %s', async (_title, tail, value, said) => {
    const others = DATA_SET_SEED.filter(({ key }) => key !== oldKey(tail));
    await expect(migrated(value ? [...others, put(oldKey(tail), value)] : others)).rejects.toThrow(
      said,
    );
  });
});

describe('a record nobody can understand', () => {
  const good = encoded(embedded({ id: 1n, name: 'good', partitions: ['_default'] }));
  const cases: [string, string, Uint8Array, RegExp][] = [
    ['bytes that end early', 'collection/2', Uint8Array.of(0x12, 0x7f, 0x01), /collection\/2 /],
    ['a record of another id', 'collection/2', good, /holds a collection with id 1/],
    [
      'a record without a name',
      'collection/2',
      encoded(CollectionInfo.fromPartial({ ID: 2n })),
      /no name/,
    ],
    ['a key without an id', 'collection/2/3', good, /does not end in 1 id/],
    ['an alias of another name', 'aliases/a', aliasInfo('b', 1n), /an alias named "b"/],
    [
      'fewer partition names than ids',
      'collection/2',
      encoded({
        ...embedded({ id: 2n, name: 'two', partitions: ['a', 'b'] }),
        partitionNames: ['a'],
      }),
      /2 partitions have 1 names/,
    ],
    [
      'fewer partition times than ids',
      'collection/2',
      encoded({
        ...embedded({ id: 2n, name: 'two', partitions: ['a', 'b'] }),
        partitionCreatedTimestamps: [1n],
      }),
      /2 partitions have 1 creation times/,
    ],
    [
      'two partitions of one id',
      'collection/2',
      encoded({
        ...embedded({ id: 2n, name: 'two', partitions: ['a', 'b'] }),
        partitionIDs: [3n, 3n],
      }),
      /same id/,
    ],
  ];

  it.each(cases)(
    '%s: refused with the key named, the record stays',
    async (_title, tail, value, said) => {
      const { store, fence } = storeOf([put(oldKey(tail), value)]);
      const attempt = migrateOldLayouts({ store, fence, log: silentLogger, settings });
      await expect(attempt).rejects.toMatchObject({
        kind: 'ServiceInternal',
        message: expect.stringMatching(said),
      });
      await expect(attempt).rejects.toThrow(oldKey(tail));
      expect(await store.get(oldKey(tail))).toEqual(Buffer.from(value));
    },
  );
});
