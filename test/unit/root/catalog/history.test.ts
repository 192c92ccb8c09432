import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { CollectionId, TaskId } from '../../../../src/domain/ids.js';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { Catalog } from '../../../../src/root/catalog/catalog.js';
import type { CollectionChange } from '../../../../src/root/catalog/change.js';
import { History } from '../../../../src/root/catalog/history.js';
import { encodeHorizon } from '../../../../src/root/catalog/journal.js';
import { collectionWrites, journalWrites, KEYS, loadedFrom } from '../../../kit/catalog-store.js';
import {
  aHistory,
  DATABASES,
  inCommits,
  NAMES,
  recordsAfter,
  snapshotsOf,
} from '../../../kit/ddl-histories.js';
import { aRecord } from '../../../kit/records.js';

/** How many moments of how many histories were compared in all. */
let pairsChecked = 0;
const PAIRS_MIN = 100_000;
/** Some two seconds each on a quiet machine. */
const PATIENCE = { timeout: 60_000 };

/** What tells one version of a collection from every other. */
const wordOf = (record: CollectionRecord | undefined): string =>
  record
    ? `${record.databaseId}/${record.name}#${record.id}:${record.state}@${record.createdAt}-${record.updatedAt}`
    : 'nothing';

const words = (records: Iterable<CollectionRecord>): string =>
  [...records].map(wordOf).sort().join();

/** A catalog and a history that saw the changes as they were committed. */
function lived(changes: readonly CollectionChange[]) {
  const catalog = new Catalog();
  const history = new History(catalog);
  for (const change of changes) play(catalog, history, change);
  return { catalog, history };
}

function play(catalog: Catalog, history: History, change: CollectionChange): void {
  catalog.apply(change);
  history.record(change);
}

function expectSame(
  question: string,
  answer: CollectionRecord | undefined,
  expected: CollectionRecord | undefined,
): void {
  if (answer === expected || wordOf(answer) === wordOf(expected)) return;
  expect.fail(`${question}: ${wordOf(answer)} instead of ${wordOf(expected)}`);
}

/** Every read at every moment of `moments` is what the naive model says. */
function expectTrue(
  history: History,
  changes: readonly CollectionChange[],
  moments: readonly Timestamp[],
): void {
  const ids = new Set(changes.flatMap(({ before, after }) => (after ?? before)?.id ?? []));
  const snapshotAt = snapshotsOf(changes);
  for (const at of moments) {
    const visible = snapshotAt(at);
    for (const id of ids) {
      const expected = visible.find((record) => record.id === id);
      expectSame(`${id} at ${at}`, history.collections.byId(id, at), expected);
    }
    for (const databaseId of DATABASES) {
      const listed = words(history.collections.in(databaseId, at));
      const inDatabase = visible.filter((record) => record.databaseId === databaseId);
      if (listed !== words(inDatabase)) expect.fail(`${databaseId} at ${at}: ${listed}`);
      for (const name of NAMES) {
        const found = history.collections.byName(databaseId, name, at);
        const expected = inDatabase.find((record) => record.name === name);
        expectSame(`${databaseId}/${name} at ${at}`, found, expected);
      }
    }
    pairsChecked++;
  }
}

const newestOf = (changes: readonly CollectionChange[]): bigint =>
  [0n, ...changes.map(({ timestamp }) => timestamp)].sort((a, b) => Number(a - b)).at(-1) ?? 0n;

/** Every moment there is: before the first change, at each, between any two, after the last. */
const momentsOf = (changes: readonly CollectionChange[], from = 99n): Timestamp[] =>
  Array.from(
    { length: Math.max(0, Number(newestOf(changes) + 3n - from)) },
    (_, i) => (from + BigInt(i)) as Timestamp,
  );

const someSizes = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 8 });

const keysOf = (changes: readonly CollectionChange[], sizes: readonly number[]) => [
  ...recordsAfter(changes).flatMap(collectionWrites),
  ...journalWrites(inCommits(changes, sizes)),
];

