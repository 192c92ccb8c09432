import { CoordError } from '../../domain/errors.js';
import { DEFAULT_DATABASE_NAME } from '../../domain/ids.js';
import { type MsgBase, MsgType } from '../../gen/common.js';
import type { CollectionName } from '../../root/catalog/catalog-reader.js';

/** Coordinators and proxies always say what they ask for; 0 is a mismatch, too (facts/rootcoord §1). */
export function checkType(base: MsgBase | undefined, expected: MsgType): void {
  const actual = base?.msgType ?? MsgType.Undefined;
  if (actual === expected) return;
  throw CoordError.plain(`invalid msg type, expected ${expected}, got ${actual}`);
}

/** No name means the default database, wherever one is asked for (facts/rootcoord §1). */
export const databaseOf = ({ dbName }: { readonly dbName: string }): string =>
  dbName || DEFAULT_DATABASE_NAME;

/** A request about one collection. */
export interface OnCollection {
  readonly dbName: string;
  readonly collectionName: string;
}

/** What the request calls it. */
export const collectionNameOf = (request: OnCollection): CollectionName => ({
  databaseName: databaseOf(request),
  collectionName: request.collectionName,
});
