import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../../src/domain/ids.js';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import {
  bytesOf,
  type CommitLimits,
  type KeyValue,
  type Write,
} from '../../../../src/ports/meta-store.js';
import { childKeys } from '../../../../src/root/catalog/collection.codec.js';
import { Journal } from '../../../../src/root/catalog/journal.js';
import type { CreateCollectionCommand } from '../../../../src/root/ddl/commands.js';
import {
  type CommitUnit,
  checkPlanFits,
  type PlannedCommit,
  type PlannedTask,
  packCommits,
} from '../../../../src/root/ddl/commit-units.js';
import type { CommitPlan } from '../../../../src/root/ddl/plan.js';
import { planCreateCollection } from '../../../../src/root/ddl/plans/create-collection.js';
import { planDropCollection } from '../../../../src/root/ddl/plans/drop-collection.js';
import { planMarkCreated, planPurgeCollection } from '../../../../src/root/ddl/plans/lifecycle.js';
import {
  collectionWrites,
  KEYS,
  loadedFrom,
  rowsUnder,
  storeOf,
} from '../../../kit/catalog-store.js';
import {
  aDrop,
  aPartitionedCreate,
  aStamp,
  asCommit,
  catalogOf,
  collectionChangeOf,
  parentOf,
  RULES,
  recordOf,
  writesOf,
} from '../../../kit/ddl-fixtures.js';
import { refusalOf } from '../../../kit/refusals.js';

const ETCD: CommitLimits = { operationsMax: 127, bytesMax: 1_556_480 };
const EMBEDDED: CommitLimits = { operationsMax: 4_096, bytesMax: 16 * 2 ** 20 };

/** Some two seconds each on a quiet machine. */
const PATIENCE = { timeout: 60_000 };

type Word = 'create' | 'created' | 'drop' | 'purge';

const journal = new Journal(KEYS, 0n);

/** The plan of each word in the life of a collection of so many partitions. */
function planned(word: Word, index: number, partitions: number, wordsLength = 0): PlannedTask {
  const plan = planOf(word, index, {
    ...aPartitionedCreate(`c${index}`, partitions),
    properties: [{ key: 'note', value: 'x'.repeat(wordsLength) }],
  });
  const taskId = BigInt(index + 1) as TaskId;
  return { taskId, plan, journalBytes: bytesOfChanges(plan) };
}

const bytesOfChanges = ({ changes }: PlannedCommit): number =>
  changes.reduce((sum, change) => sum + journal.bytesOf(change), 0);

function planOf(word: Word, index: number, command: CreateCollectionCommand): CommitPlan {
  const stamp = aStamp({ firstId: BigInt(10_000 * (index + 1)) });
  const create = asCommit(planCreateCollection(catalogOf(), command, RULES, stamp));
  const creating = recordOf(create);
  const created = { ...creating, state: 'Created' as const };
  const final = { ...creating, state: 'Dropped' as const };
  switch (word) {
    case 'create':
      return create;
    case 'created': {
      const mark = { kind: 'markCreated', record: creating } as const;
      return asCommit(planMarkCreated(catalogOf([creating]), mark, RULES, stamp));
    }
    case 'drop':
      return asCommit(planDropCollection(catalogOf([created]), aDrop(created.name), RULES, stamp));
    case 'purge': {
      const purge = { kind: 'purgeCollection', collectionId: creating.id } as const;
      return asCommit(planPurgeCollection(catalogOf([final]), purge, RULES, stamp));
    }
  }
}

const writesOfTask = ({ plan }: PlannedTask): Write[] => writesOf(plan);

/** The commit as it goes to the store, its journal entry included. */
function committed(unit: CommitUnit): Write[] {
  const changes = unit.changing.flatMap(({ plan }) => plan.changes);
  return changes.length === 0 ? [...unit.writes] : [...unit.writes, journal.entry(changes)];
}

function expectWithin(units: readonly CommitUnit[], limits: CommitLimits): void {
  for (const unit of units) {
    const writes = committed(unit);
    expect(writes.length).toBeLessThanOrEqual(limits.operationsMax);
    expect(writes.reduce((sum, write) => sum + bytesOf(write), 0)).toBeLessThanOrEqual(
      limits.bytesMax,
    );
  }
}

