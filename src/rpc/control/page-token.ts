import { CoordError } from '../../domain/errors.js';
import type { CollectionId, DatabaseId } from '../../domain/ids.js';

/** A database's id and a collection's, eight bytes each. */
const TOKEN_BYTES = 16;

/** A place in the listing of a database: behind this collection. Opaque to whoever carries it. */
export function encodePageToken(databaseId: DatabaseId, after: CollectionId): string {
  const bytes = Buffer.alloc(TOKEN_BYTES);
  bytes.writeBigInt64BE(databaseId, 0);
  bytes.writeBigInt64BE(after, 8);
  return bytes.toString('base64url');
}

/** @throws CoordError `ParameterInvalid` unless the token was made for this database. */
export function decodePageToken(token: string, databaseId: DatabaseId): CollectionId {
  const bytes = Buffer.from(token, 'base64url');
  const isOurs = bytes.length === TOKEN_BYTES && bytes.toString('base64url') === token;
  if (!isOurs) throw CoordError.invalid('page_token is not one of ours');
  if (bytes.readBigInt64BE(0) !== databaseId) {
    throw CoordError.invalid('page_token belongs to another database');
  }
  return bytes.readBigInt64BE(8) as CollectionId;
}
