import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../../src/adapters/in-process/peers.js';
import { DescribeCollectionResponse } from '../../../../src/gen/milvus.js';
import type { RootCoord } from '../../../../src/root/root-coord.js';
import type { RootSettings } from '../../../../src/root/runtime.js';
import { KEYS } from '../../../kit/catalog-store.js';
import { aCreate, aDrop, RULES } from '../../../kit/ddl-fixtures.js';
import { aPartitionCreate, aPartitionDrop } from '../../../kit/partition-fixtures.js';
import {
  anAsker,
  type BootOptions,
  bootRuntime,
  type TestRuntime,
} from '../../../kit/root-runtime.js';
import { visibleCollections } from '../../../kit/visible-collections.js';

const KEEP_MS = 10_000;
const settings: Partial<RootSettings> = { rules: { ...RULES, undropKeepMs: KEEP_MS } };

const boot = (options: BootOptions = {}) => bootRuntime({ settings, ...options });

const idOf = (root: RootCoord, collectionName: string): bigint => {
  const query = { databaseName: 'default', collectionName, collectionId: 0n, at: 0n };
  return DescribeCollectionResponse.decode(root.describeCollection(query, 'internal')).collectionID;
};

const aliasesOf = (root: RootCoord, name: string) => root.aliases.list('default', name);

const undropCollection = (root: RootCoord, collectionName: string, newName = '') =>
  root.undrop.collection(
    { databaseName: 'default', collectionName, collectionId: 0n, newName },
    anAsker(),
  );

const undropById = (root: RootCoord, collectionId: bigint, newName = '') =>
  root.undrop.collection(
    { databaseName: 'default', collectionName: '', collectionId, newName },
    anAsker(),
  );

const undropPartition = (root: RootCoord, partitionName: string, partitionId = 0n) =>
  root.undrop.partition(
    { databaseName: 'default', collectionName: 'c', partitionName, partitionId },
    anAsker(),
  );

const alias = (root: RootCoord, name: string, collectionName: string) =>
  root.aliases.create({ databaseName: 'default', collectionName, alias: name }, anAsker());

const partitionsOf = (root: RootCoord, collectionName = 'c') =>
  root.partitions
    .list({ databaseName: 'default', collectionName, collectionId: 0n, at: 0n })
    .map(({ id, name }) => [name, id]);

const partitionIdOf = (root: RootCoord, name: string) =>
  new Map(partitionsOf(root).map(([each, id]) => [each, BigInt(id ?? 0)])).get(name) ?? 0n;

describe('a drop that became final', () => {
  const longer = { settings: { rules: { ...RULES, undropKeepMs: 1_000 * KEEP_MS } } };
  /** DataCoord still has data, so that records and keys stay. */
  const { dataCoord, ...others } = lonelyPeers();
  const peers = { ...others, dataCoord: { ...dataCoord, isGarbageCollected: async () => false } };

  it('stays final after a restart that keeps drops for longer', async () => {
    const first = await boot({ peers });
    const { root, state, clock } = first;
    for (const name of ['c', 'd']) await root.createCollection(aCreate(name), anAsker());
    await root.partitions.create(aPartitionCreate('p'), anAsker());
    const [id, partitionId] = [idOf(root, 'd'), partitionIdOf(root, 'p')];
    await root.partitions.drop(aPartitionDrop('p'), anAsker());
    await root.dropCollection(aDrop('d'), anAsker());
    await clock.advance(KEEP_MS + 5_100);
    first.runtime.abandon();
    const second = await boot({ state, clock, peers, ...longer });
    await expect(undropById(second.root, id)).rejects.toThrow('its drop is final');
    await expect(undropCollection(second.root, 'd')).rejects.toThrow('is kept');
    await expect(undropPartition(second.root, '', partitionId)).rejects.toThrow(
      'its drop is final',
    );
    await expect(undropPartition(second.root, 'p')).rejects.toThrow('is kept');
    expect(await second.root.droppedObjects.list('')).toEqual([]);
    second.runtime.abandon();
  });

  it('is no longer so for one that was merely old when the restart came', async () => {
    const first = await boot({ peers });
    const { root, state, clock } = first;
    await root.createCollection(aCreate('c'), anAsker());
    await root.dropCollection(aDrop('c'), anAsker());
    first.runtime.abandon();
    await clock.advance(KEEP_MS + 5_100);
    const second = await boot({ state, clock, peers, ...longer });
    await undropCollection(second.root, 'c');
    expect(idOf(second.root, 'c')).toBeGreaterThan(0n);
    second.runtime.abandon();
  });
});

