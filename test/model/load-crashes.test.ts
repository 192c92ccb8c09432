import { describe, expect, it } from 'vitest';
import type { FieldId, IndexId, PartitionId } from '../../src/domain/ids.js';
import type { LoadRecord } from '../../src/domain/loads/load-record.js';
import type { Loads } from '../../src/query/loads.js';
import { aCollectionWith, aPartition, COLLECTION_ID } from '../kit/partition-fixtures.js';
import { QueryWorld } from '../kit/query-world.js';

const collectionId = COLLECTION_ID;
const LATER = 5_000n as PartitionId;
const names = Array.from({ length: 10 }, (_, i) => `p${i}`);

const load = {
  collectionId,
  replicaNumber: 2,
  resourceGroups: [],
  databaseProperties: [],
  refresh: false,
  loadFields: [],
  skipLoadDynamicField: false,
};

type Deed = readonly [title: string, (loads: Loads) => Promise<void>];

/** One after the other they make and undo everything a ledger can hold. */
const deeds: readonly Deed[] = [
  ['load one', (loads) => loads.loadPartitions({ ...load, partitionNames: ['p0'] })],
  ['load more', (loads) => loads.loadPartitions({ ...load, partitionNames: names.slice(0, 7) })],
  ['load the whole', (loads) => loads.loadCollection(load)],
  ['sync', (loads) => loads.syncPartition(collectionId, LATER)],
  [
    'release many',
    (loads) => loads.releasePartitions({ collectionId, partitionNames: names.slice(2) }),
  ],
  ['load the rest', (loads) => loads.loadCollection(load)],
  ['release one that goes', (loads) => loads.releasePartition(collectionId, LATER)],
  ['release the whole', (loads) => loads.releaseCollection(collectionId)],
  ['load the whole at once', (loads) => loads.loadCollection(load)],
  ['release it', (loads) => loads.releaseCollection(collectionId)],
  ['load all but one', (loads) => loads.loadPartitions({ ...load, partitionNames: names })],
  [
    'release them one and all',
    (loads) => loads.releasePartitions({ collectionId, partitionNames: names }),
  ],
];

/** A ledger on a store that takes so few keys at once that most deeds need several commits. */
function aWorld(): QueryWorld {
  const world = new QueryWorld({ operationsMax: 4, bytesMax: 2 ** 20 });
  const partitions = names.map((name, i) => aPartition(name, 'Created', BigInt(2_000 + i)));
  world.collections.set(collectionId, aCollectionWith(partitions));
  world.indexes.set(101n as FieldId, 500n as IndexId);
  return world;
}

interface Death {
  /** What was loaded when the last deed was answered for. */
  readonly before: LoadRecord | undefined;
  /** What would have been loaded after the one that was not. */
  readonly after: LoadRecord | undefined;
  readonly found: LoadRecord | undefined;
  readonly world: QueryWorld;
}

/** What is loaded after each deed, if nothing happens; the first is before all of them. */
async function everyPicture(): Promise<readonly (LoadRecord | undefined)[]> {
  const loads = await aWorld().start();
  const pictures = [loads.find(collectionId)];
  for (const [, act] of deeds) {
    await act(loads);
    pictures.push(loads.find(collectionId));
  }
  return pictures;
}

/** Dies at one commit, which is written or not, and starts again; undefined past the last. */
async function dieAt(commit: number, isWritten: boolean): Promise<Death | undefined> {
  const pictures = await everyPicture();
  const world = aWorld();
  const loads = await world.start();
  const first = world.store.commitCount;
  const died = new Promise<'died'>((resolve) => {
    world.store.faults = {
      onCommit: (i) => {
        if (i - first !== commit) return undefined;
        resolve('died');
        return { kind: 'hang', isWritten };
      },
    };
  });
  for (const [index, [, act]] of deeds.entries()) {
    if ((await Promise.race([act(loads), died])) !== 'died') continue;
    world.store.faults = {};
    const restarted = await world.start();
    const found = restarted.find(collectionId);
    // Pieces of what is not loaded go with the release that every drop asks for.
    if (!found) await restarted.releaseCollection(collectionId);
    return { before: pictures[index], after: pictures[index + 1], found, world };
  }
  return undefined;
}

const idsOf = (record: LoadRecord | undefined): ReadonlySet<PartitionId> =>
  record?.partitionIds ?? new Set();

/** Every key of a record, in order. */
function keysOf(record: LoadRecord | undefined): string[] {
  if (!record) return [];
  const partitions = [...record.partitionIds].map((id) => `partition-loadinfo/100/${id}`);
  const replicas = record.replicas.map(({ id }) => `replica/100/${id}`);
  return ['collection-loadinfo/100', ...partitions.sort(), ...replicas.sort()];
}

describe('a crash at every commit of every load and release', () => {
  it.each([[true], [false]])(
    'keeps what was answered for and no pieces (the commit was written: %s)',
    async (isWritten) => {
      let commit = 0;
      for (; ; commit += 1) {
        const death = await dieAt(commit, isWritten);
        if (!death) break;
        const { before, after, found, world } = death;
        expect(await world.keys()).toEqual(keysOf(found));
        const [had, gets, has] = [idsOf(before), idsOf(after), idsOf(found)];
        for (const id of had) if (gets.has(id)) expect(has).toContain(id);
        for (const id of has) expect(had.has(id) || gets.has(id)).toBe(true);
        // A first load and a whole release happen at once or not at all.
        if (!before || !after) expect([0, had.size + gets.size]).toContain(has.size);
        if (found) expect(found.replicas).toHaveLength(2);
      }
      expect(commit).toBeGreaterThan(20);
    },
  );
});
