import { ControlServiceService } from '../../gen/control.js';
import type { Coordinator } from '../../root/coordinator.js';
import type { ServiceBinding } from '../server.js';
import type { RpcDeps } from '../unary.js';
import { listingHandlers } from './listing.handlers.js';
import { watchSafeTimeHandler } from './safe-time.handler.js';
import { snapshotHandler } from './snapshot.handler.js';
import { undropHandlers } from './undrop.handlers.js';
import { watchHandler } from './watch.handler.js';

/** `rootstock.control.v1.ControlService`: what Milvus has no RPC for. */
export function controlService(deps: RpcDeps, coordinator: Coordinator): ServiceBinding {
  const root = () => coordinator.rootCoord;
  return {
    name: 'rootstock.control.v1.ControlService',
    definition: ControlServiceService,
    handlers: {
      watch: watchHandler(deps, root),
      snapshot: snapshotHandler(deps, root),
      ...listingHandlers(deps, root),
      ...undropHandlers(deps, root),
      watchSafeTime: watchSafeTimeHandler(deps, root),
    },
  };
}
