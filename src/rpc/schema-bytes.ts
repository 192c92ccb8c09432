import { CoordError } from '../domain/errors.js';
import { CollectionSchema } from '../gen/schema.js';
import { guardFor } from './wire-guard.js';

const guard = guardFor('milvus.proto.schema.CollectionSchema');

/**
 * The schema inside a create request, under the same guard as the request itself.
 *
 * @throws CoordError `ParameterInvalid` for bytes that are no schema, `ParameterTooLarge`.
 */
export function decodeSchema(bytes: Uint8Array): CollectionSchema {
  if (bytes.length === 0) throw CoordError.invalid('the request carries no schema');
  guard(bytes);
  return CollectionSchema.decode(bytes);
}