describe('an undrop', () => {
  it('brings the collection dropped last under a name back, with its id and aliases', async () => {
    const { root, clock } = await boot();
    const ids: bigint[] = [];
    for (const aliasName of ['first', 'second']) {
      await root.createCollection(aCreate('c'), anAsker());
      await alias(root, aliasName, 'c');
      ids.push(idOf(root, 'c'));
      await root.dropCollection(aDrop('c'), anAsker());
      await clock.advance(1_000);
    }
    expect(await undropCollection(root, 'c')).toEqual({ id: ids[1], aliasesLost: [] });
    expect([idOf(root, 'c'), idOf(root, 'second')]).toEqual([ids[1], ids[1]]);
    expect(aliasesOf(root, 'c')).toEqual(['second']);
    expect(await undropById(root, ids[0] ?? 0n, 'd')).toEqual({ id: ids[0], aliasesLost: [] });
    expect([idOf(root, 'd'), idOf(root, 'first')]).toEqual([ids[0], ids[0]]);
  });

  it('brings back the aliases a collection had when it was dropped last, not those of before', async () => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    await alias(root, 'early', 'c');
    await root.dropCollection(aDrop('c'), anAsker());
    await undropCollection(root, 'c');
    await root.aliases.drop({ databaseName: 'default', alias: 'early' }, anAsker());
    await alias(root, 'late', 'c');
    await root.dropCollection(aDrop('c'), anAsker());
    await undropCollection(root, 'c');
    expect(aliasesOf(root, 'c')).toEqual(['late']);
  });

  it('says which aliases are lost', async () => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    for (const name of ['free', 'alias_now', 'collection_now']) await alias(root, name, 'c');
    const id = idOf(root, 'c');
    await root.dropCollection(aDrop('c'), anAsker());
    await root.createCollection(aCreate('collection_now'), anAsker());
    await alias(root, 'alias_now', 'collection_now');
    expect(await undropCollection(root, 'c')).toEqual({
      id,
      aliasesLost: ['alias_now', 'collection_now'],
    });
    expect(aliasesOf(root, 'c')).toEqual(['free']);
    expect(aliasesOf(root, 'collection_now')).toEqual(['alias_now']);
  });

  it('by id may be repeated', async () => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    const id = idOf(root, 'c');
    await root.dropCollection(aDrop('c'), anAsker());
    for (const _ of [1, 2]) {
      expect(await undropById(root, id)).toEqual({ id, aliasesLost: [] });
    }
  });

  it('of a hundred under one name succeeds once', async () => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    await root.dropCollection(aDrop('c'), anAsker());
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => undropCollection(root, 'c', `c${i}`)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(visibleCollections(root, 'default', 0n)).toHaveLength(1);
  });

  it('reads as if the collection had been away in between, at every moment', async () => {
    const { root } = await boot();
    const now = async () => root.allocateTimestamps(1, 0n);
    await root.createCollection(aCreate('c'), anAsker());
    await alias(root, 'a', 'c');
    const moments = [await now()];
    await root.dropCollection(aDrop('c'), anAsker());
    moments.push(await now());
    await undropCollection(root, 'c');
    moments.push(await now());
    for (const name of ['c', 'a']) {
      const seen = moments.map((at) =>
        root.hasCollection({ databaseName: 'default', collectionName: name, collectionId: 0n, at }),
      );
      expect(seen).toEqual([true, false, true]);
    }
  });

  it.each([
    ['never dropped', 'default', 'c', 0n, '[database=default][collection=c]'],
    ['of no such id', 'default', '', 77n, '[database=default][collection=77]'],
  ])('of a collection %s is refused', async (_title, databaseName, collectionName, id, what) => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    const request = { databaseName, collectionName, collectionId: id, newName: '' };
    await expect(root.undrop.collection(request, anAsker())).rejects.toMatchObject({
      code: 100,
      message: `collection not found${what}: no dropped collection of this name or id is kept`,
    });
  });

  it('of a collection of another database than was said is refused', async () => {
    const { root } = await boot();
    await root.databases.create({ databaseName: 'shop', properties: [] }, anAsker());
    await root.createCollection({ ...aCreate('c'), databaseName: 'shop' }, anAsker());
    await root.dropCollection({ ...aDrop('c'), databaseName: 'shop' }, anAsker());
    await expect(undropCollection(root, 'c')).rejects.toMatchObject({ code: 100 });
    const request = { databaseName: 'shop', collectionName: 'c', collectionId: 0n, newName: '' };
    await root.undrop.collection(request, anAsker());
    expect(visibleCollections(root, 'shop', 0n)).toHaveLength(1);
  });

  it('takes only a name a collection may have', async () => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    await root.dropCollection(aDrop('c'), anAsker());
    await expect(undropCollection(root, 'c', 'a b')).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining('Invalid collection name: a b.'),
    });
  });
});

