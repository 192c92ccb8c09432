import { CoordError } from '../domain/errors.js';
import { CollectionSchema, FieldSchema } from '../gen/schema.js';
import { guardFor } from './wire-guard.js';

/** The catalog keeps no larger record (the widest legal schema takes some 40 KiB of it). */
const SCHEMA_BYTES_MAX = 256 * 1024;

const guards = {
  collection: guardFor('milvus.proto.schema.CollectionSchema'),
  field: guardFor('milvus.proto.schema.FieldSchema'),
};

/**
 * The schema inside a create request, under the same guard as the request itself.
 *
 * @throws CoordError `ParameterInvalid` for bytes that are no schema, `ParameterTooLarge`.
 */
export function decodeSchema(bytes: Uint8Array): CollectionSchema {
  checkBytes(bytes, 'collection');
  return CollectionSchema.decode(bytes);
}

/** The same for the field inside a request that adds one. */
export function decodeField(bytes: Uint8Array): FieldSchema {
  checkBytes(bytes, 'field');
  return FieldSchema.decode(bytes);
}

function checkBytes(bytes: Uint8Array, of: keyof typeof guards): void {
  if (bytes.length === 0) throw CoordError.invalid('the request carries no schema');
  if (bytes.length > SCHEMA_BYTES_MAX) {
    throw CoordError.of(
      'ParameterTooLarge',
      { bytes: bytes.length, bytesMax: SCHEMA_BYTES_MAX },
      'the schema is too large',
    );
  }
  guards[of](bytes);
}
