import { randomBytes } from 'node:crypto';
import { SystemClock } from './adapters/clock/system-clock.js';
import { EmbeddedMessageStream } from './adapters/embedded/embedded-message-stream.js';
import { EmbeddedMetaStore } from './adapters/embedded/embedded-meta-store.js';
import { grpcProxyClients } from './adapters/grpc-clients/proxy-client.js';
import { InProcessMembership, MEMBERSHIP_LIMITS } from './adapters/in-process/membership.js';
import { identifyProcess } from './adapters/process-identity.js';
import { composeDataRole, dataCoordBinding, peersOfRoot } from './compose-data.js';
import { composeQueryRole, inOrder, loadViewOf, queryCoordPeer } from './compose-query.js';
import type { Config } from './config/schema.js';
import { schemaLimits } from './config/schema-limits.js';
import type { DataCoord } from './data/data-coord.js';
import { unreachable } from './domain/invariant.js';
import { milvusService } from './front/milvus.service.js';
import { serveHealth } from './observe/health-http.js';
import type { LoopTurn } from './observe/loop-delay.js';
import type { Clock } from './ports/clock.js';
import type { Logger } from './ports/logger.js';
import type { MessageStream } from './ports/message-stream.js';
import type { MetaStore } from './ports/meta-store.js';
import type { QueryCoord } from './query/query-coord.js';
import { Coordinator, type CoordinatorEnd } from './root/coordinator.js';
import type { ProxyWorld } from './root/proxies/proxies.js';
import type { RootSettings } from './root/runtime.js';
import { controlService } from './rpc/control/control.service.js';
import { membershipService } from './rpc/control/membership.service.js';
import { timestampService } from './rpc/control/timestamp.service.js';
import { logGrpc } from './rpc/grpc-log.js';
import { rootCoordService } from './rpc/root/root-coord.service.js';
import { type RunningServer, startServer } from './rpc/server.js';
import { WorkLane } from './rpc/work-lane.js';
import { version } from './version.js';

export { identifyProcess };

/** A whole process, put together and started. */
export interface Rootstock {
  readonly ports: Readonly<Record<'proxy' | 'rootCoord' | 'dataCoord' | 'metrics', number>>;
  /** Where to watch the actors, when the configuration turns that on. */
  readonly inspectUrl: string | undefined;
  /** Settles when requests are served; never if the process ends before. */
  readonly healthy: Promise<void>;
  /** Settles when everything is closed, in order or after a failure. */
  readonly ended: Promise<CoordinatorEnd>;
  /** Asks for an end in order; see `ended`. */
  stop(): void;
}

/** What the program around the services knows of the process. */
export interface ProcessView {
  /** The longest turn of the event loop; undefined until it is watched. */
  readonly longestTurn: () => LoopTurn | undefined;
}

/** Starts every service of one process as configured. Rejects when a port is not to be had. */
export async function startRootstock(
  config: Config,
  log: Logger,
  { longestTurn }: ProcessView,
): Promise<Rootstock> {
  const clock = new SystemClock();
  logGrpc(log);
  const inspector = config.rootstock.inspect.enabled
    ? await openInspector(config, clock, log)
    : undefined;
  const metrics = await openMetrics(clock, () => coordinator, longestTurn);
  const rootCoord = () => coordinator.rootCoord;
  const dataCoord = () => data.runtime.dataCoord;
  const queryCoord = () => query.runtime.queryCoord;
  const data = composeDataRole(config.etcd, log, rootCoord, clock);
  const query = composeQueryRole(config.etcd, log, rootCoord, dataCoord, config.queryCoord);
  const coordinator: Coordinator = new Coordinator({
    openStore: () => openStore(config),
    openStream: () => openStream(config),
    candidate: identifyProcess(`${config.rootCoord.ip}:${config.rootCoord.port}`),
    clock,
    log: log.child({ component: 'rootcoord' }),
    peers: { ...peersOfRoot(dataCoord), queryCoord: queryCoordPeer(queryCoord) },
    loads: loadViewOf(queryCoord),
    companion: inOrder(data, query),
    proxyWorld: proxyWorld(config, clock),
    settings: rootSettings(config),
    observer: metrics.ddl,
    inspect: inspector?.inspect,
  });
  const servers = await startServers(config, clock, log, coordinator, { dataCoord, queryCoord });
  const health = await serveHealth({
    ip: config.metrics.ip,
    port: config.metrics.port,
    isHealthy: () => coordinator.stateName === 'Healthy',
    stateWord: () => coordinator.stateName,
    metrics,
    log,
  });
  coordinator.start();
  const healthy = coordinator.healthy.then(() => setServing(servers, true));
  const deadlineMs = config.rootCoord.gracefulStopTimeout * 1000;
  const ended = coordinator.ended.then(async (end) => {
    await Promise.all(Object.values(servers).map((server) => server.drain(deadlineMs)));
    await Promise.all([health.close(), inspector?.close()]);
    return end;
  });
  return {
    ports: {
      proxy: servers.front.port,
      rootCoord: servers.root.port,
      dataCoord: servers.data.port,
      metrics: health.port,
    },
    inspectUrl: inspector?.url,
    healthy,
    ended,
    stop: () => {
      setServing(servers, false);
      coordinator.stop();
    },
  };
}

