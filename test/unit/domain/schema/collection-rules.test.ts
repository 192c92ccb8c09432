import { describe, expect, it } from 'vitest';
import type { FieldSchema } from '../../../../src/gen/schema.js';
import { refusal, refusesAsInvalid, refusesPlainly, validate } from '../../../kit/schema-rules.js';
import {
  aField,
  anArray,
  anArrayOfVector,
  aPrimaryKey,
  aSchema,
  aSparseVector,
  aStruct,
  aVarChar,
  aVector,
  pairs,
} from '../../../kit/schemas.js';

const fieldsOf = (...fields: FieldSchema[]) => aSchema([], { fields });
const manyFields = (count: number) =>
  Array.from({ length: count }, (_, index) => aField(`f${index}`));
const manyVectors = (count: number) =>
  Array.from({ length: count }, (_, index) => aSparseVector(`v${index}`));

describe('counts', () => {
  refusesPlainly([
    ['17 shards', aSchema(), "maximum shards's number should be limited to 16", { shardsNum: 17 }],
    ['65 fields', aSchema(manyFields(63)), "maximum field's number should be limited to 64"],
    [
      'struct arrays and members count as fields',
      aSchema(manyFields(60), {
        structArrayFields: [aStruct('s', [anArray('a'), anArray('b')])],
      }),
      "maximum field's number should be limited to 64",
    ],
    [
      'ten thousand fields',
      aSchema(manyFields(10_000)),
      "maximum field's number should be limited to 64",
    ],
    ['5 vectors', aSchema(manyVectors(4)), "maximum vector field's number should be limited to 4"],
    [
      'vectors in struct arrays count',
      aSchema(manyVectors(3), { structArrayFields: [aStruct('s', [anArrayOfVector('a')])] }),
      "maximum vector field's number should be limited to 4",
    ],
    [
      'too many shards come before too many fields',
      aSchema(manyFields(63)),
      "maximum shards's number should be limited to 16",
      { shardsNum: 17 },
    ],
  ]);

  refusesAsInvalid([
    ['no vector', fieldsOf(aPrimaryKey()), 'schema does not contain vector field'],
  ]);

  it('are taken up to the limit', () => {
    expect(() => validate(aSchema(manyFields(62)), { shardsNum: 16 })).not.toThrow();
    expect(() => validate(aSchema(manyVectors(3)))).not.toThrow();
  });

  it('of vectors are satisfied by a struct array with vectors alone', () => {
    const schema = aSchema([], {
      fields: [aPrimaryKey()],
      structArrayFields: [aStruct('s', [anArrayOfVector('a')])],
    });
    expect(() => validate(schema)).not.toThrow();
  });
});

describe('names', () => {
  refusesAsInvalid([
    [
      'empty collection name',
      aSchema([], { name: '' }),
      'collection name should not be empty',
      { collectionName: '' },
    ],
    [
      'bad collection name',
      aSchema([], { name: 'a-b' }),
      'Invalid collection name: a-b.  collection name can only contain numbers, letters and underscores',
      { collectionName: 'a-b' },
    ],
  ]);

  it.each([
    ['$meta', 'The first character of a field name must be an underscore or letter.'],
    ['f-1', 'Field name can only contain numbers, letters, and underscores.'],
    ['in', 'in is keyword in milvus.'],
  ])('field name %s → 1701', (name, rule) => {
    expect(refusal(aSchema([aField(name)]))).toEqual({
      code: 1701,
      text: `Invalid field name: ${name}. ${rule}: field name invalid[field=${name}]`,
    });
  });

  it('of schema and request must agree → 1100', () => {
    expect(refusal(aSchema([], { name: 'films' }))).toEqual({
      code: 1100,
      text: "collection name = books, schema.Name=films: invalid parameter[expected=collection name matches schema name][actual=don't match]",
    });
  });

  it.each(['RowID', 'Timestamp'])('field name %s is the system’s → 1100', (name) => {
    expect(refusal(aSchema([aField(name)]))).toEqual({
      code: 1100,
      text: "schema contains system field: RowID, Timestamp, $meta: invalid parameter[expected=schema don't contains system field][actual=contains]",
    });
  });

  it('of the collection are trimmed on both sides', () => {
    const { schema } = validate(aSchema([], { name: ' books ' }), { collectionName: 'books\n' });
    expect(schema.name).toBe('books');
  });

  refusesPlainly([
    ['the same field twice', aSchema([aField('a'), aField('a')]), 'duplicated field name'],
    [
      'a field and a struct array',
      aSchema([aField('s')], { structArrayFields: [aStruct('s', [anArray('a')])] }),
      'duplicated field name',
    ],
    [
      'a field and a member',
      aSchema([aField('a')], { structArrayFields: [aStruct('s', [anArray('a')])] }),
      'duplicated field name',
    ],
    [
      'members of two struct arrays',
      aSchema([], {
        structArrayFields: [aStruct('s', [anArray('a')]), aStruct('t', [anArray('a')])],
      }),
      'duplicated field name',
    ],
    [
      'a struct array and its member',
      aSchema([], { structArrayFields: [aStruct('s', [anArray('s')])] }),
      'duplicated field name',
    ],
  ]);
});

describe('newer wishes this coordinator cannot fulfil', () => {
  refusesAsInvalid([
    [
      'an external source',
      aSchema([], { externalSource: 's3://bucket' }),
      'external collections are not supported',
    ],
    [
      'an external spec',
      aSchema([], { externalSpec: '{}' }),
      'external collections are not supported',
    ],
    ['a namespace', aSchema([], { enableNamespace: true }), 'namespaces are not supported'],
    [
      'an external field',
      aSchema([aField('f', { externalField: 'column' })]),
      'external fields are not supported, field name = f',
    ],
    [
      'a nested array',
      aSchema([aField('f', { typeSchema: { typeParams: [], nullable: false } })]),
      'nested arrays are not supported, field name = f',
    ],
    [
      'null elements',
      aSchema([anArray('f', { elementNullable: true })]),
      'element_nullable is not supported yet, field name = f',
    ],
  ]);
});

describe('what the official clients send', () => {
  const captured = (nullable: boolean) =>
    aSchema([], {
      description: 'd',
      enableDynamicField: true,
      fields: [
        aPrimaryKey({ description: 'pk', autoID: true }),
        aVarChar('t', {
          typeParams: pairs({ 'mmap.enabled': 'true', max_length: 64 }),
          defaultValue: { stringData: 'x' },
          isPartitionKey: true,
          nullable,
        }),
        anArray('arr'),
        aVector({ typeParams: pairs({ dim: 8, 'mmap.enabled': 'true' }) }),
      ],
    });
  const rest = {
    shardsNum: 2,
    numPartitions: 4n,
    properties: pairs({ 'collection.ttl.seconds': 3600, 'mmap.enabled': 'True' }),
  };

  it('is taken', () => {
    expect(validate(captured(false), rest).numPartitions).toBe(4n);
  });

  it('is refused where it makes the partition key nullable', () => {
    expect(refusal(captured(true), rest).text).toBe(
      'partition key field not support nullable: invalid parameter',
    );
  });

  it('is not changed in place', () => {
    const schema = captured(false);
    const before = structuredClone(schema);
    validate(schema, rest);
    expect(schema).toEqual(before);
  });
});
