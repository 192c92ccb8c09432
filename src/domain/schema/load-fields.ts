import type { CollectionSchema, FieldSchema } from '../../gen/schema.js';
import { CoordError } from '../errors.js';
import { isVector } from './data-types.js';
import { isEnabled } from './params.js';

const skipsLoad = (field: FieldSchema): boolean => isEnabled(field.typeParams, 'field.skipLoad');

/**
 * Keys and at least one vector must be loaded, else no search can be answered
 * (facts/rootcoord §19.2); code 1100.
 */
export function checkLoadFields(schema: CollectionSchema): void {
  for (const field of schema.fields.filter(skipsLoad)) {
    const role = keyRole(field);
    if (role !== undefined)
      throw CoordError.invalid(`${role} field ${field.name} cannot skip loading`);
  }
  const members = schema.structArrayFields.flatMap((struct) => struct.fields);
  const loaded = [...schema.fields, ...members].some(
    (field) => isVector(field.dataType) && !skipsLoad(field),
  );
  if (!loaded) throw CoordError.invalid('cannot config all vector field(s) skip loading');
}

function keyRole(field: FieldSchema): string | undefined {
  if (field.isPrimaryKey) return 'Primary key';
  if (field.isPartitionKey) return 'Partition Key';
  return field.isClusteringKey ? 'Clustering Key' : undefined;
}
