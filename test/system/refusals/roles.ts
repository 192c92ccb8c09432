import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { idField, textField, vectorField } from '../../kit/sdk-collections.js';
import {
  type CreateRefusal,
  illegalSchema,
  invalid,
  NAME,
  plain,
  refused,
  refusedFields,
  VECTOR_CLUSTERING_KEY,
} from './row.js';

const float = (changes: Partial<FieldType> = {}): FieldType => ({
  name: 'price',
  data_type: DataType.Float,
  ...changes,
});

/** A parameter the SDK's types do not know, though it sends what it is given. */
const NOT_LOADED = {
  type_params: { 'field.skipLoad': 'true' } as NonNullable<FieldType['type_params']>,
};

const tenant = textField('tenant', { is_partition_key: true });
const KEY_TYPES = 'should be Int64 or VarChar';

/** Primary, partition and clustering keys, and who numbers rows (facts/rootcoord §19.2). */
export const roleRefusals: readonly CreateRefusal[] = [
  refused(
    'two primary keys',
    [textField('isbn', { is_primary_key: true })],
    plain('there are more than one primary key, field name = id, isbn'),
  ),
  refusedFields(
    'a primary key of another type beside a good one',
    [float({ is_primary_key: true }), idField(), vectorField()],
    plain(`the data type of primary key ${KEY_TYPES}`),
  ),
  refused(
    'automatic ids for two fields',
    [{ name: 'serial', data_type: DataType.Int64, autoID: true }],
    plain('only primary field can speficy AutoID with true, field name = serial'),
  ),
  refusedFields(
    'automatic ids for the primary key and another field',
    [
      idField({ autoID: true }),
      vectorField(),
      { name: 'serial', data_type: DataType.Int64, autoID: true },
    ],
    plain('only one field can speficy AutoID with true, field name = id, serial'),
  ),
  refused(
    'two partition keys',
    [textField('region'), tenant],
    plain('there are more than one partition key, field name = region, tenant'),
    { partition_key_field: 'region' },
  ),
  refused(
    'the primary key as partition key',
    [],
    plain('the partition key field must not be primary field'),
    { partition_key_field: 'id' },
  ),
  refused(
    'a Float as partition key',
    [float()],
    plain(`the data type of partition key ${KEY_TYPES}`),
    { partition_key_field: 'price' },
  ),
  refused(
    'a partition key that may be null',
    [{ ...tenant, nullable: true }],
    invalid('partition key field not support nullable'),
  ),
  refused(
    'more partitions than allowed',
    [tenant],
    invalid('partition number (1025) exceeds max configuration (1024)'),
    { num_partitions: 1025 },
  ),
  refused(
    'a number of partitions without a partition key',
    [],
    plain('num_partitions should only be specified with partition key field enabled'),
    { num_partitions: 4 },
  ),
  refused(
    'partition-key isolation without a partition key',
    [],
    illegalSchema(
      'partition key isolation mode is enabled but no partition key field is set. Please set the partition key first',
    ),
    { properties: { 'partitionkey.isolation': true } },
  ),
  refused(
    'partition-key isolation, which needs materialised views',
    [tenant],
    illegalSchema(
      'partition key isolation mode is enabled but current Milvus does not support it. Please contact us',
    ),
    { properties: { 'partitionkey.isolation': true } },
  ),
  refused(
    'partition-key isolation that is neither on nor off',
    [tenant],
    invalid(
      'failed to parse partition key isolation: strconv.ParseBool: parsing "maybe": invalid syntax',
    ),
    { properties: { 'partitionkey.isolation': 'maybe' } },
  ),
  refused(
    'a vector as clustering key',
    [],
    [VECTOR_CLUSTERING_KEY, `vector clustering key not allowed[collection=${NAME}]`],
    { clustering_key_field: 'vector' },
  ),
  refused(
    'two clustering keys',
    [float({ is_clustering_key: true })],
    illegalSchema('there are more than one clustering key, field name = id, price'),
    { clustering_key_field: 'id' },
  ),
  refused(
    'a JSON as clustering key',
    [{ name: 'extra', data_type: DataType.JSON, is_clustering_key: true }],
    illegalSchema('clustering key field extra has unsupported data type JSON'),
  ),
  refusedFields(
    'a primary key that may be null',
    [idField({ nullable: true }), vectorField()],
    invalid('primary field not support null, type:Int64, name:id'),
  ),
  refusedFields(
    'a primary key that need not be loaded',
    [idField({ ...NOT_LOADED }), vectorField()],
    invalid('Primary key field id cannot skip loading'),
  ),
  refusedFields(
    'no vector that is loaded',
    [idField(), vectorField({ ...NOT_LOADED })],
    invalid('cannot config all vector field(s) skip loading'),
  ),
];
