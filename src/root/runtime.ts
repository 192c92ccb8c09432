import type { InspectionEvent } from 'xstate';
import { idWindowKeys, timestampWindowKeys } from '../allocators/allocator-keys.js';
import { IdAllocator } from '../allocators/id-allocator.js';
import { TimestampOracle } from '../allocators/timestamp-oracle.js';
import { CoordError } from '../domain/errors.js';
import { DEFAULT_DATABASE_ID, DEFAULT_DATABASE_NAME, type TaskId } from '../domain/ids.js';
import type { Clock } from '../ports/clock.js';
import type { DdlObserver } from '../ports/ddl-observer.js';
import type { Logger } from '../ports/logger.js';
import type { MessageStream } from '../ports/message-stream.js';
import type { Fence, MetaStore } from '../ports/meta-store.js';
import { type LoadView, NOTHING_LOADED, type Peers } from '../ports/peers.js';
import type { RootFigures } from '../ports/root-figures.js';
import { SafeTimes } from '../timetick/safe-times.js';
import type { DatabaseChange } from './catalog/change.js';
import { encodeDatabase } from './catalog/database.codec.js';
import { HistoryFolder } from './catalog/history-folder.js';
import { CatalogKeys } from './catalog/keys.js';
import { type LoadedCatalog, loadCatalog } from './catalog/load.js';
import { openDmlChannels } from './channels/open-dml-channels.js';
import { collectionKind } from './collection/collection.actors.js';
import type { LifecycleCommand } from './ddl/commands.js';
import { DdlSupervisor } from './ddl/ddl-supervisor.js';
import { performBatch } from './ddl/perform-batch.js';
import type { PlanRules } from './ddl/plan.js';
import type { DdlOutcome } from './ddl/replies.js';
import { ChangeFeed } from './feed/change-feed.js';
import { DropSweeper } from './lifecycle/drop-sweeper.js';
import { Lifecycles } from './lifecycle/lifecycles.js';
import { Residency } from './lifecycle/residency.js';
import { LiveFigures } from './live-figures.js';
import { DdAnnouncer } from './messages/dd-announcer.js';
import { DdTimeline } from './messages/dd-timeline.js';
import { refuseHalfImported } from './migration/import-marker.js';
import { migrateOldLayouts } from './migration/migrate-old-layouts.js';
import { isFreshStore } from './migration/store-contents.js';
import { partitionKind } from './partition/partition.actors.js';
import { Proxies, type ProxyWorld } from './proxies/proxies.js';
import { StoredSessions } from './proxies/stored-sessions.js';
import { RootCoord } from './root-coord.js';
import { type TickSettings, TimeTicks } from './ticks/time-ticks.js';

/** What RootCoord is configured with; compose translates Milvus' keys into this. */
export interface RootSettings {
  /** e.g. `by-dev`, `meta` and `kv` (facts/rootcoord §17). */
  readonly rootPath: string;
  readonly metaSubPath: string;
  readonly kvSubPath: string;
  readonly rules: Omit<PlanRules, 'keys' | 'loads'>;
  readonly queueLengthMax: number;
  readonly residentMax: number;
  readonly historyRetentionMs: number;
  readonly timestampWindowMs: number;
  readonly timestampUpdateIntervalMs: number;
  readonly timeTicks: TickSettings;
  readonly gracefulStopMs: number;
}

export interface RuntimeDeps {
  readonly store: MetaStore;
  readonly fence: Fence;
  /** The physical channels. */
  readonly stream: MessageStream;
  readonly clock: Clock;
  readonly log: Logger;
  readonly peers: Peers;
  /** With it the caches of proxies are kept true from here, and `peers` need not. */
  readonly proxyWorld?: ProxyWorld | undefined;
  /** Without it nothing is ever loaded. */
  readonly loads?: LoadView | undefined;
  readonly settings: RootSettings;
  readonly observer?: DdlObserver | undefined;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
  /** Something broke that only a restart can mend. */
  readonly onBroken: (reason: unknown) => void;
}

/** RootCoord at work, from election to the end of leadership. */
export interface RootRuntime {
  readonly rootCoord: RootCoord;
  readonly figures: RootFigures;
  /** Finishes accepted DDL, for as long as the settings allow, then lets go of everything. */
  stop(): Promise<void>;
  /** Lets go of everything at once, writing nothing. */
  abandon(): void;
}

/**
 * Brings RootCoord up on a store that is ours: allocators first, then the catalog, moved into
 * today's layout if an earlier release wrote it, then whatever a crash left unfinished, in the
 * background. When it rejects, nothing of it goes on.
 */