describe('time travel', PATIENCE, () => {
  it('answers at every moment what was visible then, names reused or not', () => {
    const check = (changes: readonly CollectionChange[]) =>
      expectTrue(lived(changes).history, changes, momentsOf(changes));
    fc.assert(fc.property(aHistory(60), check), { numRuns: 800 });
  });

  it('answers the same while the history is still being made', () => {
    const check = (changes: readonly CollectionChange[]) => {
      const { catalog, history } = lived([]);
      for (const [i, change] of changes.entries()) {
        play(catalog, history, change);
        const soFar = changes.slice(0, i + 1);
        expectTrue(history, soFar, momentsOf(soFar, newestOf(soFar) - 6n));
      }
    };
    fc.assert(fc.property(aHistory(30), check), { numRuns: 60 });
  });

  it('answers the same after a restart', async () => {
    const check = async (changes: readonly CollectionChange[], sizes: readonly number[]) => {
      const { history } = await loadedFrom(keysOf(changes, sizes));
      expectTrue(history, changes, momentsOf(changes));
      expect(history.collections.chainCount).toBe(lived(changes).history.collections.chainCount);
    };
    await fc.assert(fc.asyncProperty(aHistory(40), someSizes, check), { numRuns: 250 });
  });

  it('answers truly at and past the horizon after older versions were let go of', () => {
    const check = (changes: readonly CollectionChange[], at: number) => {
      const { history } = lived(changes);
      const moments = momentsOf(changes);
      const horizon = moments[at % moments.length] ?? (0n as Timestamp);
      history.forget(horizon);
      expect(history.horizon).toBe(horizon);
      expectTrue(history, changes, momentsOf(changes, horizon));
    };
    fc.assert(fc.property(aHistory(60), fc.nat(), check), { numRuns: 500 });
  });

  it('answers truly when versions are let go of while the history goes on', () => {
    const check = (changes: readonly CollectionChange[], every: number) => {
      const { catalog, history } = lived([]);
      for (const [i, change] of changes.entries()) {
        play(catalog, history, change);
        if (i % every === 0) history.forget((newestOf(changes.slice(0, i + 1)) - 9n) as Timestamp);
      }
      expectTrue(history, changes, momentsOf(changes, history.horizon));
    };
    fc.assert(fc.property(aHistory(60), fc.integer({ min: 1, max: 9 }), check), { numRuns: 300 });
  });

  it('answers truly from the horizon on after a restart on a folded journal', async () => {
    const check = async (
      changes: readonly CollectionChange[],
      sizes: readonly number[],
      at: number,
    ) => {
      const moments = momentsOf(changes);
      const horizon = moments[at % moments.length] ?? (0n as Timestamp);
      const commits = inCommits(changes, sizes);
      const isPast = (commit: readonly CollectionChange[]) =>
        commit.every(({ timestamp }) => timestamp < horizon);
      const kept = commits.findIndex((commit) => !isPast(commit));
      const entries = journalWrites(commits).slice(kept === -1 ? -1 : kept);
      const { history } = await loadedFrom([
        ...recordsAfter(changes).flatMap(collectionWrites),
        ...entries,
        { kind: 'put', key: KEYS.horizon, value: encodeHorizon(horizon) },
      ]);
      expect(history.horizon).toBe(horizon);
      expectTrue(history, changes, momentsOf(changes, horizon));
    };
    await fc.assert(fc.asyncProperty(aHistory(40), someSizes, fc.nat(), check), { numRuns: 150 });
  });

  it('hands out the record the catalog holds, so that its encoded answer is shared', () => {
    const { catalog, history } = lived([]);
    const after = aRecord();
    play(catalog, history, {
      kind: 'collection',
      before: undefined,
      after,
      timestamp: after.createdAt,
      taskId: 1n as TaskId,
      actor: 'test',
      operation: 'collection.created',
    });
    expect(history.collections.byId(after.id, after.createdAt)).toBe(after);
  });
});

describe('memory', PATIENCE, () => {
  it('holds nothing once every change is older than the window', () => {
    const check = (changes: readonly CollectionChange[]) => {
      const { history } = lived(changes);
      history.forget(newestOf(changes) as Timestamp);
      expect([history.collections.chainCount, history.collections.nameCount]).toEqual([0, 0]);
    };
    fc.assert(fc.property(aHistory(60), check), { numRuns: 300 });
  });

  it('goes with what changed, not with what exists', () => {
    const { catalog, history } = lived([]);
    for (let id = 1n; id <= 1_000n; id++) {
      const createdAt = (1_000n + id) as Timestamp;
      const creating = aRecord({ id: id as CollectionId, state: 'Creating', createdAt });
      const stamps = { timestamp: createdAt, taskId: 1n as TaskId, actor: 't', operation: 'o' };
      const created = { ...creating, state: 'Created' as const };
      play(catalog, history, { kind: 'collection', before: undefined, after: creating, ...stamps });
      play(catalog, history, { kind: 'collection', before: creating, after: created, ...stamps });
    }
    expect([history.collections.chainCount, history.collections.nameCount]).toEqual([0, 0]);
  });
});

afterAll(() => {
  process.stdout.write(`time travel: ${pairsChecked} (history, timestamp) pairs checked\n`);
  expect(pairsChecked).toBeGreaterThanOrEqual(PAIRS_MIN);
});
