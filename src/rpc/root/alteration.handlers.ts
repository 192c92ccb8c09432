import { StatusOk } from '../../domain/status.js';
import { MsgType } from '../../gen/common.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { RootCoord } from '../../root/root-coord.js';
import { askerOf } from '../asker-of.js';
import { decodeField } from '../schema-bytes.js';
import { type RpcDeps, unary } from '../unary.js';
import { checkType, collectionNameOf, databaseOf } from './request.js';

/**
 * RPCs of `milvus.proto.rootcoord.RootCoord` that change a collection (facts/rootcoord §5.6, §5.7).
 * Only those that always did ask for their message type (§1).
 */
export function alterationHandlers(deps: RpcDeps, root: () => RootCoord) {
  const service = RootCoordService;
  return {
    alterCollection: unary(deps, service.alterCollection, async (call) => {
      const { properties, deleteKeys } = call.request;
      const command = { ...collectionNameOf(call.request), properties, deleteKeys };
      await root().alterations.alter(command, askerOf(call));
      return StatusOk;
    }),

    alterCollectionField: unary(deps, service.alterCollectionField, async (call) => {
      const { fieldName, properties, deleteKeys } = call.request;
      const command = { ...collectionNameOf(call.request), fieldName, properties, deleteKeys };
      await root().alterations.alterField(command, askerOf(call));
      return StatusOk;
    }),

    addCollectionField: unary(deps, service.addCollectionField, async (call) => {
      const { request } = call;
      checkType(request.base, MsgType.AddCollectionField);
      const command = { ...collectionNameOf(request), field: decodeField(request.schema) };
      await root().alterations.addField(command, askerOf(call));
      return StatusOk;
    }),

    renameCollection: unary(deps, service.renameCollection, async (call) => {
      const { request } = call;
      checkType(request.base, MsgType.RenameCollection);
      const databaseName = databaseOf(request);
      const command = {
        databaseName,
        collectionName: request.oldName,
        newName: request.newName,
        newDatabaseName: request.newDBName || databaseName,
      };
      await root().alterations.rename(command, askerOf(call));
      return StatusOk;
    }),

    truncateCollection: unary(deps, service.truncateCollection, async (call) => {
      await root().alterations.truncate(collectionNameOf(call.request), askerOf(call));
      return { status: StatusOk };
    }),

    ...functionHandlers(deps, root),
  };
}

function functionHandlers(deps: RpcDeps, root: () => RootCoord) {
  const service = RootCoordService;
  return {
    addCollectionFunction: unary(deps, service.addCollectionFunction, async (call) => {
      const command = { ...collectionNameOf(call.request), fn: call.request.functionSchema };
      await root().alterations.addFunction(command, askerOf(call));
      return StatusOk;
    }),

    alterCollectionFunction: unary(deps, service.alterCollectionFunction, async (call) => {
      const { functionName, functionSchema: fn } = call.request;
      const command = { ...collectionNameOf(call.request), functionName, fn };
      await root().alterations.alterFunction(command, askerOf(call));
      return StatusOk;
    }),

    dropCollectionFunction: unary(deps, service.dropCollectionFunction, async (call) => {
      const { functionName } = call.request;
      const command = { ...collectionNameOf(call.request), functionName };
      await root().alterations.dropFunction(command, askerOf(call));
      return StatusOk;
    }),
  };
}
