import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { collectionMachine } from '../../../../machines/root/collection.machine.js';
import type { PartitionSubject } from '../../../../machines/root/partition.machine.js';
import { lonelyPeers } from '../../../../src/adapters/in-process/peers.js';
import { MemoryMetaStore } from '../../../../src/adapters/memory/memory-meta-store.js';
import { CoordError } from '../../../../src/domain/errors.js';
import {
  type CollectionId,
  DEFAULT_DATABASE_ID,
  type PartitionId,
  type TaskId,
} from '../../../../src/domain/ids.js';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { DescribeCollectionResponse } from '../../../../src/gen/milvus.js';
import type { MetaStore } from '../../../../src/ports/meta-store.js';
import { decodeEntry } from '../../../../src/root/catalog/journal.js';
import { loadCatalog } from '../../../../src/root/catalog/load.js';
import type { DdlCommand } from '../../../../src/root/ddl/commands.js';
import { type BatchDeps, performBatch } from '../../../../src/root/ddl/perform-batch.js';
import { ReplyRegistry } from '../../../../src/root/ddl/replies.js';
import type { LifecycleKind } from '../../../../src/root/lifecycle/lifecycle-actor.js';
import { Lifecycles } from '../../../../src/root/lifecycle/lifecycles.js';
import { Residency } from '../../../../src/root/lifecycle/residency.js';
import { DdTimeline } from '../../../../src/root/messages/dd-timeline.js';
import { watch } from '../../../kit/allocator-fixtures.js';
import { aDatabase, databaseWrite, KEYS, rowsUnder, stateOf } from '../../../kit/catalog-store.js';
import {
  aCreate,
  aDrop,
  aPartitionedCreate,
  RULES,
  withLimits,
} from '../../../kit/ddl-fixtures.js';
import { type Faults, FaultyMetaStore } from '../../../kit/faulty-meta-store.js';
import { HeldWork } from '../../../kit/machine-paths.js';
import { aSchema } from '../../../kit/records.js';
import { anAsker, bootRuntime } from '../../../kit/root-runtime.js';
import { silentLogger } from '../../../kit/silent-logger.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const WORK = Object.keys(collectionMachine.implementations.actors);

/** Collections whose actors wait for the test at every step. */
function heldCollections(held: HeldWork): LifecycleKind<CollectionId, CollectionRecord> {
  const logic = collectionMachine.provide({ actors: held.actors(WORK) });
  return {
    word: 'collection',
    idOf: ({ id }) => id,
    unfinished: () => undefined,
    create: (record, origin) => {
      const actor = createActor(logic, { input: { record, origin } });
      return {
        start: () => void actor.start(),
        stop: () => void actor.stop(),
        tell: (news) => actor.send({ type: 'collection.drop', record: news }),
      };
    },
  };
}

/** No batch here touches a partition. */
const NO_PARTITIONS: LifecycleKind<PartitionId, PartitionSubject> = {
  word: 'partition',
  idOf: ({ partition }) => partition.id,
  unfinished: () => undefined,
  create: () => {
    throw new Error('a partition was summoned');
  },
};

