import { describe, expect, it } from 'vitest';
import { MemoryMetaStore } from '../../../../src/adapters/memory/memory-meta-store.js';
import type { CollectionId, TaskId } from '../../../../src/domain/ids.js';
import { timestamp } from '../../../../src/domain/timestamp.js';
import { Catalog } from '../../../../src/root/catalog/catalog.js';
import type { CollectionChange } from '../../../../src/root/catalog/change.js';
import { History } from '../../../../src/root/catalog/history.js';
import { HistoryFolder } from '../../../../src/root/catalog/history-folder.js';
import { decodeEntry, decodeHorizon } from '../../../../src/root/catalog/journal.js';
import { loadCatalog } from '../../../../src/root/catalog/load.js';
import { RecordedOutcomes } from '../../../../src/root/catalog/recorded-outcomes.js';
import { journalWrites, KEYS, rowsUnder, stateOf } from '../../../kit/catalog-store.js';
import { type Faults, FaultyMetaStore } from '../../../kit/faulty-meta-store.js';
import { aRecord } from '../../../kit/records.js';
import { silentLogger } from '../../../kit/silent-logger.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RETENTION_MS = 24 * HOUR_MS;

/** A create or drop so many hours before the test begins. */
const changed = (hoursAgo: number, startMs: number): CollectionChange => ({
  kind: 'collection',
  before: undefined,
  after: aRecord({ id: BigInt(1 + Math.round(hoursAgo * 1_000)) as CollectionId }),
  timestamp: timestamp(startMs - hoursAgo * HOUR_MS, 0),
  taskId: 1n as TaskId,
  actor: 'test',
  operation: 'collection.created',
});

interface Options {
  readonly faults?: Faults;
  readonly operationsMax?: number;
}

/** A journal of entries, each a list of ages in hours, with a folder at work on it. */
async function aFolder(entries: readonly (readonly number[])[], options: Options = {}) {
  const clock = new VirtualClock();
  const startMs = clock.nowMs();
  const { state, fence } = stateOf(
    journalWrites(entries.map((ages) => ages.map((age) => changed(age, startMs)))),
  );
  const limits = { operationsMax: options.operationsMax ?? 127, bytesMax: 1_556_480 };
  const bare = new MemoryMetaStore(state, { limits, pageRows: 3 });
  const store = new FaultyMetaStore(bare, clock, options.faults);
  const history = new History(new Catalog());
  const retentionMs = RETENTION_MS;
  const outcomes = new RecordedOutcomes(KEYS);
  await outcomes.load(store);
  const deps = { store, fence, clock, log: silentLogger, keys: KEYS, history, outcomes };
  const folder = new HistoryFolder({ ...deps, retentionMs });
  const sequences = async () =>
    (await rowsUnder(store, KEYS.journal)).map(({ value }) =>
      Number(decodeEntry(value)[0]?.sequence),
    );
  return { folder, clock, store, history, sequences };
}

