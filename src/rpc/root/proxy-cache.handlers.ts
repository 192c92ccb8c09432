import { CoordError } from '../../domain/errors.js';
import { StatusOk } from '../../domain/status.js';
import type { InvalidateCollMetaCacheRequest } from '../../gen/proxy.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { RootCoord } from '../../root/root-coord.js';
import { type RpcDeps, unary } from '../unary.js';

/** No name is longer; the request is kept for proxies that cannot be reached at the moment. */
const NAME_LENGTH_MAX = 1_024;

/** How other coordinators reach all proxies at once (facts/rootcoord §12.2). */
export function proxyCacheHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    invalidateCollectionMetaCache: unary(
      deps,
      RootCoordService.invalidateCollectionMetaCache,
      async ({ request }) => {
        checkLengths(request);
        await root().proxies?.caches.invalidate(withoutExtras(request));
        return StatusOk;
      },
    ),
  };
}

function checkLengths({ dbName, collectionName, partitionName }: InvalidateCollMetaCacheRequest) {
  for (const name of [dbName, collectionName, partitionName]) {
    if (name.length <= NAME_LENGTH_MAX) continue;
    const fields = { length: name.length, limit: NAME_LENGTH_MAX };
    throw CoordError.of('ParameterTooLarge', fields, 'the name is too long');
  }
}

/** What a proxy looks at and nothing else, however much came along. */
function withoutExtras(request: InvalidateCollMetaCacheRequest): InvalidateCollMetaCacheRequest {
  const { base, dbName, collectionName, collectionID, partitionName } = request;
  return {
    base: base && { ...base, properties: {}, replicateInfo: undefined, _unknownFields: undefined },
    dbName,
    collectionName,
    collectionID,
    partitionName,
  };
}