export async function startRuntime(deps: RuntimeDeps): Promise<RootRuntime> {
  const keys = new CatalogKeys(deps.settings.rootPath, deps.settings.metaSubPath);
  await refuseHalfImported(deps.store, deps.settings.rootPath);
  const allocators = await openAllocators(deps);
  try {
    await migrateOldLayouts(deps);
    const loaded = await loadCatalog(deps.store, keys);
    await checkTimeGoesOn(loaded, allocators.oracle);
    await ensureDefaultDatabase(deps, keys, loaded, allocators.oracle);
    reportLoad(deps.log, loaded);
    const rules = await withDmlChannels(deps, loaded);
    return await startServing(
      { ...deps, settings: { ...deps.settings, rules } },
      keys,
      loaded,
      allocators,
    );
  } catch (caught) {
    stopAllocators(allocators);
    throw caught;
  }
}

async function withDmlChannels({ stream, settings }: RuntimeDeps, { catalog }: LoadedCatalog) {
  const { rules } = settings;
  return { ...rules, channels: await openDmlChannels(stream, rules.channels, catalog) };
}

interface Allocators {
  readonly oracle: TimestampOracle;
  readonly ids: IdAllocator;
}

async function openAllocators(deps: RuntimeDeps): Promise<Allocators> {
  const { store, fence, clock, log, settings } = deps;
  const kvRoot = `${settings.rootPath}/${settings.kvSubPath}`;
  const window = {
    store,
    fence,
    clock,
    log,
    windowMs: settings.timestampWindowMs,
    updateIntervalMs: settings.timestampUpdateIntervalMs,
    isFreshStore: () => isFreshStore(store, settings),
  };
  const oracle = await TimestampOracle.open({ ...window, keys: timestampWindowKeys(kvRoot) });
  try {
    return { oracle, ids: await IdAllocator.open({ ...window, keys: idWindowKeys(kvRoot) }) };
  } catch (caught) {
    oracle.stop();
    throw caught;
  }
}

function stopAllocators({ oracle, ids }: Allocators): void {
  oracle.stop();
  ids.stop();
}

/** A saved window older than the catalog was tampered with or restored: time would run twice. */
async function checkTimeGoesOn({ newestChange }: LoadedCatalog, oracle: TimestampOracle) {
  const next = await oracle.allocate(1);
  if (next > newestChange) return;
  throw new CoordError(
    'ServiceInternal',
    `the saved timestamp window lies behind the journal: next is ${next}, used was ${newestChange}`,
  );
}

async function startServing(
  deps: RuntimeDeps,
  keys: CatalogKeys,
  loaded: LoadedCatalog,
  allocators: Allocators,
): Promise<RootRuntime> {
  const { clock, settings } = deps;
  const { historyRetentionMs } = settings;
  const sessions = await StoredSessions.load({ ...deps, keys });
  const actors = startActors(deps, keys, loaded, allocators, sessions);
  await goOn(actors);
  const { ddl, ticks, proxies, lifecycles } = actors;
  const folder = new HistoryFolder({ ...deps, ...loaded, keys, retentionMs: historyRetentionMs });
  const { oracle } = allocators;
  const sweeper = new DropSweeper({ ...loaded, clock, lifecycles, oracle, rules: settings.rules });
  const feed = new ChangeFeed({ ...deps, ...loaded, keys });
  const abandon = () => {
    feed.close();
    folder.stop();
    sweeper.stop();
    closeActors(actors);
    stopAllocators(allocators);
  };
  const rootCoord = new RootCoord({
    ...loaded,
    ...allocators,
    ddl,
    feed,
    ticks,
    proxies,
    clock,
    historyRetentionMs,
    rules: settings.rules,
  });
  const dmlChannels = settings.rules.channels.size;
  return {
    rootCoord,
    figures: new LiveFigures({ ...loaded, ...actors, oracle, rootCoord, clock, dmlChannels }),
    abandon,
    stop: async () => {
      await within(clock, settings.gracefulStopMs, ddl.drain());
      abandon();
    },
  };
}

type RootActors = ReturnType<typeof startActors>;

/** Time begins last: it waits for every proxy and every DDL of before a crash. */
async function goOn(actors: RootActors): Promise<void> {
  const { lifecycles, ticks, proxies } = actors;
  try {
    await proxies?.start();
  } catch (caught) {
    closeActors(actors);
    throw caught;
  }
  lifecycles.wakeUnfinished();
  ticks.start();
}

function closeActors({ lifecycles, ddl, ticks, proxies }: RootActors): void {
  lifecycles.close();
  ddl.close();
  ticks.stop();
  void proxies?.close();
}

