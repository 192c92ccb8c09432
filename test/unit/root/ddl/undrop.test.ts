import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId } from '../../../../src/domain/ids.js';
import type { AliasRecord, CollectionRecord } from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { decodeAlias } from '../../../../src/root/catalog/alias.codec.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import { planConfirmDrop } from '../../../../src/root/ddl/plans/lifecycle.js';
import {
  planUndropCollection,
  planUndropPartition,
} from '../../../../src/root/ddl/plans/undrop.js';
import type {
  UndropCollectionCommand,
  UndropPartitionCommand,
} from '../../../../src/root/ddl/undrop-commands.js';
import { KEYS } from '../../../kit/catalog-store.js';
import {
  aStamp,
  asCommit,
  catalogOf,
  parentOf,
  RULES,
  recordOf,
  withLimits,
} from '../../../kit/ddl-fixtures.js';
import {
  aCollectionWith,
  aPartition,
  COLLECTION_ID,
  partitionChangeOf,
} from '../../../kit/partition-fixtures.js';
import { aRecord } from '../../../kit/records.js';

const NOTHING = { kind: 'nothing' };
const KEEP_MS = 1_000;
const rules = { ...RULES, undropKeepMs: KEEP_MS };
const ms = (physical: number) => (BigInt(physical) << 18n) as Timestamp;
const DROPPED_AT = ms(5_000);
const NOW = ms(5_999);
const FINAL = 'its drop is final since 1970-01-01T00:00:06.000Z';

const lastSeen = aCollectionWith([aPartition('p'), aPartition('gone', 'Dropping', 901n)]);
const dropped: CollectionRecord = { ...lastSeen, state: 'Dropping', updatedAt: DROPPED_AT };

const anUndrop = (differences: Partial<UndropCollectionCommand> = {}): UndropCollectionCommand => ({
  kind: 'undropCollection',
  databaseName: 'default',
  collectionName: 'c',
  collectionId: COLLECTION_ID,
  newName: '',
  droppedAt: DROPPED_AT,
  lastSeen,
  aliases: [],
  ...differences,
});

const anAlias = (name: string, collectionId = 7n as CollectionId): AliasRecord => ({
  databaseId: 1n as DatabaseId,
  name,
  collectionId,
  createdAt: 3_000n as Timestamp,
});

const other = aRecord({ id: 7n as CollectionId, name: 'other' });
const namesake = aRecord({ id: 8n as CollectionId, name: 'c' });

function catalogWith(records: CollectionRecord[], aliases: AliasRecord[] = []): Catalog {
  const catalog = catalogOf(records);
  for (const after of aliases) catalog.apply({ kind: 'alias', before: undefined, after });
  return catalog;
}

const undrop = (
  catalog: Catalog,
  command = anUndrop(),
  limits: Parameters<typeof withLimits>[0] = {},
) =>
  planUndropCollection(
    catalog,
    command,
    { ...withLimits(limits), undropKeepMs: KEEP_MS },
    aStamp({ timestamp: NOW }),
  );