describe('folding', () => {
  it('removes what is older than the window, and only that', async () => {
    const { folder, sequences } = await aFolder([[48], [25], [24.5], [23.5], [1]]);
    expect(await folder.fold()).toBe(3);
    expect(await sequences()).toEqual([4, 5]);
    expect(await folder.fold()).toBe(0);
    expect(await sequences()).toEqual([4, 5]);
  });

  it('keeps an entry as long as one of its changes is within the window', async () => {
    const { folder, sequences } = await aFolder([[48, 30], [30, 20], [1]]);
    await folder.fold();
    expect(await sequences()).toEqual([3, 5]);
  });

  it('keeps the newest entry whole as long as one of its changes is within the window', async () => {
    const { folder, sequences, store } = await aFolder([[48], [30, 20, 19]]);
    await folder.fold();
    expect(await sequences()).toEqual([2]);
    expect(decodeEntry((await store.get(KEYS.journalEntry(2n))) ?? new Uint8Array())).toHaveLength(
      3,
    );
  });

  it('keeps a change made exactly at the edge', async () => {
    const { folder, sequences } = await aFolder([[48], [24], [1]]);
    await folder.fold();
    expect(await sequences()).toEqual([2, 3]);
  });

  it('keeps the newest change whatever its age, so that sequences never start anew', async () => {
    const { folder, store, sequences } = await aFolder([[90], [80, 80], [70, 70, 70]]);
    await folder.fold();
    expect(await sequences()).toEqual([6]);
    const commits = store.commitCount;
    await folder.fold();
    expect(store.commitCount).toBe(commits);
    const { journal } = await loadCatalog(store, KEYS);
    const next = journal.entry([changed(0, 0)]);
    expect(next.key).toBe(KEYS.journalEntry(7n));
  });

  it.each([2, 3, 5, 8])('goes on over commits of %i operations', async (operationsMax) => {
    const old = Array.from({ length: 20 }, (_, i) => [90 - i]);
    const { folder, sequences, store } = await aFolder([...old, [1], [0.5]], { operationsMax });
    expect(await folder.fold()).toBe(20);
    expect(await sequences()).toEqual([21, 22]);
    expect(store.commitCount).toBe(Math.ceil(20 / (operationsMax - 1)));
  });

  it('touches nothing but the journal', async () => {
    const { folder, store } = await aFolder([[48], [1]]);
    await folder.fold();
    const keys = (await rowsUnder(store, 'by-dev/')).map(({ key }) => key);
    expect(keys.sort()).toEqual([KEYS.horizon, KEYS.journalEntry(2n)].sort());
  });
});

describe('the horizon', () => {
  it('is told to memory and, with the first removal, to the store', async () => {
    const { folder, clock, store, history } = await aFolder([[48], [1]]);
    await folder.fold();
    const horizon = timestamp(clock.nowMs() - RETENTION_MS, 0);
    expect(history.horizon).toBe(horizon);
    const stored = await store.get(KEYS.horizon);
    expect(stored && decodeHorizon(stored)).toBe(horizon);
    expect((await loadCatalog(store, KEYS)).history.horizon).toBe(horizon);
  });

  it('is not written when nothing was removed', async () => {
    const { folder, store } = await aFolder([[2], [1]]);
    await folder.fold();
    expect(await store.get(KEYS.horizon)).toBeUndefined();
    expect(store.commitCount).toBe(0);
  });

  it('does not come back when the clock steps back', async () => {
    const { folder, clock, store, history } = await aFolder([[48], [47], [1]]);
    await folder.fold();
    const horizon = history.horizon;
    clock.step(-5 * HOUR_MS);
    await folder.fold();
    expect(history.horizon).toBe(horizon);
    expect((await loadCatalog(store, KEYS)).history.horizon).toBe(horizon);
  });
});

describe('in the background', () => {
  it('it happens every minute', async () => {
    const { clock, sequences } = await aFolder([[24.5], [24 - 0.9 / 60], [24 - 1.9 / 60], [1]]);
    await clock.advance(MINUTE_MS - 1);
    expect(await sequences()).toEqual([1, 2, 3, 4]);
    await clock.advance(1);
    expect(await sequences()).toEqual([3, 4]);
    await clock.advance(MINUTE_MS);
    expect(await sequences()).toEqual([4]);
  });

  it('a round that fails is made up for by the next', async () => {
    const onCommit = (index: number) => (index === 0 ? { kind: 'refuse' as const } : undefined);
    const { clock, sequences } = await aFolder([[48], [1]], { faults: { onCommit } });
    await clock.advance(MINUTE_MS);
    expect(await sequences()).toEqual([1, 2]);
    await clock.advance(MINUTE_MS);
    expect(await sequences()).toEqual([2]);
  });

  it('it ends with stop, in the middle of a round, too', async () => {
    const onCommit = () => ({ kind: 'stallReply' as const, ms: 10 });
    const old = Array.from({ length: 20 }, (_, i) => [90 - i]);
    const { folder, clock, sequences } = await aFolder([...old, [1]], {
      operationsMax: 5,
      faults: { onCommit },
    });
    await clock.advance(MINUTE_MS);
    folder.stop();
    await clock.advance(10 * MINUTE_MS);
    expect((await sequences())[0]).toBe(5);
    expect(clock.timerCount).toBe(0);
  });
});
