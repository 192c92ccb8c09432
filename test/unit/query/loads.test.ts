import { describe, expect, it } from 'vitest';
import type { CollectionId, FieldId, IndexId, PartitionId } from '../../../src/domain/ids.js';
import {
  CollectionLoadInfo,
  LoadStatus,
  LoadType,
  PartitionLoadInfo,
  Replica,
} from '../../../src/gen/query_coord.js';
import type { LoadCommand } from '../../../src/query/load-service.js';
import { aCollectionWith, aPartition, COLLECTION_ID } from '../../kit/partition-fixtures.js';
import { QueryWorld } from '../../kit/query-world.js';

const VECTOR = 101n as FieldId;
const DEFAULT = 101n as PartitionId;
const LATER = 901n as PartitionId;
const collectionId = COLLECTION_ID;

const command = (changes: Partial<LoadCommand> = {}): LoadCommand => ({
  collectionId,
  replicaNumber: 0,
  resourceGroups: [],
  databaseProperties: [],
  refresh: false,
  loadFields: [],
  skipLoadDynamicField: false,
  ...changes,
});

const onPartitions = (...partitionNames: string[]) => ({ ...command(), partitionNames });

/** @param keysMax how many keys one commit of the store takes. */
function aWorld(partitions = [aPartition('p', 'Created', 900n)], keysMax = 100): QueryWorld {
  const world = new QueryWorld({ operationsMax: keysMax, bytesMax: 2 ** 20 });
  world.collections.set(collectionId, aCollectionWith(partitions));
  world.indexes.set(VECTOR, 500n as IndexId);
  return world;
}

const manyPartitions = (count: number) =>
  Array.from({ length: count }, (_, i) => aPartition(`p${i}`, 'Created', BigInt(2_000 + i)));

const refusedWith = (code: number) => expect.objectContaining({ code });
const REFUSE = { kind: 'refuse' } as const;

describe('a load', () => {
  it('is stored under Milvus keys, one for the collection, each partition and each replica', async () => {
    const world = aWorld();
    const loads = await world.start();
    await loads.loadCollection(command({ replicaNumber: 2 }));
    expect(await world.keys()).toEqual([
      'collection-loadinfo/100',
      'partition-loadinfo/100/101',
      'partition-loadinfo/100/900',
      'replica/100/1001',
      'replica/100/1002',
    ]);
    const stored = async (key: string) =>
      (await world.store.get(`by-dev/meta/querycoord-${key}`)) ?? new Uint8Array();
    expect(CollectionLoadInfo.decode(await stored('collection-loadinfo/100'))).toMatchObject({
      collectionID: 100n,
      dbID: 1n,
      replicaNumber: 2,
      status: LoadStatus.Loaded,
      loadType: LoadType.LoadCollection,
      loadFields: [100n, 101n],
      fieldIndexID: new Map([[101n, 500n]]),
      userSpecifiedReplicaMode: true,
    });
    expect(PartitionLoadInfo.decode(await stored('partition-loadinfo/100/900'))).toMatchObject({
      collectionID: 100n,
      partitionID: 900n,
      replicaNumber: 2,
      status: LoadStatus.Loaded,
    });
    expect(Replica.decode(await stored('replica/100/1002'))).toMatchObject({
      ID: 1002n,
      collectionID: 100n,
      resourceGroup: '__default_resource_group',
    });
  });

  it.each([
    ['of the whole', command({ replicaNumber: 3 }), undefined],
    ['of partitions', command(), ['p']],
  ])('%s survives a restart as it was', async (_, asked, partitionNames) => {
    const world = aWorld();
    const loads = await world.start();
    if (partitionNames) await loads.loadPartitions({ ...asked, partitionNames });
    else await loads.loadCollection(asked);
    const before = loads.find(collectionId);
    expect(before).toBeDefined();
    expect((await world.start()).find(collectionId)).toEqual(before);
  });

  it('leaves out partitions that clients do not see', async () => {
    const world = aWorld([
      aPartition('new', 'Creating', 900n),
      aPartition('old', 'Dropping', 901n),
    ]);
    const loads = await world.start();
    await loads.loadCollection(command());
    expect(loads.find(collectionId)?.partitionIds).toEqual(new Set([DEFAULT]));
  });

  it('of a collection that is gone is refused', async () => {
    const world = aWorld();
    const loads = await world.start();
    world.collections.clear();
    await expect(loads.loadCollection(command())).rejects.toEqual(refusedWith(100));
    await expect(loads.loadPartitions(onPartitions('p'))).rejects.toEqual(refusedWith(100));
    expect(await world.keys()).toEqual([]);
  });

  it('asked for while the collection goes is released with it', async () => {
    const world = aWorld();
    const loads = await world.start();
    const load = loads.loadCollection(command());
    world.collections.clear();
    const release = loads.releaseCollection(collectionId);
    await Promise.allSettled([load, release]);
    expect(loads.isCollectionLoaded(collectionId)).toBe(false);
    expect(await world.keys()).toEqual([]);
  });

  it('that the store refuses leaves nothing loaded, and can be asked for again', async () => {
    const world = aWorld();
    const loads = await world.start();
    world.store.faults = { onCommit: () => REFUSE };
    await expect(loads.loadCollection(command())).rejects.toEqual(refusedWith(1001));
    expect(loads.isCollectionLoaded(collectionId)).toBe(false);
    world.store.faults = {};
    await loads.loadCollection(command());
    expect(loads.isCollectionLoaded(collectionId)).toBe(true);
    expect(world.broken).toEqual([]);
  });
});

