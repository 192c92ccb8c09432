import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import type { DdlLimits } from '../../src/root/ddl/plan.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { livingCandidate } from './candidates.js';
import { ChannelWorld } from './channel-world.js';
import { expectFresh, rememberAll } from './crash-caches.js';
import { type Picture, pictureNow } from './crash-picture.js';
import { askerFor } from './crash-retries.js';
import {
  ClientMemory,
  type Look,
  type Remains,
  type Scenario,
  type Step,
} from './crash-scenario.js';
import { CrashSites, mortalPeers, mortalStore, mortalStream } from './crash-sites.js';
import { RULES } from './ddl-fixtures.js';
import { PeerCaches } from './peer-caches.js';
import { PeerWorld } from './peer-world.js';
import { bootRuntime, type TestRuntime } from './root-runtime.js';
import { settled, VirtualClock } from './virtual-clock.js';

/** Processes that live through a scenario, die in it, and succeed one another on what is left. */

/** Longer than everything recovery has to do when its peers are well. */
export const RECOVERY_MS = 500;

/** After a restart timestamps are ahead of the clock, by less than this. */
const CAUGHT_UP_MS = 2_000;
const ALL_KEYS = 'by-dev/';
const COMMIT_BYTES_MAX = 1_572_864;
const CANDIDATE = livingCandidate();

export interface BootChoices {
  readonly caches?: PeerCaches;
  readonly limits?: DdlLimits;
  /** Without them the process does not die. */
  readonly sites?: CrashSites;
}

/** A process on these remains; its clock ends with it. */
export function boot(remains: Remains, choices: BootChoices = {}): Promise<TestRuntime> {
  const { scenario, state, world, channels, clock } = remains;
  const { caches = new PeerCaches(), limits = RULES.limits, sites } = choices;
  const peers = world.peers(caches);
  return bootRuntime({
    state,
    clock,
    limits: { operationsMax: scenario.operationsMax ?? 128, bytesMax: COMMIT_BYTES_MAX },
    settings: {
      rules: {
        ...RULES,
        limits,
        undropKeepMs: scenario.keepMs ?? 0,
        keptMax: scenario.keptMax ?? RULES.keptMax,
      },
      residentMax: scenario.residentMax ?? 16,
      // Each restart moves timestamps ahead of the clock by so much, and drops become final sooner.
      timestampWindowMs: 1_000,
    },
    stream: sites ? mortalStream(channels.stream(clock), sites) : channels.stream(clock),
    peers: sites ? mortalPeers(peers, sites) : peers,
    ...(sites ? { wrap: (store) => mortalStore(store, sites) } : {}),
  });
}

/** What the first process of the scenario finds. */
export async function beginningOf(scenario: Scenario): Promise<Remains> {
  const fresh: Remains = {
    scenario,
    state: new MemoryMetaState(),
    world: new PeerWorld(),
    channels: new ChannelWorld(),
    memory: new ClientMemory(),
    clock: new VirtualClock(),
  };
  if (scenario.before.length === 0) return fresh;
  const { root, runtime } = await boot(fresh);
  await playSteps(scenario.before, {
    ...fresh,
    root,
    look: async () => {},
  });
  runtime.abandon();
  const clock = new VirtualClock(fresh.clock.nowMs() + CAUGHT_UP_MS);
  return { ...copyOf(fresh), memory: new ClientMemory(), clock };
}

/** A place where a process died, and what it left behind. */
export interface Death {
  readonly site: string;
  readonly remains: Remains;
}

/** The scenario played to its end, without a crash. */
export interface Rehearsal {
  readonly scenario: Scenario;
  readonly beginning: Remains;
  /** Every place where the process could have died on the way. */
  readonly sites: readonly string[];
  readonly end: Remains;
  /** What clients saw at first, and after each step. */
  readonly looks: readonly Look[];
}

/** Plays the scenario; nobody who was told of a change remembers what was before it (§25 I8). */
export async function rehearse(scenario: Scenario): Promise<Rehearsal> {
  const beginning = await beginningOf(scenario);
  const remains = copyOf(beginning);
  const sites = new CrashSites();
  const caches = new PeerCaches();
  const looks: Look[] = [];
  const booted = await liveThrough(remains, { sites, caches }, async (root) => {
    looks.push({ at: remains.memory.lastTimestamp, picture: await pictureNow(root) });
    expectFresh(root, caches);
    rememberAll(root, caches);
  });
  expect(booted.broken).toEqual([]);
  return { scenario, beginning, sites: sites.reached, looks, end: copyOf(remains) };
}

/** Every place a process comes to that tidies up on these remains and does not die. */
export async function sitesOfRecovery(remains: Remains): Promise<readonly string[]> {
  const sites = new CrashSites();
  await recover(copyOf(remains), { sites });
  return sites.reached;
}

/** @param number of the site the process dies at, from 0; undefined if it never came there. */
export const dieAt = ({ beginning }: Rehearsal, number: number): Promise<Death | undefined> =>
  dieIn(beginning, number, (remains, choices) => liveThrough(remains, choices));

/** The same for a process that tidies up on these remains. */
export const dieRecoveringAt = (first: Remains, number: number): Promise<Death | undefined> =>
  dieIn(first, number, recover);

type Life = (remains: Remains, choices: BootChoices) => Promise<TestRuntime>;