function startActors(
  deps: RuntimeDeps,
  keys: CatalogKeys,
  loaded: LoadedCatalog,
  { oracle, ids }: Allocators,
  sessions: StoredSessions,
) {
  const { clock, settings, fence, observer, inspect, onBroken } = deps;
  const timeline = new DdTimeline(oracle);
  const safeTimes = new SafeTimes();
  const proxies = openProxies(deps, loaded, { oracle, ids }, safeTimes, sessions);
  const peers = proxies ? { ...deps.peers, proxies: proxies.caches } : deps.peers;
  const ticks = new TimeTicks({
    ...deps,
    ...loaded,
    oracle,
    timeline,
    safeTimes,
    sessions: proxies?.sessions ?? NO_SESSIONS,
    sourceId: fence.epoch,
    settings: settings.timeTicks,
  });
  const allocateIds = (count: number): bigint | Promise<bigint> =>
    count === 0 ? 0n : (ids.allocateNow(count) ?? ids.allocate(count));
  const { loads = NOTHING_LOADED } = deps;
  const rules = { ...settings.rules, keys, loads };
  const batch = { ...deps, ...loaded, allocateIds, timeline, rules };
  const ddl: DdlSupervisor = new DdlSupervisor({
    clock,
    observer,
    inspect,
    catalog: loaded.catalog,
    outcomes: loaded.outcomes,
    queueLengthMax: settings.queueLengthMax,
    perform: (tasks) => performBatch({ ...batch, replies: ddl.replies, lifecycles }, tasks),
    allocateTaskId: async () => (await allocateIds(1)) as TaskId,
    onSettled: (taskId) => timeline.close(taskId),
    onFailed: onBroken,
  });
  const lifecycles = startLifecycles({ ...deps, peers }, loaded, ddl, timeline, ticks);
  return { ddl, lifecycles, ticks, proxies };
}

function openProxies(
  deps: RuntimeDeps,
  { catalog }: LoadedCatalog,
  { oracle, ids }: Allocators,
  safeTimes: SafeTimes,
  records: StoredSessions,
): Proxies | undefined {
  const { proxyWorld, fence, clock, log, inspect } = deps;
  if (!proxyWorld) return undefined;
  return new Proxies({
    ...proxyWorld,
    safeTimes,
    catalog,
    sourceId: fence.epoch,
    records,
    allocateServerId: async () => ids.allocate(1),
    allocateTimestamp: () => oracle.allocateNow(1) ?? oracle.allocate(1),
    clock,
    log,
    inspect,
  });
}

function startLifecycles(
  deps: RuntimeDeps,
  { catalog, history }: LoadedCatalog,
  ddl: DdlSupervisor,
  timeline: DdTimeline,
  ticks: TimeTicks,
): Lifecycles {
  const { settings, peers, stream, fence } = deps;
  const { undropKeepMs } = settings.rules;
  const onSettled = (taskId: TaskId, outcome: DdlOutcome | CoordError) =>
    ddl.settle(taskId, outcome);
  const residency = { ...deps, residentMax: settings.residentMax, onSettled };
  const announcer = new DdAnnouncer({ stream, timeline, catalog, ticks, sourceId: fence.epoch });
  const actorsFor = (actor: string) => ({
    ...deps,
    announcer,
    catalog,
    history,
    undropKeepMs,
    submit: (command: LifecycleCommand) => ddl.submit(command, { actor }),
  });
  return new Lifecycles({
    catalog,
    proxies: peers.proxies,
    collections: new Residency({ ...residency, kind: collectionKind(actorsFor('collection')) }),
    partitions: new Residency({ ...residency, kind: partitionKind(actorsFor('partition')) }),
    onSettled,
  });
}

/** No proxy is known. */
const NO_SESSIONS = { accept: () => 'unknown' as const };

/** Every store has a database named `default` with id 1 (facts/rootcoord §8). */
async function ensureDefaultDatabase(
  { store, fence, clock }: RuntimeDeps,
  keys: CatalogKeys,
  { catalog, history, journal }: LoadedCatalog,
  oracle: TimestampOracle,
): Promise<void> {
  if (catalog.databaseById(DEFAULT_DATABASE_ID)) return;
  const record = {
    id: DEFAULT_DATABASE_ID,
    name: DEFAULT_DATABASE_NAME,
    createdUnixNs: BigInt(Math.floor(clock.nowMs())) * 1_000_000n,
    properties: [],
  };
  const change: DatabaseChange = {
    kind: 'database',
    before: undefined,
    after: record,
    timestamp: await oracle.allocate(1),
    taskId: 0n as TaskId,
    actor: 'rootcoord',
    operation: 'database.created',
  };
  const put = {
    kind: 'put' as const,
    key: keys.database(record.id),
    value: encodeDatabase(record),
  };
  await store.commit([put, journal.entry([change])], fence);
  journal.committed([change]);
  catalog.apply(change);
  history.record(change);
}

function reportLoad(log: Logger, { catalog, orphanKeys }: LoadedCatalog): void {
  log.info({ collections: catalog.countCollections() }, 'catalog loaded');
  if (orphanKeys.length === 0) return;
  log.warn({ count: orphanKeys.length, first: orphanKeys[0] }, 'keys without a collection found');
}

/** Settles with the work or when its time is up, whichever is first. */
function within(clock: Clock, delayMs: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(resolve, delayMs);
    work.then(resolve, reject).finally(() => clock.clearTimeout(timer));
  });
}
