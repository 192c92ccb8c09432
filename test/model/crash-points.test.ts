import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import { DescribeCollectionResponse } from '../../src/gen/milvus.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { KEYS } from '../kit/catalog-store.js';
import {
  ClientMemory,
  commandFor,
  listedAt,
  partitionsOf,
  playScenario,
  SCENARIO_NAMES,
} from '../kit/crash-scenario.js';
import { CrashSites, mortalPeers, mortalStore } from '../kit/crash-sites.js';
import { aCreate, aDrop } from '../kit/ddl-fixtures.js';
import { snapshotsOf } from '../kit/ddl-histories.js';
import { PeerWorld } from '../kit/peer-world.js';
import { anAsker, bootRuntime, type TestRuntime } from '../kit/root-runtime.js';
import {
  changesIn,
  childCount,
  expectDenseJournal,
  expectNoOrphans,
  expectSteady,
  journalOf,
  leastReferencedChannel,
} from '../kit/store-invariants.js';
import { VirtualClock } from '../kit/virtual-clock.js';
import { visibleCollections } from '../kit/visible-collections.js';

const LIMITS = { operationsMax: 128, bytesMax: 1_572_864 };
/** Longer than everything recovery has to do when its peers are well. */
const RECOVERY_MS = 500;

/** What a process leaves behind when it dies, or ends its script alive. */
interface Remains {
  readonly state: MemoryMetaState;
  readonly world: PeerWorld;
  readonly memory: ClientMemory;
  readonly clock: VirtualClock;
}

const freshRemains = (): Remains => ({
  state: new MemoryMetaState(),
  world: new PeerWorld(),
  memory: new ClientMemory(),
  clock: new VirtualClock(),
});

/** A process on these remains that can die; its clock ends with it. */
function bootMortal({ state, world, clock }: Remains, sites: CrashSites): Promise<TestRuntime> {
  return bootRuntime({
    state,
    clock,
    limits: LIMITS,
    peers: mortalPeers(world.peers(), sites),
    wrap: (store) => mortalStore(store, sites),
  });
}

/** Plays the scenario until its end or the death of the process. */
async function lifeUntil(sites: CrashSites): Promise<Remains> {
  const remains = freshRemains();
  const life = async () => {
    const booted = await bootMortal(remains, sites);
    await playScenario({ ...remains, root: booted.root });
    booted.runtime.abandon();
    expect(booted.broken).toEqual([]);
  };
  await Promise.race([life(), sites.died]);
  return afterDeath(remains);
}

/** The keys as the next process finds them; the dead one can never reach these. */
function afterDeath({ state, world, memory, clock }: Remains): Remains {
  const next = new MemoryMetaState();
  const rows = state.snapshot('by-dev/');
  next.apply(
    rows.map(({ key, value }) => ({ kind: 'put', key, value })),
    next.elect({ address: '', host: '', bootId: '', pidNamespace: '', pid: 0, processStart: '' })
      .fence,
  );
  world.recover();
  return { state: next, world, memory, clock: new VirtualClock(clock.nowMs()) };
}

/** A process on these remains that does not die, once it had the time to tidy up. */
async function successorOf(remains: Remains): Promise<TestRuntime> {
  const { memory, world, clock } = remains;
  const peers = world.peers();
  const booted = await bootRuntime({ ...remains, limits: LIMITS, peers });
  expectKept(booted.root, memory);
  await clock.advance(RECOVERY_MS);
  expect(booted.broken).toEqual([]);
  return booted;
}

/** Nothing is lost, nothing is half, and nothing is left over. */
async function expectMended(remains: Remains): Promise<void> {
  const { root, runtime } = await successorOf(remains);
  await expectTidy(root, remains);
  runtime.abandon();
}

/** Mended, and ready for whatever comes next. */
async function expectSound(remains: Remains): Promise<void> {
  const { root, runtime } = await successorOf(remains);
  await expectTidy(root, remains);
  await expectGrowing(root, remains);
  await expectNamesFree(root, remains);
  runtime.abandon();
}

async function expectTidy(root: RootCoord, remains: Remains): Promise<void> {
  const { state, memory, world } = remains;
  expectKept(root, memory);
  expectWhole(root);
  await expectSteady(state);
  await expectNoOrphans(state);
  expectDenseJournal(state);
  expectTrueHistory(root, remains);
  expectWatched(root, world);
}

/** Every answered command is as it was answered, and every past sighting can be had again. */
function expectKept(root: RootCoord, { known, sightings }: ClientMemory): void {
  const listed = new Set(listedAt(root, 0n).map((entry) => entry.split('#')[0]));
  for (const [name, outcome] of known) {
    expect(`${name} is ${listed.has(name) ? 'present' : 'absent'}`).toBe(`${name} is ${outcome}`);
  }
  for (const { at, collections } of sightings) expect(listedAt(root, at)).toEqual(collections);
}

/** Whatever is visible is there in every part. */
function expectWhole(root: RootCoord): void {
  for (const { name } of visibleCollections(root, 'default', 0n)) {
    const query = { databaseName: 'default', collectionName: name, collectionId: 0n, at: 0n };
    const reply = DescribeCollectionResponse.decode(root.describeCollection(query, 'internal'));
    expect([name, Number(reply.numPartitions)]).toEqual([name, partitionsOf(name)]);
    expect(reply.schema?.fields.map((field) => field.name)).toEqual([
      ...commandFor(name).schema.fields.map((field) => field.name),
      'RowID',
      'Timestamp',
    ]);
  }
}