describe('an undrop of a collection', () => {
  it('makes it what it was, by its one key, at the time of the undrop', () => {
    const plan = asCommit(undrop(catalogWith([dropped])));
    const after = { ...dropped, state: 'Created', updatedAt: NOW };
    expect(plan.changes).toEqual([
      {
        kind: 'collection',
        operation: 'collection.undropped',
        before: dropped,
        after,
        timestamp: NOW,
        taskId: 1n,
        actor: 'test',
      },
    ]);
    expect(parentOf(plan)).toMatchObject({
      kind: 'put',
      key: KEYS.collection(1n as DatabaseId, COLLECTION_ID),
    });
    expect(plan.children).toEqual([]);
    expect(plan.followUp).toEqual({ kind: 'summon', record: after, origin: 'alteration' });
  });

  it('leaves partitions that were being dropped by themselves at it', () => {
    const { partitions } = recordOf(undrop(catalogWith([dropped])));
    expect(partitions.map(({ name, state }) => [name, state])).toEqual([
      ['_default', 'Created'],
      ['p', 'Created'],
      ['gone', 'Dropping'],
    ]);
  });

  it('gives it another name, in its schema, too', () => {
    const catalog = catalogWith([dropped, namesake]);
    const after = recordOf(undrop(catalog, anUndrop({ newName: 'd' })));
    expect([after.name, after.schema.name, after.databaseId]).toEqual(['d', 'd', 1n]);
    expect(after.schema.fields).toBe(dropped.schema.fields);
  });

  it('brings back aliases whose names are free, in the same commit', () => {
    const catalog = catalogWith(
      [dropped, other, aRecord({ id: 9n as CollectionId, name: 'b', state: 'Creating' })],
      [anAlias('x')],
    );
    const aliases = ['a', 'x', 'other', 'b', 'z'];
    const plan = asCommit(undrop(catalog, anUndrop({ aliases })));
    const [, ...created] = plan.changes;
    expect(created.map(({ operation, after }) => [operation, after])).toEqual(
      ['a', 'z'].map((name) => [
        'alias.created',
        { databaseId: 1n, name, collectionId: COLLECTION_ID, createdAt: NOW },
      ]),
    );
    const [, ...puts] = plan.writes;
    expect(puts.map((put) => put.kind === 'put' && decodeAlias(put.value).name)).toEqual([
      'a',
      'z',
    ]);
  });

  it('cannot be an alias of itself', () => {
    const command = anUndrop({ newName: 'a', aliases: ['a'] });
    expect(asCommit(undrop(catalogWith([dropped]), command)).changes).toHaveLength(1);
  });

  it('is done at once when it is back already', () => {
    expect(undrop(catalogWith([lastSeen]))).toEqual(NOTHING);
    expect(undrop(catalogWith([lastSeen]), anUndrop({ newName: 'c' }))).toEqual(NOTHING);
  });

  const notFound = (why: string) => [
    100,
    `collection not found[database=default][collection=c]: the drop cannot be taken back, ${why}`,
  ];
  const inDatabase = (databaseId: bigint) => ({
    ...dropped,
    databaseId: databaseId as DatabaseId,
  });
  const partless = { ...dropped, schema: { ...dropped.schema, fields: [] } };

  it.each([
    ['it is gone', catalogWith([]), {}, {}, notFound('it is not dropped')],
    [
      'it is there under another name',
      catalogWith([lastSeen]),
      { newName: 'd' },
      {},
      notFound('it is not dropped'),
    ],
    [
      'it is being created',
      catalogWith([{ ...lastSeen, state: 'Creating' }]),
      {},
      {},
      notFound('it is not dropped'),
    ],
    [
      'it was dropped anew since',
      catalogWith([{ ...dropped, updatedAt: ms(5_500) }]),
      {},
      {},
      notFound('it is not dropped'),
    ],
    [
      'history was folded past its drop',
      catalogWith([dropped]),
      { lastSeen: undefined },
      {},
      notFound('history does not reach back to its drop'),
    ],
    [
      'a purge removed some of its fields before a crash',
      catalogWith([partless]),
      {},
      {},
      notFound('parts of it are gone already'),
    ],
    [
      'a purge removed a partition before a crash',
      catalogWith([{ ...dropped, partitions: dropped.partitions.slice(0, 1) }]),
      {},
      {},
      notFound('parts of it are gone already'),
    ],
    [
      'its database is gone',
      catalogWith([inDatabase(5n)]),
      {},
      {},
      [800, 'database not found[database=default]'],
    ],
    [
      'another collection has the name',
      catalogWith([dropped, namesake]),
      {},
      {},
      [
        65535,
        'collection name [c] is taken by a collection of database [default], please choose another name',
      ],
    ],
    [
      'another collection is being created under the name',
      catalogWith([dropped, { ...namesake, state: 'Creating' }]),
      {},
      {},
      [
        65535,
        'collection name [c] is taken by a collection of database [default], please choose another name',
      ],
    ],
    [
      'the new name is an alias',
      catalogWith([dropped, other], [anAlias('d')]),
      { newName: 'd' },
      {},
      [
        65535,
        'collection name [d] is taken by an alias of database [default], please choose another name',
      ],
    ],
    [
      'the database has as many collections as it may',
      catalogWith([dropped, other]),
      {},
      { maxCollectionNumPerDatabase: 1 },
      [102, 'exceeded the limit number of collections[dbName=default][limit=1]'],
    ],
    [
      'there are as many collections as there may be',
      catalogWith([dropped, other]),
      {},
      { maxCollectionNum: 1 },
      [102, 'exceeded the limit number of collections[dbName=default][limit=1]'],
    ],
    [
      'its live partitions would not fit',
      catalogWith([dropped, other]),
      {},
      { maxGeneralCapacity: 2 },
      [250, 'general capacity exceeded[current=3][limit=2]'],
    ],
  ])('is refused when %s', (_title, catalog, command, limits, [code, message]) => {
    expect(() => undrop(catalog, anUndrop(command), limits)).toThrow(
      expect.objectContaining({ code, message }),
    );
  });

  it('is refused from the very millisecond its keep time ends', () => {
    const at = (timestamp: Timestamp) => () =>
      planUndropCollection(catalogWith([dropped]), anUndrop(), rules, aStamp({ timestamp }));
    expect(at(((ms(6_000) as bigint) - 1n) as Timestamp)).not.toThrow();
    expect(at(ms(6_000))).toThrow(FINAL);
  });
});