describe('an undrop of a partition', () => {
  it('brings back the one dropped last under the name, with its id', async () => {
    const { root, clock } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    const ids: bigint[] = [];
    for (const _ of [1, 2]) {
      await root.partitions.create(aPartitionCreate('p'), anAsker());
      ids.push(partitionIdOf(root, 'p'));
      await root.partitions.drop(aPartitionDrop('p'), anAsker());
      await clock.advance(1_000);
    }
    expect(await undropPartition(root, 'p')).toBe(ids[1]);
    await expect(undropPartition(root, '', ids[0])).rejects.toMatchObject({
      message: 'partition name [p] is taken by a partition of collection [c]',
    });
    await root.partitions.drop(aPartitionDrop('p'), anAsker());
    expect(await undropPartition(root, '', ids[0])).toBe(ids[0]);
    await root.partitions.drop(aPartitionDrop('p'), anAsker());
    // Not the one with the largest id: the one whose drop is the last.
    expect(await undropPartition(root, 'p')).toBe(ids[0]);
    expect(partitionsOf(root)).toEqual([
      ['_default', expect.anything()],
      ['p', ids[0]],
    ]);
  });

  it('that was dropped by itself stays dropped when its collection comes back', async () => {
    const { root, clock } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    await root.partitions.create(aPartitionCreate('p'), anAsker());
    const id = partitionIdOf(root, 'p');
    await root.partitions.drop(aPartitionDrop('p'), anAsker());
    await clock.advance(1_000);
    await root.dropCollection(aDrop('c'), anAsker());
    await undropCollection(root, 'c');
    expect(partitionsOf(root)).toEqual([['_default', expect.anything()]]);
    expect(await undropPartition(root, 'p')).toBe(id);
    expect(partitionsOf(root)).toContainEqual(['p', id]);
  });

  it('goes when its own keep time is over, although its collection came back since', async () => {
    const { root, clock } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    await root.partitions.create(aPartitionCreate('p'), anAsker());
    await root.partitions.drop(aPartitionDrop('p'), anAsker());
    await root.dropCollection(aDrop('c'), anAsker());
    await clock.advance(KEEP_MS / 2);
    await undropCollection(root, 'c');
    await clock.advance(KEEP_MS);
    await expect(undropPartition(root, 'p')).rejects.toMatchObject({
      code: 200,
      message:
        'partition not found[collection=c][partition=p]: ' +
        'no dropped partition of this name or id is kept',
    });
    expect(await root.droppedObjects.list('')).toEqual([]);
  });
});

