import { StatusOk } from '../../domain/status.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { RootCoord } from '../../root/root-coord.js';
import { askerOf } from '../asker-of.js';
import { describeDatabaseReply, listDatabasesReply } from '../database-replies.js';
import { type RpcDeps, unary } from '../unary.js';
import { databaseOf } from './request.js';

/**
 * Database RPCs of `milvus.proto.rootcoord.RootCoord` (facts/rootcoord §8). Alone among DDL they
 * need not say their message type (§1).
 */
export function databaseHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    createDatabase: unary(deps, RootCoordService.createDatabase, async (call) => {
      const { properties } = call.request;
      const command = { databaseName: databaseOf(call.request), properties };
      await root().databases.create(command, askerOf(call));
      return StatusOk;
    }),

    dropDatabase: unary(deps, RootCoordService.dropDatabase, async (call) => {
      const command = { databaseName: databaseOf(call.request) };
      await root().databases.drop(command, askerOf(call));
      return StatusOk;
    }),

    listDatabases: unary(deps, RootCoordService.listDatabases, () =>
      listDatabasesReply(root().databases.list(0n)),
    ),

    describeDatabase: unary(deps, RootCoordService.describeDatabase, ({ request }) =>
      describeDatabaseReply(root().databases.describe(databaseOf(request), 0n)),
    ),

    alterDatabase: unary(deps, RootCoordService.alterDatabase, async (call) => {
      // An empty name is refused here, it does not mean the default database.
      const { dbName: databaseName, properties, deleteKeys } = call.request;
      const command = { databaseName, properties, deleteKeys };
      await root().databases.alter(command, askerOf(call));
      return StatusOk;
    }),
  };
}
