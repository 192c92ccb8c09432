import type { DataCoord } from '../../data/data-coord.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { Coordinator } from '../../root/coordinator.js';
import type { ServiceBinding } from '../server.js';
import type { RpcDeps } from '../unary.js';
import { aliasHandlers } from './alias.handlers.js';
import { allocationHandlers } from './allocation.handlers.js';
import { alterationHandlers } from './alteration.handlers.js';
import { collectionHandlers } from './collection.handlers.js';
import { type ChannelNames, componentHandlers } from './component.handlers.js';
import { databaseHandlers } from './database.handlers.js';
import { indexHandlers } from './index.handlers.js';
import { inventoryHandlers } from './inventory.handlers.js';
import { partitionHandlers } from './partition.handlers.js';
import { proxyCacheHandlers } from './proxy-cache.handlers.js';
import { segmentHandlers } from './segment.handlers.js';
import { tickHandlers } from './tick.handlers.js';

/** `milvus.proto.rootcoord.RootCoord`, as far as it is built. */
export function rootCoordService(
  deps: RpcDeps,
  coordinator: Coordinator,
  data: () => DataCoord,
  names: ChannelNames,
): ServiceBinding {
  const root = () => coordinator.rootCoord;
  return {
    name: 'milvus.proto.rootcoord.RootCoord',
    definition: RootCoordService,
    handlers: {
      ...collectionHandlers(deps, root),
      ...alterationHandlers(deps, root),
      ...inventoryHandlers(deps, root),
      ...partitionHandlers(deps, root),
      ...databaseHandlers(deps, root),
      ...aliasHandlers(deps, root),
      ...indexHandlers(deps, root, data),
      ...segmentHandlers(deps, root, data),
      ...allocationHandlers(deps, root),
      ...tickHandlers(deps, root),
      ...proxyCacheHandlers(deps, root),
      ...componentHandlers(deps, coordinator, names),
    },
  };
}
