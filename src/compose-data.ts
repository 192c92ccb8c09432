import { lonelyPeers } from './adapters/in-process/peers.js';
import { CompanionRole } from './companion-role.js';
import type { DataCoord } from './data/data-coord.js';
import { type DataRuntime, type DataSettings, startDataRuntime } from './data/runtime.js';
import { CoordError } from './domain/errors.js';
import type { Clock } from './ports/clock.js';
import type { Logger } from './ports/logger.js';
import type { Peers, RootCoordPeer } from './ports/peers.js';
import type { Coordinator } from './root/coordinator.js';
import type { RootCoord } from './root/root-coord.js';
import type { DataChannelNames } from './rpc/data/component.handlers.js';
import { dataCoordService } from './rpc/data/data-coord.service.js';
import type { ServiceBinding } from './rpc/server.js';
import type { RpcDeps } from './rpc/unary.js';

/** DataCoord in the process of the RootCoord it asks. @param root throws until that serves. */
export const composeDataRole = (
  { rootPath, metaSubPath }: DataSettings,
  log: Logger,
  root: () => RootCoord,
  clock: Clock,
): CompanionRole<DataRuntime> =>
  new CompanionRole('DataCoord', (ground) =>
    startDataRuntime({
      ...ground,
      clock,
      log: log.child({ component: 'datacoord' }),
      rootCoord: rootCoordPeer(root),
      settings: { rootPath, metaSubPath },
    }),
  );

/** What RootCoord has around it. @param data throws until DataCoord answers. */
export function peersOfRoot(data: () => DataCoord): Peers {
  const lonely = lonelyPeers();
  return {
    ...lonely,
    dataCoord: {
      ...lonely.dataCoord,
      dropIndexes: async (collectionId) => data().indexes.dropAll(collectionId),
    },
  };
}

/** DataCoord's service; what is not ready, while that is so, is DataCoord (facts/datacoord §3.1). */
export const dataCoordBinding = (
  deps: RpcDeps,
  coordinator: Coordinator,
  data: () => DataCoord,
  names: DataChannelNames,
): ServiceBinding => {
  const assertReady = () => {
    const { stateName, nodeId } = coordinator;
    if (stateName === 'Healthy') return;
    throw CoordError.of('ServiceNotReady', { datacoord: nodeId }, stateName);
  };
  return dataCoordService({ ...deps, assertReady }, coordinator, data, names);
};

/** The other direction. @param root throws until RootCoord serves. */
export const rootCoordPeer = (root: () => RootCoord): RootCoordPeer => ({
  collection: async (collectionId) => root().visibleCollection(collectionId),
  allocateId: async () => root().allocateIds(1),
  allocateTimestamp: async () => root().allocateTimestamps(1, 0n),
});
