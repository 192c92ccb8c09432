import { describe, expect, it } from 'vitest';
import type { PartitionId } from '../../../../src/domain/ids.js';
import type { PartitionRecord } from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import { decodePartition } from '../../../../src/root/catalog/collection.codec.js';
import type { Plan, PlanRules } from '../../../../src/root/ddl/plan.js';
import {
  planConfirmPartitionDrop,
  planCreatePartition,
  planDropPartition,
  planMarkPartitionCreated,
  planPurgePartition,
} from '../../../../src/root/ddl/plans/partitions.js';
import { KEYS } from '../../../kit/catalog-store.js';
import {
  aStamp,
  asCommit,
  catalogOf,
  parentOf,
  RULES,
  withLimits,
} from '../../../kit/ddl-fixtures.js';
import {
  aCollectionWith,
  aPartition,
  aPartitionCreate,
  aPartitionDrop,
  COLLECTION_ID,
  partitionChangeOf,
} from '../../../kit/partition-fixtures.js';
import { aRecord } from '../../../kit/records.js';

const NOTHING = { kind: 'nothing' };
const PARTITION_ID = 900n as PartitionId;
const KEY = KEYS.partition(COLLECTION_ID, PARTITION_ID);

const catalogWith = (...partitions: PartitionRecord[]): Catalog =>
  catalogOf([aCollectionWith(partitions)]);

const aliased = (catalog: Catalog): Catalog => {
  const alias = {
    databaseId: aRecord().databaseId,
    name: 'also',
    collectionId: COLLECTION_ID,
    createdAt: 3_000n as Timestamp,
  };
  catalog.apply({ kind: 'alias', before: undefined, after: alias });
  return catalog;
};

describe('a create of a partition', () => {
  const create = (catalog = catalogWith(), command = aPartitionCreate('p'), rules = RULES) =>
    planCreatePartition(catalog, command, rules, aStamp({ firstId: PARTITION_ID }));

  it('writes one key with the state Creating and summons the actor', () => {
    const plan = asCommit(create());
    const partition = aPartition('p', 'Creating');
    const after = { ...partition, createdAt: 5_000n };
    expect(plan.changes).toEqual([
      {
        kind: 'partition',
        operation: 'partition.creating',
        collectionId: COLLECTION_ID,
        databaseId: 1n,
        before: undefined,
        after,
        timestamp: 5_000n,
        taskId: 1n,
        actor: 'test',
      },
    ]);
    const write = parentOf(plan);
    expect(write.key).toBe(KEY);
    expect(write.kind === 'put' && decodePartition(write.value)).toEqual(after);
    expect(plan.followUp).toMatchObject({
      kind: 'summonPartition',
      origin: 'ddl',
      subject: { partition: after },
    });
  });

  it('finds its collection by an alias', () => {
    const plan = asCommit(create(aliased(catalogWith()), aPartitionCreate('p', 'also')));
    expect(partitionChangeOf(plan).collectionId).toBe(COLLECTION_ID);
  });

  it('is done at once when the partition is there, even when nothing more would fit', () => {
    const full = withLimits({ maxPartitionNum: 1, maxGeneralCapacity: 0 });
    expect(create(catalogWith(aPartition('p')), aPartitionCreate('p'), full)).toEqual(NOTHING);
  });

  it('takes the name of a partition that is being dropped', () => {
    const plan = asCommit(create(catalogWith(aPartition('p', 'Dropping', 800n))));
    expect(partitionChangeOf(plan).after?.id).toBe(PARTITION_ID);
  });

  it('counts only live partitions against the limit', () => {
    const dropped = [1n, 2n, 3n].map((id) => aPartition(`d${id}`, 'Dropping', id));
    const rules = withLimits({ maxPartitionNum: 2 });
    expect(create(catalogWith(...dropped), aPartitionCreate('p'), rules).kind).toBe('commit');
  });

  it.each([
    [
      'there is no such database',
      catalogWith(),
      { ...aPartitionCreate('p'), databaseName: 'nowhere' },
      RULES,
      [800, 'database not found[database=nowhere]'],
    ],
    [
      'there is no such collection',
      catalogWith(),
      aPartitionCreate('p', 'nothing'),
      RULES,
      [100, 'collection not found[database=default][collection=nothing]'],
    ],
    [
      'the collection is being created',
      catalogOf([aRecord({ name: 'c', state: 'Creating' })]),
      aPartitionCreate('p'),
      RULES,
      [100, 'collection not found[database=default][collection=c]'],
    ],
    [
      'the collection is being dropped',
      catalogOf([aRecord({ name: 'c', state: 'Dropping' })]),
      aPartitionCreate('p'),
      RULES,
      [100, 'collection not found[database=default][collection=c]'],
    ],
    [
      'somebody else is creating it',
      catalogWith(aPartition('p', 'Creating')),
      aPartitionCreate('p'),
      RULES,
      [2, 'service unavailable: the partition is being created'],
    ],
    [
      'the capacity is used up',
      catalogWith(),
      aPartitionCreate('p'),
      withLimits({ maxGeneralCapacity: 1, maxPartitionNum: 1 }),
      [250, 'general capacity exceeded[current=2][limit=1]'],
    ],
    [
      'the collection has as many as it may',
      catalogWith(aPartition('q', 'Creating')),
      aPartitionCreate('p'),
      withLimits({ maxPartitionNum: 2 }),
      [65535, 'partition number (2) exceeds max configuration (2), collection: c'],
    ],
  ] as const)('is refused when %s', (_title, catalog, command, rules, [code, message]) => {
    expect(() => create(catalog, command, rules)).toThrow(
      expect.objectContaining({ code, message }),
    );
  });

  it('weighs its shards against the capacity', () => {
    const catalog = catalogOf([aCollectionWith([], { shardsNum: 4 })]);
    const rules = withLimits({ maxGeneralCapacity: 7 });
    expect(() => create(catalog, aPartitionCreate('p'), rules)).toThrow(
      'general capacity exceeded[current=8][limit=7]',
    );
  });
});

