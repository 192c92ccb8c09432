import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId, PartitionId } from '../../../../src/domain/ids.js';
import type {
  AliasRecord,
  CollectionRecord,
  DatabaseRecord,
} from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import type { Change, ChangeStamp, PartitionChange } from '../../../../src/root/catalog/change.js';
import { History } from '../../../../src/root/catalog/history.js';
import { RecordHistory } from '../../../../src/root/catalog/record-history.js';
import {
  catalogAfter,
  DATABASE_NAMES,
  NAMES,
  someCommits,
  type World,
  worldAfter,
  worldAt,
  writesOfWorld,
} from '../../../kit/catalog-histories.js';
import { journalWrites, loadedFrom } from '../../../kit/catalog-store.js';
import { aRecord } from '../../../kit/records.js';

const PATIENCE = { timeout: 60_000 };

/** A catalog and a history that saw the changes as they were committed. */
function lived(changes: readonly Change[]) {
  const catalog = catalogAfter([]);
  const history = new History(catalog);
  const play = (change: Change) => {
    catalog.apply(change);
    history.record(change);
  };
  for (const change of changes) play(change);
  return { catalog, history, play };
}

const restarted = async (commits: readonly Change[][]): Promise<History> => {
  const writes = [...writesOfWorld(worldAfter(commits.flat())), ...journalWrites(commits)];
  return (await loadedFrom(writes)).history;
};

/** What readers can tell of an object, as a word. */
const wordOf = (record: CollectionRecord | undefined): string => {
  if (!record) return 'nothing';
  const { databaseId, name, id, state, updatedAt, properties, partitions } = record;
  const visible = partitions.filter((partition) => partition.state === 'Created');
  const shown = visible.map((partition) => `${partition.name}:${partition.id}`).join();
  return `${databaseId}/${name}#${id} ${state}@${updatedAt} ${properties[0]?.value} [${shown}]`;
};
const databaseWord = (record: DatabaseRecord | undefined): string =>
  record ? `${record.name}#${record.id} ${record.properties[0]?.value}` : 'nothing';
const aliasWord = (record: AliasRecord | undefined): string =>
  record ? `${record.databaseId}/${record.name}>${record.collectionId}` : 'nothing';

const sorted = <T>(records: Iterable<T>, word: (record: T) => string): string[] =>
  [...records].map(word).sort();

interface Subjects {
  readonly databases: readonly DatabaseId[];
  readonly collections: readonly CollectionId[];
}

const subjectsOf = ({ databases, collections }: World): Subjects => ({
  databases: [...databases.keys()],
  collections: [...collections.keys()],
});

/** Everything there ever was: nothing of it removed. */
const everything = (changes: readonly Change[]): Subjects =>
  subjectsOf(worldAfter(changes.filter(({ kind, after }) => after && kind !== 'partition')));

/** Every question about the past, answered for one moment. */
function seenIn(history: History, { databases, collections }: Subjects, at: Timestamp) {
  const named = <T>(ask: (id: DatabaseId, name: string) => T) =>
    databases.flatMap((id) => NAMES.map((name) => ask(id, name)));
  return {
    databases: sorted(history.databases(at), databaseWord),
    databaseByName: DATABASE_NAMES.map((name) => databaseWord(history.databaseByName(name, at))),
    databaseById: databases.map((id) => databaseWord(history.databaseById(id, at))),
    byId: collections.map((id) => wordOf(history.collections.byId(id, at))),
    byName: named((id, name) => wordOf(history.collections.byName(id, name, at))),
    resolved: named((id, name) => wordOf(history.resolveCollection(id, name, at))),
    listed: databases.map((id) => sorted(history.collections.in(id, at), wordOf)),
    aliasByName: named((id, name) => aliasWord(history.aliasByName(id, name, at))),
    aliases: databases.map((id) => sorted(history.aliases(id, at), aliasWord)),
    aliasesOf: collections.map((id) => {
      const record = history.collections.byId(id, at);
      return record && history.aliasesOf(id, record.databaseId, at).map(aliasWord);
    }),
  };
}

