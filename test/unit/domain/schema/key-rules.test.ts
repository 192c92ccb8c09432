import { describe, expect, it } from 'vitest';
import { DataType, type FieldSchema } from '../../../../src/gen/schema.js';
import {
  refusal,
  refusesAsIllegalSchema,
  refusesAsInvalid,
  refusesPlainly,
  validate,
} from '../../../kit/schema-rules.js';
import { aField, aPrimaryKey, aSchema, aVector, pairs } from '../../../kit/schemas.js';

const fieldsOf = (...fields: FieldSchema[]) => aSchema([], { fields });

describe('roles', () => {
  refusesPlainly([
    ['no primary key', fieldsOf(aVector()), 'primary key is not specified'],
    [
      'two primary keys',
      aSchema([aField('key', { isPrimaryKey: true })]),
      'there are more than one primary key, field name = id, key',
    ],
    [
      'a primary key of type Int32',
      fieldsOf(aPrimaryKey({ dataType: DataType.Int32 }), aVector()),
      'the data type of primary key should be Int64 or VarChar',
    ],
    [
      'a vector as primary key',
      fieldsOf(aVector({ isPrimaryKey: true })),
      'the data type of primary key should be Int64 or VarChar',
    ],
    [
      'a field marked dynamic',
      aSchema([aField('extra', { dataType: DataType.JSON, isDynamic: true })]),
      'cannot explicitly set a field as a dynamic field',
    ],
    [
      'autoID on another field',
      aSchema([aField('n', { autoID: true })]),
      'only primary field can speficy AutoID with true, field name = n',
    ],
    [
      'autoID twice',
      fieldsOf(aPrimaryKey({ autoID: true }), aVector(), aField('n', { autoID: true })),
      'only one field can speficy AutoID with true, field name = id, n',
    ],
    [
      'a missing primary key comes before a dynamic field',
      fieldsOf(aVector(), aField('extra', { isDynamic: true })),
      'primary key is not specified',
    ],
  ]);

  it('autoID of the schema is switched off, as the proxy does', () => {
    expect(validate(aSchema([], { autoID: true })).schema.autoID).toBe(false);
  });
});

describe('a partition key', () => {
  const key = (changes: Partial<FieldSchema> = {}) =>
    aSchema([aField('tenant', { isPartitionKey: true, ...changes })]);
  refusesPlainly([
    [
      'twice',
      aSchema([
        aField('tenant', { isPartitionKey: true }),
        aField('area', { isPartitionKey: true }),
      ]),
      'there are more than one partition key, field name = tenant, area',
    ],
    [
      'that is the primary key',
      fieldsOf(aPrimaryKey({ isPartitionKey: true }), aVector()),
      'the partition key field must not be primary field',
    ],
    [
      'of type Int32',
      key({ dataType: DataType.Int32 }),
      'the data type of partition key should be Int64 or VarChar',
    ],
    [
      'with a negative number of partitions',
      key(),
      'the specified partitions should be greater than 0 if partition key is used',
      { numPartitions: -1n },
    ],
    [
      'missing, but with a number of partitions',
      aSchema(),
      'num_partitions should only be specified with partition key field enabled',
      { numPartitions: 4n },
    ],
  ]);

  refusesAsInvalid([
    ['that is nullable', key({ nullable: true }), 'partition key field not support nullable'],
    [
      'with 1025 partitions',
      key(),
      'partition number (1025) exceeds max configuration (1024)',
      { numPartitions: 1025n },
    ],
    [
      'missing where the operator demands one',
      aSchema(),
      'partition key must be set when creating the collection because the mustUsePartitionKey config is true',
      { limits: { mustUsePartitionKey: true } },
    ],
  ]);

  it.each([
    ['none', aSchema(), 0n, {}, 0n],
    ['a key and no number', key(), 0n, {}, 16n],
    ['a key and a number', key(), 4n, {}, 4n],
    ['a key and no number under a small limit', key(), 0n, { maxPartitionNum: 10 }, 10n],
  ])('gives the number of partitions: %s', (_case, schema, numPartitions, limits, expected) => {
    expect(validate(schema, { numPartitions, limits }).numPartitions).toBe(expected);
  });

  const isolated = { properties: pairs({ 'partitionkey.isolation': 'True' }) };
  refusesAsIllegalSchema([
    [
      'no partition key',
      aSchema(),
      'partition key isolation mode is enabled but no partition key field is set. Please set the partition key first',
      isolated,
    ],
    [
      'no materialised views',
      key(),
      'partition key isolation mode is enabled but current Milvus does not support it. Please contact us',
      isolated,
    ],
  ]);

  it('can be isolated with materialised views', () => {
    const limits = { enableMaterializedView: true };
    expect(() => validate(key(), { ...isolated, limits })).not.toThrow();
  });
});

describe('a clustering key', () => {
  it.each([DataType.FloatVector, DataType.BinaryVector, DataType.Int8Vector])(
    'that is a vector → 107',
    (dataType) => {
      const schema = fieldsOf(aPrimaryKey(), aVector({ dataType, isClusteringKey: true }));
      expect(refusal(schema)).toEqual({
        code: 107,
        text: 'vector clustering key not allowed[collection=books]',
      });
    },
  );

  refusesAsIllegalSchema([
    [
      'twice',
      aSchema([aField('a', { isClusteringKey: true }), aField('b', { isClusteringKey: true })]),
      'there are more than one clustering key, field name = a, b',
    ],
    [
      'of type JSON',
      aSchema([aField('a', { dataType: DataType.JSON, isClusteringKey: true })]),
      'clustering key field a has unsupported data type JSON',
    ],
  ]);

  it('may be the partition key or the primary key', () => {
    const schema = fieldsOf(aPrimaryKey({ isClusteringKey: true }), aVector());
    expect(() => validate(schema)).not.toThrow();
  });
});

describe('loading', () => {
  const skip = { 'field.skipLoad': 'True' };
  refusesAsInvalid([
    [
      'the primary key cannot be skipped',
      fieldsOf(aPrimaryKey({ typeParams: pairs(skip) }), aVector()),
      'Primary key field id cannot skip loading',
    ],
    [
      'the partition key cannot be skipped',
      aSchema([aField('p', { isPartitionKey: true, typeParams: pairs(skip) })]),
      'Partition Key field p cannot skip loading',
    ],
    [
      'the clustering key cannot be skipped',
      aSchema([aField('c', { isClusteringKey: true, typeParams: pairs(skip) })]),
      'Clustering Key field c cannot skip loading',
    ],
    [
      'not every vector can be skipped',
      fieldsOf(aPrimaryKey(), aVector({ typeParams: pairs({ dim: 8, ...skip }) })),
      'cannot config all vector field(s) skip loading',
    ],
  ]);

  it('of one of two vectors may be skipped', () => {
    const spare = aVector({ name: 'spare', typeParams: pairs({ dim: 8, ...skip }) });
    expect(() => validate(aSchema([spare]))).not.toThrow();
  });
});