describe('a drop of a partition', () => {
  const drop = (catalog = catalogWith(aPartition('p')), command = aPartitionDrop('p')) =>
    planDropPartition(catalog, command, { ...RULES, undropKeepMs: 1_000 }, aStamp());

  it('is final from the beginning where no drop is kept', () => {
    const plan = planDropPartition(
      catalogWith(aPartition('p')),
      aPartitionDrop('p'),
      RULES,
      aStamp(),
    );
    expect(partitionChangeOf(asCommit(plan)).after).toEqual(aPartition('p', 'Dropped'));
  });

  it('writes one key with the state Dropping and summons the actor', () => {
    const plan = asCommit(drop());
    const after = aPartition('p', 'Dropping');
    expect(plan.changes).toMatchObject([
      { operation: 'partition.dropping', before: aPartition('p'), after, timestamp: 5_000n },
    ]);
    expect(parentOf(plan).key).toBe(KEY);
    expect(plan.followUp).toMatchObject({ kind: 'summonPartition', subject: { partition: after } });
  });

  it.each([
    ['there is no such partition', catalogWith()],
    ['it is being created', catalogWith(aPartition('p', 'Creating'))],
    ['it is being dropped already', catalogWith(aPartition('p', 'Dropping'))],
  ])('is done at once when %s', (_title, catalog) => {
    expect(drop(catalog)).toEqual(NOTHING);
  });

  it.each([
    [
      'there is no such collection',
      aPartitionDrop('p', 'nothing'),
      [100, 'collection not found[database=default][collection=nothing]'],
    ],
    [
      'it is the default partition, whatever the collection',
      aPartitionDrop('_default', 'nothing'),
      [65535, 'default partition cannot be deleted'],
    ],
  ] as const)('is refused when %s', (_title, command, [code, message]) => {
    expect(() => drop(catalogWith(), command)).toThrow(expect.objectContaining({ code, message }));
  });
});