/** All a batch needs: a store with faults, counting allocators, actors whose work is held. */
async function aBench({
  faults = {},
  rules = RULES,
}: {
  faults?: Faults;
  rules?: typeof RULES;
} = {}) {
  const clock = new VirtualClock();
  const { state, fence } = stateOf([databaseWrite(aDatabase())]);
  const store = new FaultyMetaStore(new MemoryMetaStore(state), clock, faults);
  const loaded = await loadCatalog(store, KEYS);
  const held = new HeldWork();
  const onSettled = () => {};
  const room = { clock, log: silentLogger, residentMax: 100, onSettled, onBroken: () => {} };
  const residency = new Residency({ ...room, kind: heldCollections(held) });
  const lifecycles = new Lifecycles({
    catalog: loaded.catalog,
    proxies: lonelyPeers().proxies,
    collections: residency,
    partitions: new Residency({ ...room, kind: NO_PARTITIONS }),
    onSettled,
  });
  let now = 1_000n;
  let nextId = 5_000n;
  const next = () => ++now as Timestamp;
  const timeline = new DdTimeline({ allocateNow: next, allocate: async () => next() });
  const allocateIds = (count: number) => {
    nextId += BigInt(count);
    return nextId - BigInt(count);
  };
  const replies = new ReplyRegistry((taskId) => timeline.close(taskId));
  const deps: BatchDeps = {
    ...loaded,
    store,
    fence,
    clock,
    allocateIds,
    timeline,
    rules,
    replies,
    lifecycles,
  };
  let nextTask = 1n;
  const perform = async (...commands: DdlCommand[]) => {
    const tasks = commands.map((command) => {
      const taskId = nextTask++ as TaskId;
      return { taskId, command, actor: 'test', reply: watch(replies.wait(taskId)) };
    });
    const outcome = await performBatch(deps, tasks);
    await settled();
    return { outcome, replies: tasks.map(({ reply }) => reply), ids: tasks.map((t) => t.taskId) };
  };
  const named = (name: string) => [...loaded.catalog.allCollections()].find((r) => r.name === name);
  return { ...loaded, deps, store, residency, held, perform, named };
}

const sequencesIn = async (store: MetaStore) =>
  (await rowsUnder(store, KEYS.journal)).flatMap(({ value }) =>
    decodeEntry(value).map(({ sequence }) => Number(sequence)),
  );

const dense = (length: number) => Array.from({ length }, (_, i) => i + 1);

describe('a commit that fails', () => {
  /** Two refusals and a drop of nothing stand among creates that need 1, 4 and 1 commits. */
  const batch = () => [
    aCreate('first'),
    aCreate('bad', { schema: aSchema('other') }),
    aPartitionedCreate('large', 300),
    aDrop('nothing'),
    aCreate('last'),
    aCreate('worse', { shardsNum: 99 }),
  ];
  const UNITS = 6;

  /** Which of the three creates got their record in, and which are summoned to be finished. */
  const cases = [
    { failing: 0, done: [], left: [] },
    { failing: 1, done: ['first'], left: [] },
    { failing: 2, done: ['first'], left: ['large'] },
    { failing: 3, done: ['first'], left: ['large'] },
    { failing: 4, done: ['first'], left: ['large'] },
    { failing: 5, done: ['first', 'large'], left: [] },
    { failing: UNITS, done: ['first', 'large', 'last'], left: [] },
  ];

  it.each(cases)('number $failing: fails itself and what was planned on it', async (expected) => {
    const onCommit = (i: number) =>
      i === expected.failing ? { kind: 'refuse' as const } : undefined;
    const bench = await aBench({ faults: { onCommit } });
    const { outcome, replies, ids } = await bench.perform(...batch());
    const [first, bad, large, nothing, last, worse] = replies;
    for (const [name, reply] of Object.entries({ first, large, last })) {
      if (expected.done.includes(name)) expect(reply).toEqual({});
      else expect(reply?.error).toMatchObject({ kind: 'MetaStoreUnavailable', retriable: true });
    }
    expect(bad?.error?.code).toBe(1100);
    expect(worse?.error?.code).toBe(65535);
    expect(nothing).toEqual({ value: undefined });
    const busy = [0, 2, 4].filter((i) => expected.done.includes(batch()[i]?.collectionName ?? ''));
    expect(outcome.stillBusy).toEqual(busy.map((i) => ids[i]));
    expect(bench.residency.residentCount).toBe(expected.done.length + expected.left.length);
  });

  it.each(cases)('number $failing: memory and store agree', async ({ failing, done, left }) => {
    const onCommit = (i: number) => (i === failing ? { kind: 'refuse' as const } : undefined);
    const bench = await aBench({ faults: { onCommit } });
    await bench.perform(...batch());
    const names = [...bench.catalog.allCollections()].map(({ name }) => name);
    expect(names.sort()).toEqual([...done, ...left].sort());
    const { catalog, orphanKeys } = await loadCatalog(bench.store, KEYS);
    expect(orphanKeys).toEqual([]);
    expect([...catalog.allCollections()].map(({ name }) => name).sort()).toEqual(names.sort());
    expect(await sequencesIn(bench.store)).toEqual(dense(names.length));
  });

  it('leaves a half-written create to its actor, which takes it back', async () => {
    const onCommit = (i: number) => (i === 3 ? { kind: 'refuse' as const } : undefined);
    const bench = await aBench({ faults: { onCommit } });
    await bench.perform(aCreate('first'), aPartitionedCreate('large', 300));
    await bench.held.play({ type: 'xstate.done.actor.sendDrop' });
    await bench.held.play({ type: 'xstate.done.actor.unwatchChannels' });
    const collectionId = bench.named('large')?.id ?? (0n as CollectionId);
    await bench.perform({ kind: 'purgeCollection', collectionId });
    expect(bench.named('large')).toBeUndefined();
    const keys = (await rowsUnder(bench.store, 'by-dev/meta/')).map(({ key }) => key);
    expect(keys.filter((key) => key.includes(String(collectionId)))).toEqual([]);
    expect(await sequencesIn(bench.store)).toEqual(dense(3));
  });

  it('does not use up sequences: the next batch goes on without a gap', async () => {
    const onCommit = (i: number) => (i === 0 ? { kind: 'refuse' as const } : undefined);
    const bench = await aBench({ faults: { onCommit } });
    await bench.perform(aCreate('a'), aCreate('b'));
    await bench.perform(aCreate('a'), aCreate('b'));
    expect(await sequencesIn(bench.store)).toEqual(dense(2));
  });

  it('leaves a drop undone: the collection stays visible', async () => {
    let isFaulty = false;
    const onCommit = () => (isFaulty ? { kind: 'refuse' as const } : undefined);
    const bench = await aBench({ faults: { onCommit } });
    await bench.perform(aCreate('a'));
    const record = bench.named('a');
    if (!record) throw new Error('not created');
    await bench.perform({ kind: 'markCreated', record });
    isFaulty = true;
    const { replies } = await bench.perform(aDrop('a'));
    expect(replies[0]?.error?.retriable).toBe(true);
    expect(bench.catalog.collectionByName(DEFAULT_DATABASE_ID, 'a')?.state).toBe('Created');
  });
});

