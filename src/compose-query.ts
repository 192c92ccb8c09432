import { QueryCoordClient } from './adapters/grpc-clients/query-coord-client.js';
import { CompanionRole } from './companion-role.js';
import { rootCoordPeer } from './compose-data.js';
import type { Config } from './config/schema.js';
import type { DataCoord } from './data/data-coord.js';
import type { Logger } from './ports/logger.js';
import {
  type IndexCatalogPeer,
  type LoadView,
  NOTHING_LOADED,
  type QueryCoordPeer,
} from './ports/peers.js';
import { QueryCoord } from './query/query-coord.js';
import { RemoteLoads } from './query/remote-loads.js';
import { type QueryRuntime, type QuerySettings, startQueryRuntime } from './query/runtime.js';
import type { Companion } from './root/coordinator.js';
import type { RootCoord } from './root/root-coord.js';

/**
 * QueryCoord as the configuration wants it: the one at `queryCoord.address`, or a ledger in this
 * process. @param root throws until that serves, like `data`.
 */
export const composeQueryRole = (
  { rootPath, metaSubPath }: QuerySettings,
  log: Logger,
  root: () => RootCoord,
  data: () => DataCoord,
  remote?: Config['queryCoord'],
): CompanionRole<QueryRuntime> => {
  const own = log.child({ component: 'querycoord' });
  const rootCoord = rootCoordPeer(root);
  const indexes = indexCatalogPeer(data);
  return new CompanionRole('QueryCoord', async (ground) => {
    if (remote && remote.address !== 'none') {
      return remoteQueryRuntime(remote, own, { rootCoord, indexes });
    }
    const settings = { rootPath, metaSubPath };
    return startQueryRuntime({ ...ground, log: own, rootCoord, indexes, settings });
  });
};

const WITH_PORT = /^(?:[^:]+|\[.+\]):\d+$/;

/** Its metadata is its own: nothing is read or written here. */
function remoteQueryRuntime(
  { address, port, grpc }: Config['queryCoord'],
  log: Logger,
  coordinators: Pick<Parameters<typeof startQueryRuntime>[0], 'rootCoord' | 'indexes'>,
): QueryRuntime {
  const server = WITH_PORT.test(address) ? address : `${address}:${port}`;
  const remote = new QueryCoordClient({
    address: server,
    receiveBytesMax: grpc.clientMaxRecvSize,
    sendBytesMax: grpc.clientMaxSendSize,
  });
  log.info({ address: server }, 'loads are handed on');
  const loads = new RemoteLoads({ ...coordinators, remote });
  return {
    queryCoord: new QueryCoord({ loads }),
    stop: async () => remote.close(),
    abandon: () => remote.close(),
  };
}

/** What RootCoord asks of QueryCoord. @param query throws until that answers. */
export const queryCoordPeer = (query: () => QueryCoord): QueryCoordPeer => ({
  releaseCollection: async (collectionId) => query().loads.releaseCollection(collectionId),
  syncPartition: async (collectionId, { id }) => query().loads.syncPartition(collectionId, id),
  releasePartition: async (collectionId, id) => query().loads.releasePartition(collectionId, id),
});

/** What RootCoord looks at while it plans. @param query throws until QueryCoord answers. */
export function loadViewOf(query: () => QueryCoord): LoadView {
  const view = (): LoadView => query().loads.view ?? NOTHING_LOADED;
  return {
    isCollectionLoaded: (id) => view().isCollectionLoaded(id),
    isPartitionLoaded: (collectionId, id) => view().isPartitionLoaded(collectionId, id),
  };
}

/** Several coordinators as one: each is started on the ones before it, and stopped before them. */
export const inOrder = (...companions: readonly Companion[]): Companion => ({
  start: async (ground) => {
    for (const companion of companions) await companion.start(ground);
  },
  stop: async () => {
    for (const companion of companions.toReversed()) await companion.stop();
  },
  abandon: () => {
    for (const companion of companions.toReversed()) companion.abandon();
  },
});

const indexCatalogPeer = (data: () => DataCoord): IndexCatalogPeer => ({
  whileIndexed: async (collectionId, work) =>
    data().indexes.whileIndexed(collectionId, (indexes) =>
      work(new Map(indexes.map(({ fieldId, id }) => [fieldId, id]))),
    ),
});
