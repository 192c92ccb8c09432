import { CoordError } from '../../domain/errors.js';
import { ControlServiceService, type WatchRequest } from '../../gen/control.js';
import { ObjectKind } from '../../gen/journal.js';
import type { WatchQuery } from '../../root/feed/change-feed.js';
import type { RootCoord } from '../../root/root-coord.js';
import { serverStream } from '../server-stream.js';
import type { RpcDeps } from '../unary.js';
import { ChangeEventCodec } from './change-event.codec.js';

const KINDS: ReadonlySet<ObjectKind> = new Set([
  ObjectKind.OBJECT_KIND_DATABASE,
  ObjectKind.OBJECT_KIND_COLLECTION,
  ObjectKind.OBJECT_KIND_PARTITION,
  ObjectKind.OBJECT_KIND_ALIAS,
]);

/** The change feed on the wire: a batch is made when the one before has left. */
export function watchHandler(deps: RpcDeps, root: () => RootCoord) {
  const codec = new ChangeEventCodec();
  return serverStream(deps, ControlServiceService.watch, async function* ({ request, signal }) {
    const watcher = root().feed.watch(queryOf(request), signal);
    for (;;) {
      const batch = await deps.lane.step(() => {
        const taken = watcher.take();
        return taken && codec.encodeBatch(taken);
      });
      if (batch) yield batch;
      else await watcher.ready();
    }
  });
}

function queryOf({ afterSequence, onlyNew, filter }: WatchRequest): WatchQuery {
  const { databaseNames = [], kinds = [], objectIds = [] } = filter ?? {};
  const strange = kinds.find((kind) => !KINDS.has(kind));
  if (strange !== undefined) throw CoordError.invalid(`there are no objects of kind ${strange}`);
  return { afterSequence, isOnlyNew: onlyNew, filter: { databaseNames, kinds, objectIds } };
}