describe('a release', () => {
  it('removes every key; of what is not loaded it is a success', async () => {
    const world = aWorld();
    const loads = await world.start();
    await loads.releaseCollection(collectionId);
    await loads.loadCollection(command({ replicaNumber: 2 }));
    await loads.releaseCollection(collectionId);
    expect(await world.keys()).toEqual([]);
    await loads.releasePartitions({ collectionId, partitionNames: ['p'] });
  });

  it('of the last partition ends a load of partitions, but not one of the whole', async () => {
    const world = aWorld();
    const loads = await world.start();
    const both = { collectionId, partitionNames: ['_default', 'p'] };
    await loads.loadPartitions(onPartitions('_default', 'p'));
    await loads.releasePartitions(both);
    expect(await world.keys()).toEqual([]);
    await loads.loadCollection(command());
    await loads.releasePartitions(both);
    expect(loads.isCollectionLoaded(collectionId)).toBe(true);
    expect(loads.isPartitionLoaded(collectionId, DEFAULT)).toBe(false);
    expect((await world.start()).isCollectionLoaded(collectionId)).toBe(true);
  });
});

describe('a partition that comes or goes', () => {
  it.each([
    ['whole', true],
    ['part', false],
  ])('is loaded with a collection loaded as a %s: %s', async (scope, isTaken) => {
    const world = aWorld();
    const loads = await world.start();
    if (scope === 'whole') await loads.loadCollection(command());
    else await loads.loadPartitions(onPartitions('p'));
    await loads.syncPartition(collectionId, LATER);
    await loads.syncPartition(collectionId, LATER);
    expect(loads.isPartitionLoaded(collectionId, LATER)).toBe(isTaken);
    await loads.releasePartition(collectionId, LATER);
    expect(loads.isPartitionLoaded(collectionId, LATER)).toBe(false);
  });

  it('of a collection that is not loaded changes nothing', async () => {
    const world = aWorld();
    const loads = await world.start();
    await loads.syncPartition(collectionId, LATER);
    await loads.releasePartition(collectionId, LATER);
    expect(await world.keys()).toEqual([]);
  });
});

