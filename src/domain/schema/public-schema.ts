import type { CollectionSchema } from '../../gen/schema.js';
import { FIRST_USER_FIELD_ID, NAMESPACE_FIELD_NAME } from './system-fields.js';

/**
 * What a client sees of a stored schema: everything but the system fields, the dynamic field and
 * the namespace field of Milvus 2.6 (facts/wire-surface §2.5).
 */
export const publicSchema = (schema: CollectionSchema): CollectionSchema => ({
  ...schema,
  fields: schema.fields.filter(
    ({ fieldID, isDynamic, name }) =>
      fieldID >= FIRST_USER_FIELD_ID && !isDynamic && name !== NAMESPACE_FIELD_NAME,
  ),
});
