import type { CollectionRecord } from '../../src/domain/records.js';
import type { RootCoord } from '../../src/root/root-coord.js';

/** What clients could see in a database at `at`, 0 for the present. */
export function visibleCollections(
  root: RootCoord,
  databaseName: string,
  at: bigint,
): CollectionRecord[] {
  return [...root.listings.collections(databaseName, at)].filter((record) => record !== undefined);
}
