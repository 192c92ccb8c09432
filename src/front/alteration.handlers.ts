import { checkCollectionName } from '../domain/names.js';
import { checkNotBoth } from '../domain/property-changes.js';
import { StatusOk } from '../domain/status.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { askerOf } from '../rpc/asker-of.js';
import { decodeField } from '../rpc/schema-bytes.js';
import { unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { checkChangeable } from './loaded-elsewhere.js';
import { collectionNameReader } from './named-collection.js';
import { requestDatabase } from './request-database.js';

/** RPCs of MilvusService that change a collection: what a proxy checks, then RootCoord. */
export function alterationHandlers(deps: FrontDeps) {
  const { root } = deps;
  const service = MilvusServiceService;
  const collectionNameOf = collectionNameReader(deps);
  return {
    alterCollection: unary(deps, service.alterCollection, async (call) => {
      const { properties, deleteKeys } = call.request;
      checkNotBoth({ properties, deleteKeys });
      const command = { ...collectionNameOf(call), properties, deleteKeys };
      const asker = askerOf(call);
      if (root().hasSucceeded(asker)) return StatusOk;
      await checkChangeable(deps, collectionNameOf(call), command);
      await root().alterations.alter(command, asker);
      return StatusOk;
    }),

    alterCollectionField: unary(deps, service.alterCollectionField, async (call) => {
      const { fieldName, properties, deleteKeys } = call.request;
      checkNotBoth({ properties, deleteKeys });
      const command = { ...collectionNameOf(call), fieldName, properties, deleteKeys };
      const asker = askerOf(call);
      if (root().hasSucceeded(asker)) return StatusOk;
      await checkChangeable(deps, collectionNameOf(call), command);
      await root().alterations.alterField(command, asker);
      return StatusOk;
    }),

    addCollectionField: unary(deps, service.addCollectionField, async (call) => {
      const command = { ...collectionNameOf(call), field: decodeField(call.request.schema) };
      await root().alterations.addField(command, askerOf(call));
      return StatusOk;
    }),

    renameCollection: unary(deps, service.renameCollection, async (call) => {
      const { oldName, newName, newDBName } = call.request;
      const databaseName = requestDatabase(call);
      const command = {
        databaseName,
        collectionName: oldName.trim(),
        newName: checkCollectionName(newName, deps.schemaLimits.maxNameLength),
        newDatabaseName: newDBName || databaseName,
      };
      await root().alterations.rename(command, askerOf(call));
      return StatusOk;
    }),

    truncateCollection: unary(deps, service.truncateCollection, async (call) => {
      await root().alterations.truncate(collectionNameOf(call), askerOf(call));
      return { status: StatusOk };
    }),

    ...functionHandlers(deps),
  };
}

function functionHandlers(deps: FrontDeps) {
  const { root } = deps;
  const service = MilvusServiceService;
  const collectionNameOf = collectionNameReader(deps);
  return {
    addCollectionFunction: unary(deps, service.addCollectionFunction, async (call) => {
      const command = { ...collectionNameOf(call), fn: call.request.functionSchema };
      await root().alterations.addFunction(command, askerOf(call));
      return StatusOk;
    }),

    alterCollectionFunction: unary(deps, service.alterCollectionFunction, async (call) => {
      const { functionName, functionSchema: fn } = call.request;
      const command = { ...collectionNameOf(call), functionName, fn };
      await root().alterations.alterFunction(command, askerOf(call));
      return StatusOk;
    }),

    dropCollectionFunction: unary(deps, service.dropCollectionFunction, async (call) => {
      const { functionName } = call.request;
      const command = { ...collectionNameOf(call), functionName };
      await root().alterations.dropFunction(command, askerOf(call));
      return StatusOk;
    }),
  };
}
