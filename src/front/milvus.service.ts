import { MilvusServiceService } from '../gen/milvus.js';
import type { Coordinator } from '../root/coordinator.js';
import type { ServiceBinding } from '../rpc/server.js';
import { aliasHandlers } from './alias.handlers.js';
import { alterationHandlers } from './alteration.handlers.js';
import { batchDescribeHandler } from './batch-describe.handler.js';
import { collectionHandlers, type FrontDeps } from './collection.handlers.js';
import { connectionHandlers, type ServerVersion } from './connection.handlers.js';
import { databaseHandlers } from './database.handlers.js';
import { indexHandlers } from './index.handlers.js';
import { loadHandlers } from './load.handlers.js';
import { loadStateHandlers } from './load-state.handlers.js';
import { partitionHandlers } from './partition.handlers.js';
import { statisticsHandlers } from './statistics.handlers.js';

/** `milvus.proto.milvus.MilvusService`, as far as it is built. */
export function milvusService(
  deps: FrontDeps,
  coordinator: Coordinator,
  version: ServerVersion,
): ServiceBinding {
  return {
    name: 'milvus.proto.milvus.MilvusService',
    definition: MilvusServiceService,
    handlers: {
      ...connectionHandlers(deps, coordinator, version),
      ...collectionHandlers(deps),
      ...alterationHandlers(deps),
      batchDescribeCollection: batchDescribeHandler(deps),
      ...partitionHandlers(deps),
      ...databaseHandlers(deps),
      ...aliasHandlers(deps),
      ...indexHandlers(deps),
      ...loadHandlers(deps),
      ...loadStateHandlers(deps),
      ...statisticsHandlers(deps),
    },
  };
}