/** The same answers from the records there were then. */
function naiveSeen(world: World, { databases, collections }: Subjects) {
  const visible = world.inState('Created');
  const aliases = [...world.aliases.values()];
  const own = (id: DatabaseId, name: string) =>
    visible.find((record) => record.databaseId === id && record.name === name);
  const alias = (id: DatabaseId, name: string) => world.aliases.get(`${id}/${name}`);
  const target = (id: DatabaseId, name: string) =>
    visible.find((record) => record.id === alias(id, name)?.collectionId);
  const named = <T>(ask: (id: DatabaseId, name: string) => T) =>
    databases.flatMap((id) => NAMES.map((name) => ask(id, name)));
  const inside = <T extends { databaseId: DatabaseId }>(records: readonly T[], id: DatabaseId) =>
    records.filter(({ databaseId }) => databaseId === id);
  return {
    databases: sorted(world.databases.values(), databaseWord),
    databaseByName: DATABASE_NAMES.map((name) =>
      databaseWord([...world.databases.values()].find((database) => database.name === name)),
    ),
    databaseById: databases.map((id) => databaseWord(world.databases.get(id))),
    byId: collections.map((id) => wordOf(visible.find((record) => record.id === id))),
    byName: named((id, name) => wordOf(own(id, name))),
    resolved: named((id, name) => wordOf(own(id, name) ?? target(id, name))),
    listed: databases.map((id) => sorted(inside(visible, id), wordOf)),
    aliasByName: named((id, name) => aliasWord(alias(id, name))),
    aliases: databases.map((id) => sorted(inside(aliases, id), aliasWord)),
    aliasesOf: collections.map((id) => {
      const own = aliases.filter(({ collectionId }) => collectionId === id);
      const inOrder = own.sort((a, b) => Number(a.createdAt - b.createdAt));
      return visible.some((record) => record.id === id) ? inOrder.map(aliasWord) : undefined;
    }),
  };
}

/** Every moment there is from the first: at each change, before and between them. */
function momentsOf(changes: readonly Change[], from = 99n): Timestamp[] {
  const newest = newestOf(changes);
  return Array.from(
    { length: Math.max(0, Number(newest + 2n - from)) },
    (_, i) => (from + BigInt(i)) as Timestamp,
  );
}

function newestOf(changes: readonly Change[]): Timestamp {
  const times = changes.map(({ timestamp }) => timestamp).sort((a, b) => Number(a - b));
  return times.at(-1) ?? (99n as Timestamp);
}

function expectTrue(history: History, changes: readonly Change[], from?: bigint): void {
  const subjects = everything(changes);
  for (const at of momentsOf(changes, from)) {
    expect(seenIn(history, subjects, at)).toEqual(naiveSeen(worldAt(changes, at), subjects));
  }
}

describe('time travel over databases, collections, partitions and aliases', PATIENCE, () => {
  it('answers at every moment what was visible then', () => {
    const check = (commits: readonly Change[][]) =>
      expectTrue(lived(commits.flat()).history, commits.flat());
    fc.assert(fc.property(someCommits(50), check), { numRuns: 120 });
  });

  it('answers the same after a restart', async () => {
    const check = async (commits: readonly Change[][]) => {
      const history = await restarted(commits);
      expectTrue(history, commits.flat());
      const live = lived(commits.flat()).history;
      expect(history.collections.chainCount).toBe(live.collections.chainCount);
      expect([...history.partitionDrops()]).toEqual([...live.partitionDrops()]);
    };
    await fc.assert(fc.asyncProperty(someCommits(40), check), { numRuns: 60 });
  });

  it('answers truly from the horizon on after older versions were let go of, restarted or not', async () => {
    const check = async (commits: readonly Change[][], at: number) => {
      const changes = commits.flat();
      const moments = momentsOf(changes);
      const horizon = moments[at % moments.length] ?? (99n as Timestamp);
      for (const history of [lived(changes).history, await restarted(commits)]) {
        history.forget(horizon);
        expectTrue(history, changes, horizon);
      }
    };
    await fc.assert(fc.asyncProperty(someCommits(40), fc.nat(), check), { numRuns: 100 });
  });

  it('answers truly when versions are let go of while the history goes on', () => {
    const check = (commits: readonly Change[][], every: number) => {
      const changes = commits.flat();
      const { history, play } = lived([]);
      for (const [i, change] of changes.entries()) {
        play(change);
        if (i % every !== 0) continue;
        history.forget((newestOf(changes.slice(0, i + 1)) - 9n) as Timestamp);
      }
      expectTrue(history, changes, history.horizon);
    };
    fc.assert(fc.property(someCommits(50), fc.integer({ min: 1, max: 9 }), check), {
      numRuns: 120,
    });
  });

  it('holds no version of a collection once every change is older than the window', async () => {
    const check = async (commits: readonly Change[][]) => {
      const changes = commits.flat();
      for (const history of [lived(changes).history, await restarted(commits)]) {
        history.forget(newestOf(changes));
        const { chainCount, nameCount } = history.collections;
        expect([chainCount, nameCount]).toEqual([0, 0]);
      }
    };
    await fc.assert(fc.asyncProperty(someCommits(50), check), { numRuns: 60 });
  });
});

