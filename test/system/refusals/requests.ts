import type { ConsistencyLevel } from '../../../src/gen/common.js';
import type { CreateCollectionRequest } from '../../../src/gen/milvus.js';
import { CollectionSchema, DataType, type FieldSchema } from '../../../src/gen/schema.js';
import { aField, aPrimaryKey, aSchema, aVarChar, aVector, pairs } from '../../kit/schemas.js';
import { type Codes, ILLEGAL_ARGUMENT, invalid, NAME, PLAIN, plain } from './row.js';

/** A create the SDK would not send, refused with these codes and exactly these words. */
export interface RawRefusal {
  readonly title: string;
  readonly request: Partial<CreateCollectionRequest>;
  readonly codes: Codes;
  readonly reason: string;
}

type Words = readonly [codes: Codes, reason: string];

const bytesOf = (schema: CollectionSchema) => CollectionSchema.encode(schema).finish();

const refusedBytes = (title: string, schema: Uint8Array, [codes, reason]: Words): RawRefusal => ({
  title,
  request: { collectionName: NAME, schema },
  codes,
  reason,
});

const refusedSchema = (
  title: string,
  changes: Parameters<typeof aSchema>[1],
  words: Words,
): RawRefusal => refusedBytes(title, bytesOf(aSchema([], { name: NAME, ...changes })), words);

const refusedField = (title: string, field: FieldSchema, words: Words): RawRefusal =>
  refusedSchema(title, { fields: [aPrimaryKey(), aVector(), field] }, words);

const mismatch = (title: string, collectionName: string, name: string): RawRefusal => ({
  title,
  request: { collectionName, schema: bytesOf(aSchema([], { name })) },
  codes: ILLEGAL_ARGUMENT,
  reason:
    `collection name = ${collectionName}, schema.Name=${name}: invalid parameter` +
    "[expected=collection name matches schema name][actual=don't match]",
});

const goodBytes = bytesOf(aSchema([], { name: NAME }));

/** What the SDK refuses before it sends anything, or cannot say at all. */
export const rawRefusals: readonly RawRefusal[] = [
  refusedBytes('no schema', new Uint8Array(), invalid('the request carries no schema')),
  refusedBytes(
    'a schema cut short',
    goodBytes.subarray(0, goodBytes.length - 1),
    invalid('malformed CollectionSchema at byte 21: a field ends past its message'),
  ),
  refusedBytes(
    'bytes that are no schema',
    Uint8Array.of(0x07, 0xff),
    invalid('malformed CollectionSchema at byte 1: field number 0'),
  ),
  refusedSchema('no name at all', { name: '' }, invalid('collection name should not be empty')),
  mismatch('a schema of another name', NAME, 'other'),
  mismatch('a request without a name', '', NAME),
  refusedSchema('no field', { fields: [] }, invalid('schema does not contain vector field')),
  refusedSchema(
    'no vector',
    { fields: [aPrimaryKey()] },
    invalid('schema does not contain vector field'),
  ),
  refusedSchema('no primary key', { fields: [aVector()] }, plain('primary key is not specified')),
  refusedSchema(
    'a primary key of floats',
    { fields: [aField('id', { dataType: DataType.Float, isPrimaryKey: true }), aVector()] },
    plain('the data type of primary key should be Int64 or VarChar'),
  ),
  refusedField(
    'a dynamic field of the client’s own',
    aField('extra', { dataType: DataType.JSON, isDynamic: true }),
    plain('cannot explicitly set a field as a dynamic field'),
  ),
  refusedField(
    'a vector without a dimension',
    aVector({ name: 'v', typeParams: [] }),
    plain('dimension is not defined in field type params, check type param `dim` for vector field'),
  ),
  refusedField(
    'a dimension that is no number',
    aVector({ name: 'v', typeParams: pairs({ dim: 'eight' }) }),
    plain('strconv.ParseInt: parsing "eight": invalid syntax'),
  ),
  refusedField(
    'a binary vector with a piece of a byte',
    aVector({ name: 'v', dataType: DataType.BinaryVector, typeParams: pairs({ dim: 12 }) }),
    plain('invalid dimension: 12. binary vector dimension should be multiple of 8. '),
  ),
  refusedField(
    'a VarChar without a length',
    aVarChar('title', { typeParams: [] }),
    plain(`type param(max_length) should be specified for varChar field of collection ${NAME}`),
  ),
  refusedField(
    'a default of another type',
    aField('n', { defaultValue: { stringData: '7' } }),
    invalid(
      'type (Int64) of field (n) is not equal to the type(DataType_VarChar) of default_value',
    ),
  ),
  refusedField(
    'two defaults',
    aField('n', { defaultValue: { stringData: '7', longData: 7n } }),
    invalid('default_value has more than one value, type:Int64, name:n'),
  ),
  refusedField(
    'a default time nobody can read',
    aField('at', { dataType: DataType.Timestamptz, defaultValue: { stringData: 'yesterday' } }),
    invalid('default value "yesterday" is no time such as 2025-01-02T03:04:05.678901+08:00'),
  ),
  refusedField(
    'one parameter said twice',
    aVarChar('title', { typeParams: [...pairs({ max_length: 1 }), ...pairs({ max_length: 2 })] }),
    invalid('duplicated type param key "max_length"'),
  ),
  refusedField(
    'a field from outside',
    aVarChar('title', { externalField: 'column' }),
    invalid('external fields are not supported, field name = title'),
  ),
  refusedSchema('a namespace', { enableNamespace: true }, invalid('namespaces are not supported')),
  {
    title: 'a negative number of partitions',
    request: {
      collectionName: NAME,
      schema: bytesOf(aSchema([aField('tenant', { isPartitionKey: true })], { name: NAME })),
      numPartitions: -1n,
    },
    codes: PLAIN,
    reason: 'the specified partitions should be greater than 0 if partition key is used',
  },
  {
    title: 'a consistency level beyond the known ones',
    request: {
      collectionName: NAME,
      schema: goodBytes,
      consistencyLevel: 9 as ConsistencyLevel,
    },
    codes: ILLEGAL_ARGUMENT,
    reason: 'unknown consistency level 9: invalid parameter',
  },
];
