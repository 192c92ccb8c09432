import { describe, expect, it } from 'vitest';
import { type CollectionSchema, DataType, type FieldSchema } from '../../../../src/gen/schema.js';
import {
  refusal,
  refusesAsIllegalSchema,
  refusesAsInvalid,
  refusesPlainly,
  validate,
} from '../../../kit/schema-rules.js';
import {
  aField,
  anArray,
  anArrayOfVector,
  aSchema,
  aStruct,
  aVarChar,
  pairs,
} from '../../../kit/schemas.js';

type StructChanges = Parameters<typeof aStruct>[2];

const withMembers = (members: FieldSchema[], changes: StructChanges = {}): CollectionSchema =>
  aSchema([], { structArrayFields: [aStruct('s', members, changes)] });

const withMember = (changes: Partial<FieldSchema>): CollectionSchema =>
  withMembers([anArray('a', changes)]);

const notAnArray = (type: string) =>
  `Fields in StructArrayField can only be array or array of vector, but field a is ${type}`;

describe('a struct array', () => {
  refusesAsInvalid([
    ['without members', withMembers([]), 'struct array field s has no sub-fields'],
    [
      'with a primary key',
      withMember({ isPrimaryKey: true }),
      'primary key is not supported for struct field, field name = a',
    ],
    [
      'with autoID',
      withMember({ autoID: true }),
      'autoID is not supported for struct field, field name = a',
    ],
    [
      'with a dynamic member',
      withMember({ isDynamic: true }),
      'dynamic field is not supported for struct field, field name = a',
    ],
    ['with a plain number', withMembers([aField('a')]), notAnArray('Int64')],
    ['with a text', withMembers([aVarChar('a')]), notAnArray('VarChar')],
    [
      'with a plain vector',
      withMembers([anArrayOfVector('a', { dataType: DataType.FloatVector })]),
      notAnArray('FloatVector'),
    ],
    [
      'with a struct array',
      withMembers([aField('a', { dataType: DataType.ArrayOfStruct })]),
      notAnArray('ArrayOfStruct'),
    ],
    [
      'with an array of arrays',
      withMember({ elementType: DataType.Array }),
      'Nested array is not supported a',
    ],
    [
      'with an array of structs',
      withMember({ elementType: DataType.Struct }),
      'Nested array is not supported a',
    ],
    [
      'with an array of arrays of vectors',
      withMembers([anArrayOfVector('a', { elementType: DataType.ArrayOfVector })]),
      'Nested array is not supported a',
    ],
    [
      'with an array of sparse vectors',
      withMembers([anArrayOfVector('a', { elementType: DataType.SparseFloatVector })]),
      'Unsupported element type SparseFloatVector of ArrayOfVector field a, only fixed dimension vector types are supported',
    ],
    [
      'with an array of vectors that holds numbers',
      withMembers([anArrayOfVector('a', { elementType: DataType.Int64 })]),
      'Unsupported element type Int64 of ArrayOfVector field a, only fixed dimension vector types are supported',
    ],
    [
      'with members of two capacities',
      withMembers([anArray('a'), anArray('b', { typeParams: pairs({ max_capacity: 9 }) })]),
      'all sub-fields in struct array field must have the same max_capacity: structName=s, subFieldName=b, max_capacity=9, expected=8',
    ],
    [
      'with one nullable member',
      withMember({ nullable: true }),
      'sub-field in non-nullable struct cannot be nullable individually, set nullable on the struct instead: structName=s, subFieldName=a',
    ],
    [
      'with a default value',
      withMember({ defaultValue: { intData: 1 } }),
      'fields in struct array field not support default_value, data type:Array, element type:Int32, name:a',
    ],
    [
      'with a switch that is no boolean',
      withMember({ typeParams: pairs({ max_capacity: 8, 'mmap.enabled': 'on' }) }),
      'the value of mmap.enabled of field a should be a boolean, but got "on"',
    ],
    [
      'with a text of no length',
      withMember({
        elementType: DataType.VarChar,
        typeParams: pairs({ max_capacity: 8, max_length: 0 }),
      }),
      'the maximum length specified for a VarChar should be in (0, 65535]',
    ],
  ]);

  refusesPlainly([
    [
      'with a member of no capacity',
      withMember({ typeParams: [] }),
      'type param(max_capacity) should be specified for array field of collection books',
    ],
    [
      'with vectors of no capacity',
      withMembers([anArrayOfVector('a', { typeParams: pairs({ dim: 4 }) })]),
      'type param(max_capacity) should be specified for array field of collection books',
    ],
    [
      'with vectors of no dimension',
      withMembers([anArrayOfVector('a', { typeParams: pairs({ max_capacity: 4 }) })]),
      'dimension is not defined in field type params, check type param `dim` for vector field',
    ],
    [
      'with binary vectors of 12 bits',
      withMembers([
        anArrayOfVector('a', {
          elementType: DataType.BinaryVector,
          typeParams: pairs({ dim: 12, max_capacity: 4 }),
        }),
      ]),
      'invalid dimension: 12. binary vector dimension should be multiple of 8. ',
    ],
    [
      'with an array of JSON',
      withMember({ elementType: DataType.JSON }),
      'element type JSON is not supported',
    ],
  ]);

  refusesAsIllegalSchema([
    [
      'with a partition key',
      withMember({ isPartitionKey: true }),
      'partition key is not supported for struct field, field name = a',
    ],
    [
      'with a clustering key',
      withMember({ isClusteringKey: true }),
      'clustering key is not supported for struct field, field name = a',
    ],
  ]);

  it.each(['1st', 'a-b', '$meta', 'in'])('with the name %j → 1701', (name) => {
    const structArrayFields = [aStruct(name, [anArray('a')])];
    expect(refusal(aSchema([], { structArrayFields })).code).toBe(1701);
    expect(refusal(withMembers([anArray(name)])).code).toBe(1701);
  });

  it('may not use the name of a system field', () => {
    expect(refusal(withMembers([anArray('RowID')])).code).toBe(1100);
  });

  it.each([
    DataType.FloatVector,
    DataType.Float16Vector,
    DataType.BFloat16Vector,
    DataType.Int8Vector,
    DataType.BinaryVector,
  ])('takes arrays of the vector type %s beside arrays of numbers', (elementType) => {
    const vectors = anArrayOfVector('v', {
      elementType,
      typeParams: pairs({ dim: 8, max_capacity: 8 }),
    });
    expect(() => validate(withMembers([anArray('n'), vectors]))).not.toThrow();
  });

  it('that is nullable makes its members nullable', () => {
    const { schema } = validate(withMembers([anArray('a'), anArray('b')], { nullable: true }));
    const nullable = schema.structArrayFields[0]?.fields.map((member) => member.nullable);
    expect(nullable).toEqual([true, true]);
  });
});