const stamped = (timestamp: number): ChangeStamp => ({
  timestamp: BigInt(timestamp) as Timestamp,
  taskId: 1n as never,
  actor: 'test',
  operation: 'test',
});

describe('the drop of a partition', () => {
  const collection = aRecord({ createdAt: 100n as Timestamp });
  const partition = {
    id: 900n as PartitionId,
    name: 'p',
    createdAt: 110n as Timestamp,
    state: 'Created' as const,
  };
  const words = {
    kind: 'partition',
    collectionId: collection.id,
    databaseId: collection.databaseId,
  } as const;
  const born: Change = {
    kind: 'collection',
    before: undefined,
    after: collection,
    ...stamped(100),
  };
  const made: PartitionChange = { ...words, before: undefined, after: partition, ...stamped(110) };
  const dropping = { ...partition, state: 'Dropping' as const };
  const dropped: PartitionChange = {
    ...words,
    before: partition,
    after: dropping,
    ...stamped(120),
  };
  const final: PartitionChange = {
    ...words,
    before: dropping,
    after: { ...partition, state: 'Dropped' },
    ...stamped(140),
  };
  const undropped: PartitionChange = {
    ...words,
    before: dropping,
    after: partition,
    ...stamped(130),
  };
  const altered: Change = {
    kind: 'collection',
    before: { ...collection, partitions: [...collection.partitions, dropping] },
    after: {
      ...collection,
      partitions: [...collection.partitions, dropping],
      properties: [{ key: 'k', value: 'v' }],
    },
    ...stamped(150),
  };
  const droppedAt = (history: History) => history.partitionDroppedAt(partition.id);

  it.each<[string, Change[], bigint | undefined]>([
    ['it never happened', [born, made], undefined],
    ['it was committed', [born, made, dropped], 120n],
    [
      'it was taken back and came again',
      [born, made, dropped, undropped, { ...dropped, ...stamped(140) }],
      140n,
    ],
    ['the collection was altered since', [born, made, dropped, altered], 120n],
    ['it is final', [born, made, dropped, final], undefined],
  ])('is dated when %s, live and after a restart', async (_title, changes, expected) => {
    expect(droppedAt(lived(changes).history)).toBe(expected);
    expect(droppedAt(await restarted(changes.map((change) => [change])))).toBe(expected);
  });

  it('is dated as long as it can be taken back, whatever else is forgotten', async () => {
    const { history } = lived([born, made, dropped]);
    history.forget(1_000n as Timestamp);
    expect(droppedAt(history)).toBe(120n);
    history.record(final);
    expect(droppedAt(history)).toBeUndefined();
  });

  it('is not dated when a restart finds it and the journal does not tell', async () => {
    const { history } = await loadedFrom(writesOfWorld(worldAfter([born, made, dropped])));
    expect(droppedAt(history)).toBeUndefined();
    expect([...history.partitionDrops()]).toEqual([
      { collectionId: collection.id, partitionId: partition.id, droppedAt: 0n },
    ]);
  });

  it('is forgotten with its collection', async () => {
    const withIt = { ...collection, partitions: [...collection.partitions, dropping] };
    const purged: Change = {
      kind: 'collection',
      before: { ...withIt, state: 'Dropped' },
      after: undefined,
      ...stamped(160),
    };
    const changes = [born, made, dropped, purged];
    expect([...lived(changes).history.partitionDrops()]).toEqual([]);
    const history = await restarted(changes.map((change) => [change]));
    expect([...history.partitionDrops()]).toEqual([]);
  });

  it('costs no version of its own when nobody could see the partition', () => {
    const { history } = lived([born]);
    const creating = { ...partition, state: 'Creating' as const };
    const { play } = { play: (change: Change) => history.record(change) };
    play({ ...made, after: creating });
    play({ ...words, before: creating, after: undefined, ...stamped(115) });
    expect(history.collections.chainCount).toBe(0);
  });
});