interface Servers {
  readonly front: RunningServer;
  readonly root: RunningServer;
  readonly data: RunningServer;
}

/** The other coordinators; each throws until it answers. */
interface Companions {
  readonly dataCoord: () => DataCoord;
  readonly queryCoord: () => QueryCoord;
}

async function startServers(
  config: Config,
  clock: Clock,
  log: Logger,
  coordinator: Coordinator,
  { dataCoord, queryCoord }: Companions,
): Promise<Servers> {
  const deps = {
    clock,
    assertReady: () => void coordinator.rootCoord,
    onDefect: (rpc: string, error: unknown) => log.error({ rpc, err: error }, 'request broke'),
    lane: new WorkLane(clock),
  };
  const { chanNamePrefix } = config.msgChannel;
  const channelNames = {
    timeTick: `${chanNamePrefix.cluster}-${chanNamePrefix.rootCoordTimeTick}`,
    statistics: `${chanNamePrefix.cluster}-${chanNamePrefix.rootCoordStatistics}`,
  };
  const frontDeps = {
    ...deps,
    root: () => coordinator.rootCoord,
    data: dataCoord,
    query: queryCoord,
    schemaLimits: schemaLimits(config),
  };
  const { rootCoord, proxy } = config;
  const own = [
    controlService(deps, coordinator),
    timestampService(deps, coordinator),
    membershipService(deps, { root: () => coordinator.rootCoord, leaseTtlMs: leaseTtlMs(config) }),
  ];
  const root = await startServer({
    ip: rootCoord.ip,
    port: rootCoord.port,
    ...messageSizes(config, rootCoord.grpc),
    services: [rootCoordService(deps, coordinator, dataCoord, channelNames), ...own],
  });
  const front = await startServer({
    ip: proxy.ip,
    port: proxy.port,
    ...messageSizes(config, proxy.grpc),
    services: [milvusService(frontDeps, coordinator, version), ...own],
  });
  const { ip, port, grpc } = config.dataCoord;
  const dataChannels = {
    timeTick: `${chanNamePrefix.cluster}-${chanNamePrefix.dataCoordTimeTick}`,
    segmentInfo: `${chanNamePrefix.cluster}-${chanNamePrefix.dataCoordSegmentInfo}`,
  };
  const services = [dataCoordBinding(deps, coordinator, dataCoord, dataChannels)];
  const dataServer = await startServer({ ip, port, ...messageSizes(config, grpc), services });
  return { front, root, data: dataServer };
}

/** A request may be as large as the service allows, but never larger than the process does. */
function messageSizes(
  config: Config,
  grpc: { readonly serverMaxRecvSize: number; readonly serverMaxSendSize: number },
) {
  const receiveBytesMax = Math.min(grpc.serverMaxRecvSize, config.rootstock.limits.requestBytesMax);
  return { receiveBytesMax, sendBytesMax: grpc.serverMaxSendSize };
}

function setServing(servers: Servers, serving: boolean): void {
  for (const server of Object.values(servers)) server.setServing(serving);
}

/** The store the configuration names. Its library is loaded only then: etcd3 takes a tenth of a start. */
export async function openStore({
  metastore,
  etcd,
  common,
  rootstock,
}: Config): Promise<MetaStore> {
  switch (metastore.type) {
    case 'embedded':
      return EmbeddedMetaStore.open({ dataDir: rootstock.dataDir });
    case 'etcd': {
      const { EtcdMetaStore } = await import('./adapters/etcd/etcd-meta-store.js');
      return EtcdMetaStore.open({
        endpoints: etcd.endpoints,
        rootPath: etcd.rootPath,
        metaSubPath: etcd.metaSubPath,
        requestTimeoutMs: etcd.requestTimeout,
        leaseTtlSeconds: common.session.ttl,
      });
    }
    default:
      return unreachable(metastore.type);
  }
}

