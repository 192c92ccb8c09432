import { StatusOk } from '../../domain/status.js';
import { RootCoordService } from '../../gen/root_coord.js';
import { stateNumbers } from '../../root/catalog/collection.codec.js';
import type { ChannelUser } from '../../root/collection/inventory.js';
import type { RootCoord } from '../../root/root-coord.js';
import { type RpcDeps, unary } from '../unary.js';
import { databaseOf } from './request.js';

/** Listings for coordinators; they ask for no message type (facts/rootcoord §1, §16). */
export function inventoryHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    showCollectionIDs: unary(deps, RootCoordService.showCollectionIDs, ({ request }) => {
      const { dbNames, allowUnavailable } = request;
      const databases = root().inventory.collectionIds(
        dbNames.map((name) => databaseOf({ dbName: name })),
        allowUnavailable,
      );
      const dbCollections = databases.map(({ databaseName, collectionIds }) => ({
        dbName: databaseName,
        collectionIDs: [...collectionIds],
      }));
      return { status: StatusOk, dbCollections };
    }),

    getPChannelInfo: unary(deps, RootCoordService.getPChannelInfo, ({ request }) => ({
      status: StatusOk,
      collections: root().inventory.onChannel(request.pchannel).map(channelInfo),
    })),
  };
}

const channelInfo = ({ collection, virtualChannel }: ChannelUser) => ({
  collectionId: collection.id,
  partitions: collection.partitions.map(({ id }) => ({ partitionId: id })),
  vchannel: virtualChannel,
  state: stateNumbers[collection.state],
});