describe('more keys than one commit takes', () => {
  const KEYS_MAX = 4;
  const everyKey = 1 + 11 + 1;

  it('are loaded and released all the same', async () => {
    const world = aWorld(manyPartitions(10), KEYS_MAX);
    const loads = await world.start();
    await loads.loadCollection(command());
    expect(await world.keys()).toHaveLength(everyKey);
    expect((await world.start()).find(collectionId)).toEqual(loads.find(collectionId));
    await loads.releaseCollection(collectionId);
    expect(await world.keys()).toEqual([]);
  });

  it('are as good as none until all are written, whichever commit fails', async () => {
    for (let failing = 0; ; failing += 1) {
      const world = aWorld(manyPartitions(10), KEYS_MAX);
      const loads = await world.start();
      const first = world.store.commitCount;
      world.store.faults = { onCommit: (i) => (i - first === failing ? REFUSE : undefined) };
      const outcome = await loads.loadCollection(command()).then(
        () => 'done',
        () => 'refused',
      );
      if (outcome === 'done') return expect(failing).toBeGreaterThan(2);
      expect(loads.isCollectionLoaded(collectionId)).toBe(false);
      world.store.faults = {};
      // After the failure a smaller load must not bring back what the larger one left.
      await loads.loadPartitions(onPartitions('p3'));
      const { partitionIds: again } = (await world.start()).find(collectionId) ?? {};
      expect(again).toEqual(new Set([2_003n]));
    }
  });

  it('left behind by a release that was cut off are not loaded, and go with the next release', async () => {
    for (let failing = 1; failing < 3; failing += 1) {
      const world = aWorld(manyPartitions(10), KEYS_MAX);
      const loads = await world.start();
      await loads.loadCollection(command());
      const first = world.store.commitCount;
      world.store.faults = { onCommit: (i) => (i - first >= failing ? REFUSE : undefined) };
      await expect(loads.releaseCollection(collectionId)).rejects.toEqual(refusedWith(1001));
      expect(loads.isCollectionLoaded(collectionId)).toBe(false);
      expect(await world.keys()).not.toEqual([]);
      world.store.faults = {};
      const again = await world.start();
      expect(again.isCollectionLoaded(collectionId)).toBe(false);
      await again.releaseCollection(collectionId);
      expect(await world.keys()).toEqual([]);
    }
  });

  it('left behind by a release are removed when it is asked for again', async () => {
    const world = aWorld(manyPartitions(10), KEYS_MAX);
    const loads = await world.start();
    await loads.loadCollection(command());
    const first = world.store.commitCount;
    world.store.faults = { onCommit: (i) => (i - first === 1 ? REFUSE : undefined) };
    await expect(loads.releaseCollection(collectionId)).rejects.toEqual(refusedWith(1001));
    await loads.releaseCollection(collectionId);
    expect(await world.keys()).toEqual([]);
  });
});

describe('what another release left', () => {
  const collection = (collectionID: bigint) =>
    CollectionLoadInfo.encode(CollectionLoadInfo.fromPartial({ collectionID })).finish();
  const partition = (collectionID: bigint, partitionID: bigint) =>
    PartitionLoadInfo.encode(PartitionLoadInfo.fromPartial({ collectionID, partitionID })).finish();
  const replica = (collectionID: bigint, ID: bigint) =>
    Replica.encode(Replica.fromPartial({ collectionID, ID })).finish();

  it('without a type and a group is a load of the whole in the default group', async () => {
    const world = aWorld();
    await world.put({
      'collection-loadinfo/100': collection(100n),
      'partition-loadinfo/100/101': partition(100n, 101n),
      'replica/100/7': replica(100n, 7n),
    });
    const loads = await world.start();
    expect(loads.find(collectionId)).toMatchObject({
      scope: 'collection',
      partitionIds: new Set([101n]),
      replicas: [{ id: 7n, resourceGroup: '__default_resource_group' }],
    });
    await loads.loadCollection(command({ replicaNumber: 1 }));
    expect(loads.isPartitionLoaded(collectionId, 900n as PartitionId)).toBe(true);
  });

  it('in pieces is not loaded; released it goes, and nothing of an id that begins alike', async () => {
    const world = aWorld();
    const whole = {
      'collection-loadinfo/100': collection(100n),
      'partition-loadinfo/100/101': partition(100n, 101n),
      'replica/100/7': replica(100n, 7n),
    };
    await world.put({
      ...whole,
      'collection-loadinfo/10': collection(10n),
      'partition-loadinfo/1/2': partition(1n, 2n),
      'replica/1000/8': replica(1000n, 8n),
    });
    const loads = await world.start();
    for (const id of [1n, 10n, 1000n]) {
      expect(loads.isCollectionLoaded(id as CollectionId)).toBe(false);
    }
    expect(await world.keys()).toHaveLength(6);
    for (const id of [1n, 10n, 1000n]) await loads.releaseCollection(id as CollectionId);
    expect(await world.keys()).toEqual(Object.keys(whole));
    expect(loads.isCollectionLoaded(collectionId)).toBe(true);
  });
});
