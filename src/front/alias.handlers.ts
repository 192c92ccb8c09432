import { checkAlias, checkCollectionName } from '../domain/names.js';
import { StatusOk } from '../domain/status.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { askerOf } from '../rpc/asker-of.js';
import { type Call, unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { requestDatabase } from './request-database.js';

interface Named {
  readonly dbName: string;
  readonly alias: string;
  readonly collectionName: string;
}

/** Alias RPCs of MilvusService: what a proxy checks (facts/rootcoord §19.1), then RootCoord. */
export function aliasHandlers(deps: FrontDeps) {
  const { root } = deps;
  const { maxNameLength } = deps.schemaLimits;

  const judged = (call: Call<Named>) => ({
    alias: checkAlias(call.request.alias, maxNameLength),
    collectionName: checkCollectionName(call.request.collectionName, maxNameLength),
    databaseName: requestDatabase(call),
  });

  return {
    createAlias: unary(deps, MilvusServiceService.createAlias, async (call) => {
      await root().aliases.create(judged(call), askerOf(call));
      return StatusOk;
    }),

    dropAlias: unary(deps, MilvusServiceService.dropAlias, async (call) => {
      const alias = checkAlias(call.request.alias, maxNameLength);
      const command = { databaseName: requestDatabase(call), alias };
      await root().aliases.drop(command, askerOf(call));
      return StatusOk;
    }),

    alterAlias: unary(deps, MilvusServiceService.alterAlias, async (call) => {
      await root().aliases.alter(judged(call), askerOf(call));
      return StatusOk;
    }),

    describeAlias: unary(deps, MilvusServiceService.describeAlias, (call) => {
      const alias = call.request.alias.trim();
      const dbName = requestDatabase(call);
      const collection = root().aliases.describe(dbName, alias).name;
      return { status: StatusOk, dbName, alias, collection };
    }),

    listAliases: unary(deps, MilvusServiceService.listAliases, (call) => {
      const { collectionName: given } = call.request;
      const collectionName = given === '' ? '' : checkCollectionName(given, maxNameLength);
      const dbName = requestDatabase(call);
      const aliases = [...root().aliases.list(dbName, collectionName)];
      return { status: StatusOk, dbName, collectionName, aliases };
    }),
  };
}