describe('RecordHistory', () => {
  interface Thing {
    readonly name: string;
    readonly since: number;
  }

  const aHistory = () => {
    const current = new Map<number, Thing>();
    const history = new RecordHistory<number, Thing>({
      current: (key) => current.get(key),
      since: ({ since }) => BigInt(since) as Timestamp,
      wordsOf: ({ name }) => [name],
    });
    const change = (key: number, at: number, before?: Thing, after?: Thing) => {
      if (after) current.set(key, after);
      else current.delete(key);
      history.record(key, BigInt(at) as Timestamp, before, after);
    };
    const nameAt = (key: number, at: number) => history.at(key, BigInt(at) as Timestamp)?.name;
    const forget = (horizon: number) => history.forget(BigInt(horizon) as Timestamp);
    return { current, history, change, nameAt, forget };
  };

  it('answers for what never changed from the present, back to when it began', () => {
    const { current, nameAt, history } = aHistory();
    current.set(1, { name: 'a', since: 50 });
    expect([49, 50, 99].map((at) => nameAt(1, at))).toEqual([undefined, 'a', 'a']);
    expect([history.chainCount, history.isChanged(1)]).toEqual([0, false]);
  });

  it('knows what was before its first change, since when it was so', () => {
    const { change, nameAt } = aHistory();
    change(1, 70, { name: 'a', since: 50 }, { name: 'b', since: 50 });
    expect([49, 50, 69, 70].map((at) => nameAt(1, at))).toEqual([undefined, 'a', 'a', 'b']);
  });

  it('does not show an object before its creation once other things were forgotten', () => {
    const { change, nameAt, forget } = aHistory();
    change(1, 100, undefined, { name: 'a', since: 0 });
    forget(50);
    expect([60, 99, 100].map((at) => nameAt(1, at))).toEqual([undefined, undefined, 'a']);
  });

  it('finds changed objects by every word they had, until no version has it', () => {
    const { change, history, forget } = aHistory();
    change(1, 70, { name: 'a', since: 50 }, { name: 'b', since: 50 });
    expect([...history.changedUnder('a')]).toEqual([1]);
    expect([...history.changedUnder('b')]).toEqual([1]);
    change(1, 90, { name: 'b', since: 50 }, { name: 'c', since: 50 });
    forget(70);
    expect(['a', 'b', 'c'].map((word) => history.changedUnder(word).size)).toEqual([0, 1, 1]);
  });

  it('keeps nothing of what is told by the present, or was gone, at the horizon', () => {
    const { change, history, forget } = aHistory();
    change(1, 70, undefined, { name: 'a', since: 70 });
    change(2, 80, undefined, { name: 'b', since: 0 });
    change(3, 81, undefined, { name: 'c', since: 81 });
    change(3, 90, { name: 'c', since: 81 }, undefined);
    forget(89);
    expect([...history.changed()]).toEqual([3]);
    forget(90);
    expect([history.chainCount, history.changedUnder('c').size]).toEqual([0, 0]);
  });

  it('keeps nothing of records that are equal to the present, but read anew', () => {
    const { change, current, history, forget } = aHistory();
    change(1, 70, undefined, { name: 'a', since: 70 });
    current.set(1, { name: 'a', since: 70 });
    forget(80);
    expect(history.chainCount).toBe(0);
  });
});