describe('what a partition asks for in its life', () => {
  const ids = { collectionId: COLLECTION_ID, partitionId: PARTITION_ID };
  const mark = (catalog: Catalog) =>
    planMarkPartitionCreated(catalog, { kind: 'markPartitionCreated', ...ids }, RULES, aStamp());
  const purge = (catalog: Catalog) =>
    planPurgePartition(catalog, { kind: 'purgePartition', ...ids }, RULES, aStamp());

  it('to be Created', () => {
    const plan = asCommit(mark(catalogWith(aPartition('p', 'Creating'))));
    expect(partitionChangeOf(plan)).toMatchObject({
      operation: 'partition.created',
      after: aPartition('p'),
    });
    expect(plan.followUp).toMatchObject({
      kind: 'settle',
      record: { partitions: [{ name: '_default' }, aPartition('p')] },
    });
  });

  it('is refused once its collection is gone', () => {
    for (const state of ['Dropping', 'Creating'] as const) {
      const catalog = catalogOf([aCollectionWith([aPartition('p', 'Creating')], { state })]);
      expect(() => mark(catalog)).toThrow('collection not found[collection=100]');
    }
    expect(() => mark(catalogOf([]))).toThrow('collection not found[collection=100]');
  });

  it('to be Created is a defect when it is not being created', () => {
    expect(() => mark(catalogWith(aPartition('p')))).toThrow('only a partition being created');
  });

  it.each([
    ['Dropped', 'partition.dropped'],
    ['Creating', 'partition.undone'],
  ] as const)('to be purged when %s', (state, operation) => {
    const plan = asCommit(purge(catalogWith(aPartition('p', state))));
    expect(partitionChangeOf(plan)).toMatchObject({ operation, after: undefined });
    expect(parentOf(plan)).toEqual({ kind: 'remove', key: KEY });
  });

  it('to be purged is done at once when it or its collection is gone', () => {
    expect(purge(catalogWith())).toEqual(NOTHING);
    expect(purge(catalogOf([]))).toEqual(NOTHING);
  });

  it('to be purged while clients see it is a defect', () => {
    expect(() => purge(catalogWith(aPartition('p')))).toThrow(
      'a visible partition is never purged',
    );
  });
});

describe('a partition drop becomes final', () => {
  const KEEP_MS = 1_000;
  const rules = { ...RULES, undropKeepMs: KEEP_MS };
  const ms = (physical: number) => (BigInt(physical) << 18n) as Timestamp;
  const confirm = (
    droppedAt: Timestamp | undefined,
    now: Timestamp,
    catalog: Catalog,
    differences: Partial<PlanRules> = {},
  ) =>
    planConfirmPartitionDrop(
      catalog,
      {
        kind: 'confirmPartitionDrop',
        collectionId: COLLECTION_ID,
        partitionId: PARTITION_ID,
        droppedAt,
      },
      { ...rules, ...differences },
      aStamp({ timestamp: now }),
    );
  const dropping = aPartition('p', 'Dropping');
  const isFinal = (plan: Plan) =>
    expect(partitionChangeOf(asCommit(plan))).toMatchObject({
      operation: 'partition.final',
      before: dropping,
      after: aPartition('p', 'Dropped'),
    });

  it('not before the keep time is over', () => {
    const catalog = catalogWith(dropping);
    expect(() => confirm(ms(5_000), ms(5_999), catalog)).toThrow('can still be taken back');
    isFinal(confirm(ms(5_000), ms(6_000), catalog));
  });

  it('at once when the journal no longer tells when it was', () => {
    isFinal(confirm(undefined, ms(1), catalogWith(dropping)));
  });

  it('never when it was taken back', () => {
    expect(() => confirm(undefined, ms(9_000), catalogWith(aPartition('p')))).toThrow(
      'can still be taken back',
    );
  });

  it('never while its collection is dropped, with which it may come back', () => {
    const catalog = catalogOf([aCollectionWith([dropping], { state: 'Dropping' })]);
    expect(() => confirm(ms(5_000), ms(9_000), catalog)).toThrow('can still be taken back');
  });

  it('with nothing to do when it is so already, or nothing is left', () => {
    const done = [catalogWith(aPartition('p', 'Dropped')), catalogWith(), catalogOf([])];
    expect(done.map((catalog) => confirm(undefined, ms(1), catalog))).toEqual(
      done.map(() => NOTHING),
    );
  });

  it('before its time while more are kept than may be, in its collection or in all', () => {
    const other = { ...aPartition('q', 'Dropping'), id: 7_777n as PartitionId };
    const [one, two] = [catalogWith(dropping), catalogWith(dropping, other)];
    for (const tooFew of [{ keptMax: 1 }, { keptPartitionsMax: 1 }]) {
      isFinal(confirm(ms(5_000), ms(5_001), two, tooFew));
      expect(() => confirm(ms(5_000), ms(5_001), one, tooFew)).toThrow('can still be taken back');
    }
  });
});