describe('what a batch cannot answer for', () => {
  it('the fence is gone: the batch breaks, and nothing of it is in the catalog', async () => {
    const bench = await aBench();
    const deps = { ...bench.deps, fence: { epoch: 77n } };
    const task = { taskId: 1n as TaskId, command: aCreate('a'), actor: 'test' };
    await expect(performBatch(deps, [task])).rejects.toMatchObject({ kind: 'ServiceNotReady' });
    expect([...bench.catalog.allCollections()]).toEqual([]);
    expect(await sequencesIn(bench.store)).toEqual([]);
  });

  it('a defect in planning breaks the batch, too', async () => {
    const bench = await aBench();
    const { perform } = bench;
    await perform(aCreate('a'));
    const record = bench.named('a');
    if (!record) throw new Error('not created');
    await perform({ kind: 'markCreated', record });
    await expect(perform({ kind: 'markCreated', record })).rejects.toThrow('invariant violated');
  });
});

describe('one batch', () => {
  it('is planned in order: limits and channels count what came before in it', async () => {
    const bench = await aBench({ rules: withLimits({ maxCollectionNum: 2 }) });
    const { replies } = await bench.perform(aCreate('a'), aCreate('b'), aCreate('c'));
    expect(replies.map(({ error }) => error?.code)).toEqual([undefined, undefined, 102]);
    expect(bench.named('a')?.physicalChannels).toEqual(['by-dev-rootcoord-dml_0']);
    expect(bench.named('b')?.physicalChannels).toEqual(['by-dev-rootcoord-dml_1']);
  });

  it('is stamped in queue order', async () => {
    const bench = await aBench();
    await bench.perform(...['a', 'b', 'c'].map((name) => aCreate(name)));
    const times = ['a', 'b', 'c'].map((name) => bench.named(name)?.createdAt);
    expect(times).toEqual([1_001n, 1_002n, 1_003n]);
  });

  it('needs one commit for many independent creates', async () => {
    const bench = await aBench();
    await bench.perform(...Array.from({ length: 16 }, (_, i) => aCreate(`c${i}`)));
    expect(bench.store.commitCount).toBe(1);
  });

  it('lets a task whose ids are not to be had fail alone', async () => {
    const bench = await aBench();
    const allocateIds = (count: number) => {
      if (count > 100) throw CoordError.of('RateLimited');
      return bench.deps.allocateIds(count);
    };
    const deps = { ...bench.deps, allocateIds };
    const commands = [aCreate('a'), aPartitionedCreate('b', 300), aCreate('c')];
    const tasks = commands.map((command, i) => ({
      taskId: BigInt(900 + i) as TaskId,
      command,
      actor: 'test',
    }));
    const reply = watch(deps.replies.wait(901n as TaskId));
    const outcome = await performBatch(deps, tasks);
    await settled();
    expect(reply.error?.kind).toBe('RateLimited');
    expect(outcome.stillBusy).toEqual([900n, 902n]);
  });

  it('refuses what no transaction holds, and lets the neighbours through', async () => {
    const bench = await aBench();
    const note = (length: number) => [{ key: 'note', value: 'x'.repeat(length) }];
    const { replies, outcome } = await bench.perform(
      aCreate('a'),
      aCreate('huge', { properties: note(2_000_000) }),
      aCreate('b', { properties: note(200_000) }),
      aCreate('c', { properties: note(200_000) }),
      aCreate('d', { properties: note(200_000) }),
    );
    expect(replies.map(({ error }) => error?.code)).toEqual([
      undefined,
      1102,
      undefined,
      undefined,
      undefined,
    ]);
    expect(outcome.stillBusy).toHaveLength(4);
  });
});

