import { type CollectionSchema, DataType, type FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { illegalSchema } from '../refusals.js';
import { dataTypeName, isVector } from './data-types.js';
import { bothNames } from './field-roles.js';

/** Types with an order that clustering compaction can cut into ranges. */
const CLUSTERING_TYPES: ReadonlySet<DataType> = new Set([
  DataType.Int8,
  DataType.Int16,
  DataType.Int32,
  DataType.Int64,
  DataType.Float,
  DataType.Double,
  DataType.VarChar,
]);

/**
 * At most one clustering key (code 105), and never a vector (code 107) (facts/rootcoord §19.2).
 * The type rule for scalars is Milvus 2.6's.
 */
export function checkClusteringKey(schema: CollectionSchema, collectionName: string): void {
  let clusteringKey: FieldSchema | undefined;
  for (const field of schema.fields.filter((each) => each.isClusteringKey)) {
    if (isVector(field.dataType)) {
      throw CoordError.of('VectorClusteringKeyNotAllowed', { collection: collectionName });
    }
    if (!CLUSTERING_TYPES.has(field.dataType)) {
      throw illegalSchema(
        collectionName,
        `clustering key field ${echo(field.name)} has unsupported data type ${dataTypeName(field.dataType)}`,
      );
    }
    if (clusteringKey !== undefined) {
      throw illegalSchema(
        collectionName,
        `there are more than one clustering key, ${bothNames(clusteringKey, field)}`,
      );
    }
    clusteringKey = field;
  }
}
