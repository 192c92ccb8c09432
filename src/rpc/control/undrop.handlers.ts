import { DEFAULT_DATABASE_NAME } from '../../domain/ids.js';
import { StatusOk } from '../../domain/status.js';
import { ControlServiceService, type DroppedObject } from '../../gen/control.js';
import { ObjectKind } from '../../gen/journal.js';
import type { RootCoord } from '../../root/root-coord.js';
import type { DroppedObject as KeptDrop } from '../../root/undrop/dropped-objects.js';
import { askerOf } from '../asker-of.js';
import { type RpcDeps, unary } from '../unary.js';

const databaseOf = ({ dbName }: { readonly dbName: string }): string =>
  dbName || DEFAULT_DATABASE_NAME;

/** Taking drops back, as `rootstock.control.v1.ControlService` offers it. */
export function undropHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    listDropped: unary(deps, ControlServiceService.listDropped, async ({ request }) => {
      const drops = await root().droppedObjects.list(request.dbName);
      return { objects: drops.map(droppedObject) };
    }),

    undropCollection: unary(deps, ControlServiceService.undropCollection, async (call) => {
      const { collectionName, collectionId, newName } = call.request;
      const databaseName = databaseOf(call.request);
      const { id, aliasesLost } = await root().undrop.collection(
        { databaseName, collectionName, collectionId, newName },
        askerOf(call),
      );
      return { status: StatusOk, objectId: id, aliasesLost: [...aliasesLost] };
    }),

    undropPartition: unary(deps, ControlServiceService.undropPartition, async (call) => {
      const { collectionName, partitionName, partitionId } = call.request;
      const databaseName = databaseOf(call.request);
      const objectId = await root().undrop.partition(
        { databaseName, collectionName, partitionName, partitionId },
        askerOf(call),
      );
      return { status: StatusOk, objectId, aliasesLost: [] };
    }),
  };
}

function droppedObject(drop: KeptDrop): DroppedObject {
  const { database, collection, partition, droppedAt, keptUntilMs } = drop;
  const kind = partition ? ObjectKind.OBJECT_KIND_PARTITION : ObjectKind.OBJECT_KIND_COLLECTION;
  return {
    kind,
    objectId: partition?.id ?? collection.id,
    collectionId: collection.id,
    dbName: database.name,
    collectionName: collection.name,
    partitionName: partition?.name ?? '',
    droppedTimestamp: droppedAt,
    keptUntilMs: BigInt(keptUntilMs),
  };
}