/** The message stream the configuration names; see `openStore` about its library. */
async function openStream({ mq, rootstock }: Config): Promise<MessageStream> {
  const { retentionSeconds, retentionBytes } = rootstock.messages;
  const retention = { ageMs: retentionSeconds * 1000, bytes: retentionBytes };
  switch (mq.type) {
    case 'embedded':
      return EmbeddedMessageStream.open({ dataDir: rootstock.dataDir, retention });
    case 'natsmq': {
      const { NatsMessageStream } = await import('./adapters/nats/nats-message-stream.js');
      return NatsMessageStream.open({ ...rootstock.nats, retention });
    }
    default:
      return unreachable(mq.type);
  }
}

/** Its library is not for those who only ask for `openStore`: it takes a twentieth of a second. */
async function openMetrics(
  clock: Clock,
  coordinator: () => Coordinator,
  longestTurn: ProcessView['longestTurn'],
) {
  const { Metrics } = await import('./observe/metrics/metrics.js');
  return new Metrics({
    clock,
    figures: () => coordinator().figures,
    stateCode: () => coordinator().stateCode,
    longestTurn,
  });
}

/** The page's address carries a token nobody can guess. */
async function openInspector({ rootstock: { inspect } }: Config, clock: Clock, log: Logger) {
  const { createInspector } = await import('./observe/inspector.js');
  const token = randomBytes(24).toString('base64url');
  return createInspector({ ip: inspect.ip, port: inspect.port, token, clock, log });
}

/** Sessions live in this process; the proxies of others are reached over gRPC. */
const proxyWorld = ({ proxy, rootstock: { proxies } }: Config, clock: Clock): ProxyWorld => ({
  openMembership: (ground) => new InProcessMembership({ ...ground, clock }),
  clients: grpcProxyClients,
  settings: {
    timeTickIntervalMs: proxy.timeTickInterval,
    joinGraceMs: proxies.joinGrace,
    invalidateTimeoutMs: proxies.invalidateTimeout,
  },
});

/** Of a member that does not say; etcd's sessions may be set to last longer than ours can. */
const leaseTtlMs = ({ common }: Config): number =>
  Math.min(common.session.ttl * 1000, MEMBERSHIP_LIMITS.leaseTtlMsMax);

/** An undrop needs to know what was there before: it reaches no further back than history does. */
const undropKeepMs = ({ rootstock: { undrop, history } }: Config): number =>
  Math.min(undrop.keepSeconds, history.retentionSeconds) * 1000;

function rootSettings(config: Config): RootSettings {
  const { etcd, rootCoord, rootstock, msgChannel, quotaAndLimits, common } = config;
  const { cluster, rootCoordDml } = msgChannel.chanNamePrefix;
  return {
    rootPath: etcd.rootPath,
    metaSubPath: etcd.metaSubPath,
    kvSubPath: etcd.kvSubPath,
    rules: {
      limits: {
        maxShardNum: config.proxy.maxShardNum,
        maxPartitionNum: rootCoord.maxPartitionNum,
        maxCollectionNum: quotaAndLimits.limits.maxCollectionNum,
        maxCollectionNumPerDatabase: quotaAndLimits.limits.maxCollectionNumPerDB,
        maxGeneralCapacity: rootCoord.maxGeneralCapacity,
        maxDatabaseNum: rootCoord.maxDatabaseNum,
      },
      schemaLimits: schemaLimits(config),
      channels: { prefix: `${cluster}-${rootCoordDml}`, size: rootCoord.dmlChannelNum },
      defaultPartitionName: common.defaultPartitionName,
      undropKeepMs: undropKeepMs(config),
      keptMax: rootstock.undrop.keptMax,
      // Kept ones are a part of the collection's record: no more of them than of the others.
      keptPartitionsMax: rootCoord.maxPartitionNum,
    },
    queueLengthMax: rootstock.ddl.queueLengthMax,
    residentMax: rootstock.collections.residentMax,
    historyRetentionMs: rootstock.history.retentionSeconds * 1000,
    timestampWindowMs: rootstock.tso.saveInterval,
    timestampUpdateIntervalMs: rootstock.tso.updateInterval,
    timeTicks: {
      intervalMs: config.proxy.timeTickInterval,
      isEnabled: common.ttMsgEnabled,
    },
    gracefulStopMs: rootCoord.gracefulStopTimeout * 1000,
  };
}
