import { RootCoordService } from '../../gen/root_coord.js';
import type { Coordinator } from '../../root/coordinator.js';
import type { ServiceBinding } from '../server.js';
import type { RpcDeps } from '../unary.js';
import { allocationHandlers } from './allocation.handlers.js';
import { collectionHandlers } from './collection.handlers.js';
import { type ChannelNames, componentHandlers } from './component.handlers.js';

/** `milvus.proto.rootcoord.RootCoord`, as far as it is built. */
export function rootCoordService(
  deps: RpcDeps,
  coordinator: Coordinator,
  names: ChannelNames,
): ServiceBinding {
  const root = () => coordinator.rootCoord;
  return {
    name: 'milvus.proto.rootcoord.RootCoord',
    definition: RootCoordService,
    handlers: {
      ...collectionHandlers(deps, root),
      ...allocationHandlers(deps, root),
      ...componentHandlers(deps, coordinator, names),
    },
  };
}
