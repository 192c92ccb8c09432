import { CompanionRole } from './companion-role.js';
import { rootCoordPeer } from './compose-data.js';
import type { DataCoord } from './data/data-coord.js';
import type { Logger } from './ports/logger.js';
import type { IndexCatalogPeer, LoadView, QueryCoordPeer } from './ports/peers.js';
import type { QueryCoord } from './query/query-coord.js';
import { type QueryRuntime, type QuerySettings, startQueryRuntime } from './query/runtime.js';
import type { Companion } from './root/coordinator.js';
import type { RootCoord } from './root/root-coord.js';

/**
 * QueryCoord in the process of the coordinators it asks. @param root throws until that serves, like
 * `data`.
 */
export const composeQueryRole = (
  { rootPath, metaSubPath }: QuerySettings,
  log: Logger,
  root: () => RootCoord,
  data: () => DataCoord,
): CompanionRole<QueryRuntime> =>
  new CompanionRole('QueryCoord', (ground) =>
    startQueryRuntime({
      ...ground,
      log: log.child({ component: 'querycoord' }),
      rootCoord: rootCoordPeer(root),
      indexes: indexCatalogPeer(data),
      settings: { rootPath, metaSubPath },
    }),
  );

/** What RootCoord asks of QueryCoord. @param query throws until that answers. */
export const queryCoordPeer = (query: () => QueryCoord): QueryCoordPeer => ({
  releaseCollection: async (collectionId) => query().loads.releaseCollection(collectionId),
  syncPartition: async (collectionId, { id }) => query().loads.syncPartition(collectionId, id),
  releasePartition: async (collectionId, id) => query().loads.releasePartition(collectionId, id),
});

/** What RootCoord looks at while it plans. @param query throws until QueryCoord answers. */
export const loadViewOf = (query: () => QueryCoord): LoadView => ({
  isCollectionLoaded: (id) => query().loads.isCollectionLoaded(id),
  isPartitionLoaded: (collectionId, id) => query().loads.isPartitionLoaded(collectionId, id),
});

/** Several coordinators as one: each is started on the ones before it, and stopped before them. */
export const inOrder = (...companions: readonly Companion[]): Companion => ({
  start: async (ground) => {
    for (const companion of companions) await companion.start(ground);
  },
  stop: async () => {
    for (const companion of companions.toReversed()) await companion.stop();
  },
});

const indexCatalogPeer = (data: () => DataCoord): IndexCatalogPeer => ({
  indexedFields: async (collectionId) => {
    const indexes = data().indexes.find({ collectionId, name: '' });
    return new Map(indexes.map(({ fieldId, id }) => [fieldId, id]));
  },
});