describe('packing', () => {
  it('makes one commit of what fits into one', () => {
    const tasks = Array.from({ length: 15 }, (_, i) => planned('create', i, 1));
    const [unit, ...more] = packCommits(tasks, ETCD);
    expect(more).toEqual([]);
    expect(unit?.writes).toEqual(tasks.flatMap(writesOfTask));
    expect(unit?.changing).toEqual(tasks);
    expect(unit?.completing).toEqual(tasks);
  });

  it('starts another commit when the operations are used up, the journal entry counted', () => {
    const tasks = Array.from({ length: 64 }, (_, i) => planned('drop', i, 1));
    const room = (operationsMax: number) => packCommits(tasks, { ...ETCD, operationsMax });
    expect(room(65)).toHaveLength(1);
    expect(room(64)).toHaveLength(2);
  });

  it('counts what the journal says of collections with many partitions when they are dropped', () => {
    const tasks = Array.from({ length: 64 }, (_, i) => planned('drop', i, 1_024));
    const units = packCommits(tasks, ETCD);
    expect(units.length).toBeGreaterThan(1);
    expectWithin(units, ETCD);
  });

  it('does so when they become Created, and with long properties', () => {
    for (const word of ['created', 'drop', 'purge', 'create'] as const) {
      const tasks = Array.from({ length: 40 }, (_, i) => planned(word, i, 2, 60_000));
      expectWithin(packCommits(tasks, ETCD), ETCD);
    }
  });

  it('lets a plan that writes a key again go into the next commit, and later ones with it', () => {
    const [first, other, again, last] = [
      planned('create', 0, 1),
      planned('create', 1, 1),
      planned('created', 0, 1),
      planned('create', 2, 1),
    ];
    const units = packCommits([first, other, again, last], ETCD);
    expect(units.map(({ changing }) => changing)).toEqual([
      [first, other],
      [again, last],
    ]);
    for (const { writes } of units) {
      expect(new Set(writes.map(({ key }) => key)).size).toBe(writes.length);
    }
  });

  it('puts no plan before one that came earlier', () => {
    const sizes = [1, 300, 1, 1, 1_024, 1];
    const tasks = sizes.map((partitions, i) => planned('create', i, partitions));
    const order = packCommits(tasks, ETCD).flatMap(({ completing }) => completing);
    expect(order).toEqual(tasks);
  });
});

describe('a plan too large for one commit', () => {
  it('writes the record in the first and is complete with the last when it comes into being', () => {
    const task = planned('create', 0, 1_024);
    const units = packCommits([task], ETCD);
    expect(units.length).toBe(1 + Math.ceil((writesOfTask(task).length - 1) / 126));
    expect(units[0]?.writes).toEqual([parentOf(task.plan)]);
    expect(units.map(({ changing }) => changing.length)).toEqual([
      1,
      ...units.slice(1).map(() => 0),
    ]);
    expect(units.map(({ completing }) => completing.length)).toEqual([
      ...units.slice(1).map(() => 0),
      1,
    ]);
  });

  it('removes the record in the last when it goes', () => {
    const task = planned('purge', 0, 1_024);
    const units = packCommits([task], ETCD);
    expect(units.at(-1)).toEqual({
      writes: [parentOf(task.plan)],
      changing: [task],
      completing: [task],
    });
    expect(units.slice(0, -1).every(({ changing }) => changing.length === 0)).toBe(true);
  });

  it('is one commit where the store takes more', () => {
    expect(packCommits([planned('create', 0, 1_024)], EMBEDDED)).toHaveLength(1);
  });
});

describe('a collection too large for any commit', PATIENCE, () => {
  const limits: CommitLimits = { operationsMax: 127, bytesMax: 100_000 };

  it('is refused when it is created, while there is still room for its drop', () => {
    const large = planned('create', 0, 1, 45_000);
    expect(() => checkPlanFits(planned('create', 0, 1, 30_000), limits)).not.toThrow();
    const { code, text } = refusalOf(() => checkPlanFits(large, limits));
    expect(code).toBe(1102);
    expect(text).toMatch(/^parameter too large\[collection=c0\]\[bytes=\d+\]\[bytesMax=100000\]: /);
  });

  it('never gets so far that its drop would not fit', () => {
    const check = (length: number, partitions: number) => {
      const create = planned('create', 0, partitions, length);
      if (!isAccepted(create, limits)) return;
      for (const word of ['create', 'created', 'drop', 'purge'] as const) {
        const task = planned(word, 0, partitions, length);
        expect(isAccepted(task, limits)).toBe(true);
        expectWithin(packCommits([task], limits), limits);
      }
    };
    fc.assert(fc.property(fc.nat({ max: 60_000 }), fc.integer({ min: 1, max: 400 }), check));
  });
});