/** Clients know what they knew when it died; what it had begun by then may still come about. */
async function dieIn(before: Remains, number: number, live: Life): Promise<Death | undefined> {
  const remains = copyOf(before);
  let known: Pick<Remains, 'memory' | 'clock'> | undefined;
  const sites = new CrashSites(number, () => {
    if (sites.reached.length !== number + 1) return;
    known = { memory: remains.memory.copy(), clock: new VirtualClock(remains.clock.nowMs()) };
  });
  const death = sites.died.then(() => sites.reached[number]);
  const site = await Promise.race([death, live(remains, { sites }).then(() => undefined)]);
  await settled();
  return known && site ? { site, remains: { ...copyOf(remains), ...known } } : undefined;
}

async function liveThrough(
  remains: Remains,
  choices: BootChoices,
  onLook: (root: RootCoord) => Promise<void> = async () => {},
): Promise<TestRuntime> {
  const { memory, scenario } = remains;
  const booted = await boot(remains, choices);
  const { root } = booted;
  const look = async () => {
    memory.lastTimestamp = await root.allocateTimestamps(1, 0n);
    memory.lastId = await root.allocateIds(1);
    await onLook(root);
    memory.looks++;
  };
  await look();
  await playSteps(scenario.steps, { ...remains, root, look });
  booted.runtime.abandon();
  return booted;
}

async function recover(remains: Remains, choices: BootChoices): Promise<TestRuntime> {
  const booted = await boot(remains, choices);
  await remains.clock.advance(RECOVERY_MS);
  booted.runtime.abandon();
  return booted;
}

interface Stage extends Remains {
  readonly root: RootCoord;
  readonly look: () => Promise<void>;
}

async function playSteps(steps: readonly Step[], stage: Stage): Promise<void> {
  const { root, world, memory, clock, scenario } = stage;
  for (const { words, parts, arrange, restMs } of steps) {
    arrange(world);
    memory.begun++;
    memory.answeredParts.clear();
    const playPart = async (part: Step['parts'][number]) => {
      await part.run(root, askerFor(scenario, part)).catch((caught: unknown) => {
        throw new Error(`step "${words}"`, { cause: caught });
      });
      memory.answeredParts.add(part);
    };
    await Promise.all(parts.map(playPart));
    memory.answered++;
    // Also without a rest: what the step set going comes as far as it can.
    await clock.advance(restMs);
    await stage.look();
  }
}

/** What the next process finds: the same, and nobody else can reach it. */
export function copyOf({ scenario, state, world, channels, memory, clock }: Remains): Remains {
  const next = new MemoryMetaState();
  next.apply(
    state.snapshot(ALL_KEYS).map(({ key, value }) => ({ kind: 'put', key, value })),
    next.elect(CANDIDATE).fence,
  );
  return {
    scenario,
    state: next,
    world: world.copy(),
    channels: channels.copy(),
    memory: memory.copy(),
    clock: new VirtualClock(clock.nowMs()),
  };
}

/** Equal for remains that are the same to the byte. @param prefix of keys that count. */
export function fingerprint(
  { state, world, channels }: Pick<Remains, 'state' | 'world' | 'channels'>,
  prefix = ALL_KEYS,
): string {
  const hash = createHash('md5').update(world.fingerprint()).update(channels.fingerprint());
  for (const { key, value } of state.snapshot(prefix)) {
    hash.update(`${key.length}:${key}${value.length}:`).update(value);
  }
  return hash.digest('hex');
}

/**
 * Whether the catalog is as clients may expect it: every answered command is there, and one that
 * was not answered is there wholly or not at all.
 *
 * @param nowMs by which drops are final or not.
 */
export function expectAsAnswered(
  found: Picture,
  { scenario, memory }: Remains,
  looks: readonly Look[],
  nowMs: number,
): void {
  const { begun, answered, answeredParts, looks: looked } = memory;
  // Of too many drops, the next sweep decides which can be taken back.
  const keptUntilMs = scenario.keptMax === undefined ? nowMs : Number.POSITIVE_INFINITY;
  const keep = (picture: Picture | undefined) => keptAt(picture ?? new Map(), keptUntilMs);
  // Nobody looked yet after a time in which nothing but drops becoming final happens.
  const isResting = looked === answered && scenario.steps[answered - 1]?.parts.length === 0;
  const before = keep(looks[isResting ? answered - 1 : answered]?.picture);
  const after = begun === answered ? before : keep(looks[begun]?.picture);
  const now = keep(found);
  const keys = new Set([...before.keys(), ...after.keys(), ...now.keys()]);
  const differing = (keys_: readonly string[], wanted: Picture): string[] =>
    keys_.filter((key) => now.get(key) !== wanted.get(key));
  const parts = begun === answered ? [] : (scenario.steps[begun - 1]?.parts ?? []);
  const untouched = [...keys].filter((key) => !parts.some((part) => part.touches(key)));
  const complaints = [differing(untouched, before)];
  for (const part of parts) {
    const touched = [...keys].filter(part.touches);
    const [missing, surplus] = [differing(touched, after), differing(touched, before)];
    const isRight = missing.length === 0 || (!answeredParts.has(part) && surplus.length === 0);
    if (!isRight) complaints.push(answeredParts.has(part) ? missing : [...missing, ...surplus]);
  }
  const wrong = [...new Set(complaints.flat())];
  const show = (picture: Picture) => wrong.map((key) => `${key}: ${picture.get(key) ?? 'absent'}`);
  if (wrong.length === 0) return;
  expect(show(now), `${answered} steps answered, ${begun} begun`).toEqual(show(after));
  expect(show(now), `${answered} steps answered, ${begun} begun`).toEqual(show(before));
}

/** Without drops that became final since. */
const keptAt = (picture: Picture, nowMs: number): Picture =>
  new Map([...picture].filter(([key, text]) => !key.startsWith('kept ') || Number(text) > nowMs));
