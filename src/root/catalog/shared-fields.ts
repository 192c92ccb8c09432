import { FieldSchema } from '../../gen/schema.js';
import { withoutSlack } from './without-slack.js';

/** Distinct fields remembered; past it all are forgotten and the next ones remembered instead. */
const FIELDS_MAX = 4_096;
/** A longer field, with a long description or default, is hardly anybody else's. */
const FIELD_BYTES_MAX = 1_024;

/**
 * Fields as stored, each kept once. Collections are mostly made from few schemas: of 65 536 alike
 * their fields alone were half of the heap, and a garbage collection takes the longer the larger
 * the heap. Frozen, because whoever changed one would change many collections.
 */
const known = new Map<string, FieldSchema>();

/** The stored field, the same object for the same bytes. */
export function readField(bytes: Uint8Array): FieldSchema {
  return share(bytes, () => FieldSchema.decode(bytes));
}

/** The object that stands for every field like this one. */
export function shareField(field: FieldSchema): FieldSchema {
  return share(FieldSchema.encode(field).finish(), () => field);
}

function share(bytes: Uint8Array, make: () => FieldSchema): FieldSchema {
  if (bytes.length > FIELD_BYTES_MAX) return compactField(make());
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const found = known.get(key);
  if (found) return found;
  if (known.size === FIELDS_MAX) known.clear();
  const field = compactField(make());
  known.set(key, field);
  return field;
}

function compactField(field: FieldSchema): FieldSchema {
  const typeParams = withoutSlack(field.typeParams);
  const indexParams = withoutSlack(field.indexParams);
  return Object.freeze({ ...field, typeParams, indexParams });
}
