import { CoordError } from '../../domain/errors.js';
import type { MetaStore } from '../../ports/meta-store.js';

/** Stands in the store from the first write of an import to its last. */
export const importMarkerKey = (rootPath: string): string =>
  `${rootPath}/rootstock/import-under-way`;

/**
 * Refuses a store that an import left half full; to be called before anything is written to it.
 *
 * @throws CoordError `ServiceInternal` that says what to do.
 */
export async function refuseHalfImported(store: MetaStore, rootPath: string): Promise<void> {
  if (!(await store.get(importMarkerKey(rootPath)))) return;
  throw new CoordError(
    'ServiceInternal',
    'an import into this metastore was cut short: run "rootstock meta import" again',
  );
}
