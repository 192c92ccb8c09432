import type { CollectionId, DatabaseId, PartitionId } from '../../src/domain/ids.js';
import type { CollectionRecord } from '../../src/domain/records.js';
import { normaliseSchema } from '../../src/domain/schema/normalise-schema.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import { ConsistencyLevel } from '../../src/gen/common.js';
import { CollectionSchema, DataType } from '../../src/gen/schema.js';

/** A small legal schema: an Int64 key and a vector. */
export const aSchema = (name = 'c'): CollectionSchema =>
  CollectionSchema.fromPartial({
    name,
    fields: [
      { name: 'id', dataType: DataType.Int64, isPrimaryKey: true },
      {
        name: 'vector',
        dataType: DataType.FloatVector,
        typeParams: [{ key: 'dim', value: '8' }],
      },
    ],
  });

/** A collection record with everything said that a test does not care about. */
export function aRecord(differences: Partial<CollectionRecord> = {}): CollectionRecord {
  const id = differences.id ?? (100n as CollectionId);
  const name = differences.name ?? `c${id}`;
  const createdAt = differences.createdAt ?? (1_000n as Timestamp);
  return {
    id,
    name,
    databaseId: 1n as DatabaseId,
    state: 'Created',
    schema: normaliseSchema(aSchema(name)),
    partitions: [{ id: (id + 1n) as PartitionId, name: '_default', createdAt, state: 'Created' }],
    shardsNum: 1,
    virtualChannels: [`by-dev-rootcoord-dml_0_${id}v0`],
    physicalChannels: ['by-dev-rootcoord-dml_0'],
    startPositions: [],
    consistencyLevel: ConsistencyLevel.Bounded,
    properties: [],
    createdAt,
    updatedAt: createdAt,
    lastTruncatedAt: [],
    ...differences,
  };
}