describe('on a store that takes 128 operations at once', { timeout: 60_000 }, () => {
  it('a collection of 1024 partitions lives from its create to its last key', async () => {
    const limits = { operationsMax: 128, bytesMax: 1_572_864 };
    const { root, store, state, clock, runtime } = await bootRuntime({ limits });
    await root.createCollection(aPartitionedCreate('wide', 1_024), anAsker());
    const query = { databaseName: 'default', collectionName: 'wide', collectionId: 0n, at: 0n };
    const reply = DescribeCollectionResponse.decode(root.describeCollection(query, 'internal'));
    expect(reply.numPartitions).toBe(1_024n);
    expect(await rowsUnder(store, KEYS.partitions)).toHaveLength(1_024);
    runtime.abandon();
    const again = await bootRuntime({ state, clock, limits });
    expect(again.root.describeCollection(query, 'internal')).toEqual(
      root.describeCollection(query, 'internal'),
    );
    await again.root.dropCollection(aDrop('wide'), anAsker());
    expect(again.root.hasCollection(query)).toBe(false);
    await settled();
    expect(await rowsUnder(store, KEYS.partitions)).toEqual([]);
    expect(await rowsUnder(store, KEYS.collections)).toEqual([]);
    expect(await rowsUnder(store, KEYS.fields)).toEqual([]);
    again.runtime.abandon();
  });

  it('many of them are dropped in one batch, however much history has to say of them', async () => {
    const { root, store, clock, runtime, broken } = await bootRuntime();
    const names = Array.from({ length: 32 }, (_, i) => `wide${i}`);
    await Promise.all(
      names.map((n) => root.createCollection(aPartitionedCreate(n, 1_024), anAsker())),
    );
    await Promise.all(names.map((name) => root.dropCollection(aDrop(name), anAsker())));
    await clock.advance(1_000);
    expect(broken).toEqual([]);
    expect(await rowsUnder(store, KEYS.collections)).toEqual([]);
    runtime.abandon();
  });
});
