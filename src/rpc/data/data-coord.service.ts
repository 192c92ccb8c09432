import type { DataCoord } from '../../data/data-coord.js';
import { DataCoordService } from '../../gen/data_coord.js';
import type { Coordinator } from '../../root/coordinator.js';
import type { ServiceBinding } from '../server.js';
import type { RpcDeps } from '../unary.js';
import { componentHandlers, type DataChannelNames } from './component.handlers.js';
import { indexHandlers } from './index.handlers.js';
import { indexStateHandlers } from './index-state.handlers.js';

/** `milvus.proto.data.DataCoord`, as far as it is built. */
export function dataCoordService(
  deps: RpcDeps,
  coordinator: Coordinator,
  data: () => DataCoord,
  names: DataChannelNames,
): ServiceBinding {
  return {
    name: 'milvus.proto.data.DataCoord',
    definition: DataCoordService,
    handlers: {
      ...indexHandlers(deps, data),
      ...indexStateHandlers(deps, data),
      ...componentHandlers(deps, coordinator, names),
    },
  };
}