describe('what was dropped', () => {
  it('is listed with its end for as long as it can come back', async () => {
    const { root, clock } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    await root.createCollection(aCreate('d'), anAsker());
    await root.partitions.create(aPartitionCreate('p'), anAsker());
    await root.partitions.drop(aPartitionDrop('p'), anAsker());
    await clock.advance(1_000);
    const droppedMs = clock.nowMs();
    await root.dropCollection(aDrop('d'), anAsker());
    const names = async (databaseName = '') =>
      (await root.droppedObjects.list(databaseName)).map(({ collection, partition }) =>
        partition ? `${collection.name}.${partition.name}` : collection.name,
      );
    expect(await names()).toEqual(['c.p', 'd']);
    expect(await names('default')).toEqual(['c.p', 'd']);
    const [, d] = await root.droppedObjects.list('');
    expect(d?.keptUntilMs).toBeGreaterThanOrEqual(droppedMs + KEEP_MS);
    expect(d?.keptUntilMs).toBeLessThan(droppedMs + KEEP_MS + 100);
    await clock.advance(KEEP_MS - 500);
    expect(await names()).toEqual(['d']);
    await clock.advance(1_000);
    expect(await names()).toEqual([]);
    await expect(root.droppedObjects.list('nowhere')).rejects.toMatchObject({ code: 800 });
  });
});

/** What is dropped and taken back in a race with the end of its keep time. */
interface Racer {
  readonly what: string;
  readonly drop: (root: RootCoord) => Promise<void>;
  readonly undrop: (root: RootCoord) => Promise<unknown>;
  /** Undefined when clients do not see it. */
  readonly idOf: (root: RootCoord) => bigint | undefined;
  /** Keys of its own, without those of what it is in. */
  readonly prefixes: readonly string[];
  readonly keysLeft: number;
}

const byName = { databaseName: 'default', collectionName: 'c', collectionId: 0n, at: 0n };

const racers: readonly Racer[] = [
  {
    what: 'a collection',
    drop: (root) => root.dropCollection(aDrop('c'), anAsker()),
    undrop: (root) => undropCollection(root, 'c'),
    idOf: (root) => (root.hasCollection(byName) ? idOf(root, 'c') : undefined),
    prefixes: [KEYS.collections, KEYS.partitions, KEYS.fields],
    keysLeft: 0,
  },
  {
    what: 'a partition',
    drop: (root) => root.partitions.drop(aPartitionDrop('p'), anAsker()),
    undrop: (root) => undropPartition(root, 'p'),
    idOf: (root) => root.partitions.list(byName).find(({ name }) => name === 'p')?.id,
    prefixes: [KEYS.partitions],
    keysLeft: 1,
  },
];

describe('an undrop at the end of the keep time', () => {
  /** Timestamps run a little ahead of the clock, and the drop itself takes its time. */
  const MARGIN_MS = 60;
  /** Milliseconds between the drop and the undrop, thickest around the end. */
  const waits = fc.oneof(
    fc.integer({ min: KEEP_MS - MARGIN_MS, max: KEEP_MS + MARGIN_MS }),
    fc.integer({ min: 0, max: 3 * KEEP_MS }),
  );

  async function aRacer() {
    const booted = await boot();
    await booted.root.createCollection(aCreate('c'), anAsker());
    await booted.root.partitions.create(aPartitionCreate('p'), anAsker());
    return booted;
  }

  for (const { what, drop, undrop, idOf: seenId, prefixes, keysLeft } of racers) {
    /** Drops, waits, asks for it back; then lets all time pass there is to wait for. */
    async function race({ root, clock }: TestRuntime, waitMs: number): Promise<boolean> {
      await drop(root);
      await clock.advance(waitMs);
      const asked = undrop(root).then(
        () => true,
        () => false,
      );
      await clock.advance(MARGIN_MS);
      const isBack = await asked;
      await clock.advance(4 * KEEP_MS);
      return isBack;
    }

    it(`wins and keeps everything of ${what}, or loses and everything goes`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(waits, { minLength: 1, maxLength: 4 }), async (moments) => {
          const booted = await aRacer();
          const { root, broken, state } = booted;
          const id = seenId(root);
          const keys = () => prefixes.flatMap((prefix) => state.snapshot(prefix)).length;
          const keysBefore = keys();
          for (const waitMs of moments) {
            const isBack = await race(booted, waitMs);
            if (waitMs < KEEP_MS - MARGIN_MS) expect(isBack).toBe(true);
            if (waitMs > KEEP_MS + MARGIN_MS) expect(isBack).toBe(false);
            expect(broken).toEqual([]);
            expect(seenId(root)).toBe(isBack ? id : undefined);
            expect(keys()).toBe(isBack ? keysBefore : keysLeft);
            if (!isBack) return;
          }
        }),
        { numRuns: 40 },
      );
    });
  }
});
