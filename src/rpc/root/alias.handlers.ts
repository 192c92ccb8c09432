import { StatusOk } from '../../domain/status.js';
import { MsgType } from '../../gen/common.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { RootCoord } from '../../root/root-coord.js';
import { askerOf } from '../asker-of.js';
import { type RpcDeps, unary } from '../unary.js';
import { checkType, databaseOf } from './request.js';

/**
 * Alias RPCs of `milvus.proto.rootcoord.RootCoord` (facts/rootcoord §7). The two that only read
 * need not say their message type.
 */
export function aliasHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    createAlias: unary(deps, RootCoordService.createAlias, async (call) => {
      const { base, alias, collectionName } = call.request;
      checkType(base, MsgType.CreateAlias);
      const command = { databaseName: databaseOf(call.request), alias, collectionName };
      await root().aliases.create(command, askerOf(call));
      return StatusOk;
    }),

    dropAlias: unary(deps, RootCoordService.dropAlias, async (call) => {
      const { base, alias } = call.request;
      checkType(base, MsgType.DropAlias);
      const command = { databaseName: databaseOf(call.request), alias };
      await root().aliases.drop(command, askerOf(call));
      return StatusOk;
    }),

    alterAlias: unary(deps, RootCoordService.alterAlias, async (call) => {
      const { base, alias, collectionName } = call.request;
      checkType(base, MsgType.AlterAlias);
      const command = { databaseName: databaseOf(call.request), alias, collectionName };
      await root().aliases.alter(command, askerOf(call));
      return StatusOk;
    }),

    describeAlias: unary(deps, RootCoordService.describeAlias, ({ request }) => {
      const { alias } = request;
      const dbName = databaseOf(request);
      const collection = root().aliases.describe(dbName, alias).name;
      return { status: StatusOk, dbName, alias, collection };
    }),

    listAliases: unary(deps, RootCoordService.listAliases, ({ request }) => {
      const { collectionName } = request;
      const dbName = databaseOf(request);
      const aliases = [...root().aliases.list(dbName, collectionName)];
      return { status: StatusOk, dbName, collectionName, aliases };
    }),
  };
}