function isAccepted(task: PlannedTask, limits: CommitLimits): boolean {
  try {
    checkPlanFits(task, limits);
    return true;
  } catch {
    return false;
  }
}

const someTasks: fc.Arbitrary<PlannedTask[]> = fc
  .array(
    fc.record({
      word: fc.constantFrom<Word>('create', 'created', 'drop', 'purge'),
      partitions: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
        { weight: 1, arbitrary: fc.integer({ min: 100, max: 400 }) },
      ),
      length: fc.oneof(fc.constant(0), fc.nat({ max: 20_000 })),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((all) => all.map(({ word, partitions, length }, i) => planned(word, i, partitions, length)));

const someLimits: fc.Arbitrary<CommitLimits> = fc.record({
  operationsMax: fc.integer({ min: 12, max: 200 }),
  bytesMax: fc.integer({ min: 120_000, max: 2_000_000 }),
});

describe('any batch', PATIENCE, () => {
  it('is committed whole: every write once, every task complete once, all within the limits', () => {
    const check = (tasks: PlannedTask[], limits: CommitLimits) => {
      const units = packCommits(tasks, limits);
      expectWithin(units, limits);
      const keys = units.flatMap(({ writes }) => writes.map(({ key }) => key));
      expect([...keys].sort()).toEqual(
        tasks.flatMap((t) => writesOfTask(t).map((w) => w.key)).sort(),
      );
      expect(units.flatMap(({ changing }) => changing)).toEqual(tasks);
      expect(units.flatMap(({ completing }) => completing)).toEqual(tasks);
    };
    fc.assert(fc.property(someTasks, someLimits, check), { numRuns: 150 });
  });

  it('leaves only what recovery can finish, whichever commit is the last', async () => {
    const check = async (tasks: PlannedTask[], limits: CommitLimits, stop: number) => {
      const units = packCommits(tasks, limits);
      const done = units.slice(0, stop % (units.length + 1));
      const { store, fence } = storeOf(tasks.flatMap(keysBefore));
      for (const unit of done) {
        for (const write of unit.writes) await store.commit([write], fence);
      }
      const rows = (await rowsUnder(store, 'by-dev/')).map(asPut);
      const { catalog, orphanKeys } = await loadedFrom(rows);
      expect(orphanKeys).toEqual([]);
      for (const record of catalog.allCollections()) expectRecoverable(record, tasks, rows);
    };
    await fc.assert(fc.asyncProperty(someTasks, someLimits, fc.nat(), check), { numRuns: 60 });
  });
});

/** What stood in the store before the task: nothing before a create, every key otherwise. */
function keysBefore({ plan }: PlannedTask): Write[] {
  const { before } = collectionChangeOf(plan);
  return before ? collectionWrites(before) : [];
}

const asPut = ({ key, value }: KeyValue): Write => ({ kind: 'put', key, value });

/** A visible record is whole; one that is not whole has a word recovery acts on, and every key. */
function expectRecoverable(
  record: CollectionRecord,
  tasks: readonly PlannedTask[],
  rows: readonly Write[],
): void {
  const whole = tasks
    .map(({ plan }) => collectionChangeOf(plan))
    .map(({ before, after }) => after ?? before)
    .find((subject) => subject?.id === record.id);
  const isWhole =
    whole !== undefined && childKeys(KEYS, record).length === childKeys(KEYS, whole).length;
  if (record.state === 'Created') expect(isWhole).toBe(true);
  else expect(['Creating', 'Dropped']).toContain(record.state);
  const own = rows.filter(({ key }) => key.includes(`/${record.id}/`)).map(({ key }) => key);
  expect(new Set(childKeys(KEYS, record))).toEqual(new Set(own));
}