/** Time travel agrees with the journal at every moment something changed, and around it. */
function expectTrueHistory(root: RootCoord, { state }: Remains): void {
  const changes = changesIn(state);
  const snapshotAt = snapshotsOf(changes);
  for (const { timestamp } of changes) {
    for (const at of [timestamp - 1n, timestamp, timestamp + 1n]) {
      const visible = snapshotAt(at as Timestamp).map(({ name, id }) => `${name}#${id}`);
      expect(listedAt(root, at)).toEqual(visible.sort());
    }
  }
}

/** DataCoord watches what can be written to, and nothing that was taken back. */
function expectWatched(root: RootCoord, { watched, released }: PeerWorld): void {
  const visible = new Set(visibleCollections(root, 'default', 0n).map(({ id }) => id));
  for (const id of visible) expect(watched).toContain(id);
  for (const id of watched) expect(visible.has(id) || released.has(id)).toBe(true);
}

/** Ids and timestamps are larger than all that were ever seen, by clients or in the store. */
async function expectGrowing(root: RootCoord, { state, memory }: Remains): Promise<void> {
  const journal = journalOf(state);
  const nextTimestamp = await root.allocateTimestamps(1, 0n);
  const nextId = await root.allocateIds(1);
  for (const last of [memory.lastTimestamp, ...journal.map(({ timestamp }) => timestamp)]) {
    expect(nextTimestamp).toBeGreaterThan(last);
  }
  for (const last of [memory.lastId, ...journal.flatMap((c) => [c.objectId, c.taskId])]) {
    expect(nextId).toBeGreaterThan(last);
  }
}

/** Every name can be used again, on the channels a recount says; in the end no key is left. */
async function expectNamesFree(root: RootCoord, { state, clock }: Remains): Promise<void> {
  for (const name of SCENARIO_NAMES) {
    await root.dropCollection(aDrop(name), anAsker());
    await clock.advance(1);
    const channel = await leastReferencedChannel(state);
    await root.createCollection(aCreate(name), anAsker());
    const query = { databaseName: 'default', collectionName: name, collectionId: 0n, at: 0n };
    const reply = DescribeCollectionResponse.decode(root.describeCollection(query, 'internal'));
    expect(reply.physicalChannelNames).toEqual([channel]);
  }
  for (const name of SCENARIO_NAMES) await root.dropCollection(aDrop(name), anAsker());
  await clock.advance(RECOVERY_MS);
  expect([state.snapshot(KEYS.collections).length, childCount(state)]).toEqual([0, 0]);
  expectDenseJournal(state);
}

describe('a crash', { timeout: 120_000 }, () => {
  it('at any commit and any call of a peer leaves nothing that recovery does not mend', async () => {
    const whole = new CrashSites();
    await expectSound(await lifeUntil(whole));
    let covered = 0;
    for (const [dieAt, site] of whole.reached.entries()) {
      const sites = new CrashSites(dieAt);
      const remains = await lifeUntil(sites);
      expect(sites.reached).toEqual(whole.reached.slice(0, dieAt + 1));
      await expectSound(remains).catch((caught: unknown) => {
        throw new Error(`crash at ${dieAt}, ${site}`, { cause: caught });
      });
      covered++;
    }
    process.stdout.write(`crash points covered: ${covered} of ${whole.reached.length}\n`);
    expect(covered).toBe(whole.reached.length);
    expect(covered).toBeGreaterThan(100);
  });

  it('during the recovery from a crash is mended by the recovery after it', async () => {
    const whole = new CrashSites();
    await lifeUntil(whole);
    const firstDeaths = new Map<string, Remains>();
    for (const first of whole.reached.keys()) {
      const remains = await lifeUntil(new CrashSites(first));
      // Deaths that leave the same keys lead to the same recovery; the last one knows most.
      firstDeaths.set(fingerprint(remains), remains);
    }
    let [covered, enumerated] = [0, 0];
    for (const remains of firstDeaths.values()) {
      const recovery = new CrashSites();
      await recoverUntil(recovery, copyOf(remains));
      enumerated += recovery.reached.length;
      for (const [second, site] of recovery.reached.entries()) {
        const again = await recoverUntil(new CrashSites(second), copyOf(remains));
        await expectMended(again).catch((caught: unknown) => {
          throw new Error(`crash in recovery at ${second}, ${site}`, { cause: caught });
        });
        covered++;
      }
    }
    process.stdout.write(
      `crash points in ${firstDeaths.size} recoveries covered: ${covered} of ${enumerated}\n`,
    );
    expect(covered).toBe(enumerated);
    expect(covered).toBeGreaterThan(100);
  });
});

/** The store's content as a text. */
function fingerprint({ state }: Remains): string {
  const hash = createHash('sha256');
  for (const { key, value } of state.snapshot('by-dev/')) {
    hash.update(`${key.length}:${key}${value.length}:`).update(value);
  }
  return hash.digest('hex');
}

/** Boots and tidies up until the end or the death of the process. */
async function recoverUntil(sites: CrashSites, remains: Remains): Promise<Remains> {
  const life = async () => {
    const booted = await bootMortal(remains, sites);
    await remains.clock.advance(RECOVERY_MS);
    booted.runtime.abandon();
  };
  await Promise.race([life(), sites.died]);
  return afterDeath(remains);
}

/** The same remains once more: several successors begin where one process died. */
function copyOf(remains: Remains): Remains {
  const world = new PeerWorld();
  for (const id of remains.world.watched) world.watched.add(id);
  for (const id of remains.world.released) world.released.add(id);
  return afterDeath({ ...remains, world });
}