describe('a drop becomes final', () => {
  const confirm = (record: CollectionRecord, timestamp: Timestamp) =>
    planConfirmDrop(
      catalogWith([record]),
      { kind: 'confirmDrop', collectionId: COLLECTION_ID },
      rules,
      aStamp({ timestamp }),
    );

  it('in the very millisecond from which no undrop is granted', () => {
    expect(() => confirm(dropped, NOW)).toThrow('can still be taken back');
    expect(recordOf(confirm(dropped, ms(6_000)))).toEqual({ ...dropped, state: 'Dropped' });
  });

  it('and stays so, however long drops are kept from then on', () => {
    const longer = { ...rules, undropKeepMs: 1_000 * KEEP_MS };
    const catalog = catalogWith([{ ...dropped, state: 'Dropped' }]);
    const stamp = aStamp({ timestamp: NOW });
    expect(() => planUndropCollection(catalog, anUndrop(), longer, stamp)).toThrow(
      'the drop cannot be taken back, its drop is final',
    );
  });

  it('never once it was taken back, however long ago', () => {
    expect(() => confirm(lastSeen, ms(900_000))).toThrow('can still be taken back');
  });
});

describe('an undrop of a partition', () => {
  const dropping = aPartition('p', 'Dropping');
  const command: UndropPartitionCommand = {
    kind: 'undropPartition',
    databaseName: 'default',
    collectionName: 'c',
    partitionName: 'p',
    partitionId: dropping.id,
    droppedAt: DROPPED_AT,
  };
  const undropPartition = (
    collection: CollectionRecord,
    differences: Partial<UndropPartitionCommand> = {},
    limits: Parameters<typeof withLimits>[0] = {},
    timestamp = NOW,
  ) =>
    planUndropPartition(
      catalogWith([collection]),
      { ...command, ...differences },
      { ...withLimits(limits), undropKeepMs: KEEP_MS },
      aStamp({ timestamp }),
    );

  it('makes it what it was, by its one key', () => {
    const plan = asCommit(undropPartition(aCollectionWith([dropping])));
    expect(partitionChangeOf(plan)).toMatchObject({
      operation: 'partition.undropped',
      before: dropping,
      after: aPartition('p'),
      timestamp: NOW,
    });
    expect(parentOf(plan).key).toBe(KEYS.partition(COLLECTION_ID, dropping.id));
    expect(plan.followUp).toMatchObject({
      kind: 'summonPartition',
      origin: 'alteration',
      subject: { partition: aPartition('p') },
    });
  });

  it('is done at once when it is back already', () => {
    expect(undropPartition(aCollectionWith([aPartition('p')]))).toEqual(NOTHING);
  });

  const notFound = (why: string) => [
    200,
    `partition not found[collection=c][partition=p]: the drop cannot be taken back, ${why}`,
  ];
  const one = aCollectionWith([dropping]);

  it.each([
    ['it is gone', aCollectionWith([]), {}, {}, notFound('it is not dropped')],
    [
      'it is being created',
      aCollectionWith([aPartition('p', 'Creating')]),
      {},
      {},
      notFound('it is not dropped'),
    ],
    [
      'its drop is final, however long drops are kept',
      aCollectionWith([aPartition('p', 'Dropped')]),
      {},
      {},
      notFound('its drop is final'),
    ],
    [
      'history was folded past its drop',
      one,
      { droppedAt: undefined },
      {},
      notFound('history does not reach back to its drop'),
    ],
    [
      'the keep time is over',
      one,
      { droppedAt: ms(4_999) },
      {},
      notFound(FINAL.replace('06.000', '05.999')),
    ],
    [
      'its collection is dropped',
      aCollectionWith([dropping], { state: 'Dropping' }),
      {},
      {},
      [100, 'collection not found[database=default][collection=c]'],
    ],
    [
      'there is no such database',
      one,
      { databaseName: 'nowhere' },
      {},
      [800, 'database not found[database=nowhere]'],
    ],
    [
      'another partition has the name',
      aCollectionWith([dropping, aPartition('p', 'Created', 901n)]),
      {},
      {},
      [65535, 'partition name [p] is taken by a partition of collection [c]'],
    ],
    [
      'another partition is being created under the name',
      aCollectionWith([dropping, aPartition('p', 'Creating', 901n)]),
      {},
      {},
      [65535, 'partition name [p] is taken by a partition of collection [c]'],
    ],
    [
      'the collection has as many as it may',
      one,
      {},
      { maxPartitionNum: 1 },
      [65535, 'partition number (1) exceeds max configuration (1), collection: c'],
    ],
    [
      'it would not fit',
      one,
      {},
      { maxGeneralCapacity: 1 },
      [250, 'general capacity exceeded[current=2][limit=1]'],
    ],
  ])('is refused when %s', (_title, collection, differences, limits, [code, message]) => {
    expect(() => undropPartition(collection, differences, limits)).toThrow(
      expect.objectContaining({ code, message }),
    );
  });
});
