import type { CollectionSchema, FieldSchema } from '../../gen/schema.js';
import { CoordError } from '../errors.js';
import { bothNames, isKeyType } from './field-roles.js';
import type { SchemaLimits } from './schema-limits.js';

export const hasPartitionKey = (schema: CollectionSchema): boolean =>
  schema.fields.some((field) => field.isPartitionKey);

/**
 * Checks the partition key and the number of partitions it spreads over (facts/rootcoord §19.2).
 * A nullable partition key has been refused since Milvus 2.5 (milvus-io/milvus #36213).
 * @param requested `num_partitions` of the request; 0 when the client named none.
 * @returns the number to create: 0 without a partition key (the collection has `_default` only).
 */
export function checkPartitionKey(
  schema: CollectionSchema,
  requested: bigint,
  limits: SchemaLimits,
): bigint {
  let partitionKey: FieldSchema | undefined;
  for (const field of schema.fields.filter((each) => each.isPartitionKey)) {
    if (partitionKey !== undefined) {
      throw CoordError.plain(
        `there are more than one partition key, ${bothNames(partitionKey, field)}`,
      );
    }
    checkPartitionKeyField(field);
    checkPartitionCount(requested, limits);
    partitionKey = field;
  }
  if (partitionKey !== undefined) return requested === 0n ? defaultCount(limits) : requested;
  if (limits.mustUsePartitionKey) {
    throw CoordError.invalid(
      'partition key must be set when creating the collection because the mustUsePartitionKey config is true',
    );
  }
  if (requested !== 0n) {
    throw CoordError.plain(
      'num_partitions should only be specified with partition key field enabled',
    );
  }
  return 0n;
}

const defaultCount = (limits: SchemaLimits): bigint =>
  BigInt(Math.min(limits.defaultPartitionNum, limits.maxPartitionNum));

function checkPartitionKeyField(field: FieldSchema): void {
  if (field.isPrimaryKey) {
    throw CoordError.plain('the partition key field must not be primary field');
  }
  if (field.nullable) throw CoordError.invalid('partition key field not support nullable');
  if (!isKeyType(field.dataType)) {
    throw CoordError.plain('the data type of partition key should be Int64 or VarChar');
  }
}

function checkPartitionCount(requested: bigint, limits: SchemaLimits): void {
  if (requested < 0n) {
    throw CoordError.plain(
      'the specified partitions should be greater than 0 if partition key is used',
    );
  }
  if (requested > BigInt(limits.maxPartitionNum)) {
    throw CoordError.invalid(
      `partition number (${requested}) exceeds max configuration (${limits.maxPartitionNum})`,
    );
  }
}
