import { checkDatabaseName } from '../domain/names.js';
import { checkNotBoth } from '../domain/property-changes.js';
import { StatusOk } from '../domain/status.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { askerOf } from '../rpc/asker-of.js';
import { describeDatabaseReply, listDatabasesReply } from '../rpc/database-replies.js';
import { unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { requestDatabase } from './request-database.js';

/**
 * Database RPCs of MilvusService (facts/rootcoord §8). Those that change a database say its name
 * themselves: the one a connection is set to must not be dropped for lack of a word.
 */
export function databaseHandlers(deps: FrontDeps) {
  const { root, schemaLimits } = deps;
  const nameOf = (name: string): string => checkDatabaseName(name, schemaLimits.maxNameLength);
  return {
    createDatabase: unary(deps, MilvusServiceService.createDatabase, async (call) => {
      const { dbName, properties } = call.request;
      const command = { databaseName: nameOf(dbName), properties };
      await root().databases.create(command, askerOf(call));
      return StatusOk;
    }),

    dropDatabase: unary(deps, MilvusServiceService.dropDatabase, async (call) => {
      const command = { databaseName: nameOf(call.request.dbName) };
      await root().databases.drop(command, askerOf(call));
      return StatusOk;
    }),

    listDatabases: unary(deps, MilvusServiceService.listDatabases, () =>
      listDatabasesReply(root().databases.list(0n)),
    ),

    describeDatabase: unary(deps, MilvusServiceService.describeDatabase, (call) =>
      describeDatabaseReply(root().databases.describe(requestDatabase(call), 0n)),
    ),

    alterDatabase: unary(deps, MilvusServiceService.alterDatabase, async (call) => {
      const { dbName: databaseName, properties, deleteKeys } = call.request;
      checkNotBoth({ properties, deleteKeys });
      const command = { databaseName, properties, deleteKeys };
      await root().databases.alter(command, askerOf(call));
      return StatusOk;
    }),
  };
}
