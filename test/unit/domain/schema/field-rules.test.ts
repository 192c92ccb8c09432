import { describe, expect, it } from 'vitest';
import { DataType, type FieldSchema } from '../../../../src/gen/schema.js';
import { refusesAsInvalid, refusesPlainly, validate } from '../../../kit/schema-rules.js';
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

describe('types', () => {
  const noString = 'string data type not supported yet, please use VarChar type instead';
  const withArray = (elementType: DataType, typeParams = pairs({ max_capacity: 8 })) =>
    aSchema([anArray('a', { elementType, typeParams })]);
  refusesPlainly([
    ['String', aSchema([aField('a', { dataType: DataType.String })]), noString],
    ['None', aSchema([aField('a', { dataType: DataType.None })]), 'data type None is not valid'],
    ['Array of String', withArray(DataType.String), noString],
    ['Array of None', withArray(DataType.None), 'element data type None is not valid'],
    ['Array of JSON', withArray(DataType.JSON), 'element type JSON is not supported'],
    ['Array of Array', withArray(DataType.Array), 'element type Array is not supported'],
    [
      'Array of FloatVector',
      withArray(DataType.FloatVector),
      'element type FloatVector is not supported',
    ],
  ]);

  refusesAsInvalid([
    [
      'ArrayOfVector outside a struct array',
      aSchema([anArrayOfVector('a')]),
      'array of vector can only be in the struct array field, field name: a',
    ],
    [
      'ArrayOfStruct',
      aSchema([aField('a', { dataType: DataType.ArrayOfStruct })]),
      'Invalid field type, type:ArrayOfStruct, name:a',
    ],
    [
      'Struct',
      aSchema([aField('a', { dataType: DataType.Struct })]),
      'Invalid field type, type:Struct, name:a',
    ],
  ]);

  it.each<[string, FieldSchema]>([
    ['Bool', aField('f', { dataType: DataType.Bool })],
    ['Int8', aField('f', { dataType: DataType.Int8 })],
    ['Int16', aField('f', { dataType: DataType.Int16 })],
    ['Int32', aField('f', { dataType: DataType.Int32 })],
    ['Int64', aField('f')],
    ['Float', aField('f', { dataType: DataType.Float })],
    ['Double', aField('f', { dataType: DataType.Double })],
    ['VarChar', aVarChar('f')],
    ['JSON', aField('f', { dataType: DataType.JSON })],
    ['Geometry', aField('f', { dataType: DataType.Geometry })],
    ['Text', aField('f', { dataType: DataType.Text })],
    ['Timestamptz', aField('f', { dataType: DataType.Timestamptz })],
    ['Mol', aField('f', { dataType: DataType.Mol })],
    ['Date', aField('f', { dataType: DataType.Date })],
    ['Time', aField('f', { dataType: DataType.Time })],
    ['Decimal', aField('f', { dataType: DataType.Decimal })],
    ['UUID', aField('f', { dataType: DataType.UUID })],
    ['BinaryVector', aVector({ name: 'f', dataType: DataType.BinaryVector })],
    ['FloatVector', aVector({ name: 'f' })],
    ['Float16Vector', aVector({ name: 'f', dataType: DataType.Float16Vector })],
    ['BFloat16Vector', aVector({ name: 'f', dataType: DataType.BFloat16Vector })],
    ['SparseFloatVector', aSparseVector('f')],
    ['Int8Vector', aVector({ name: 'f', dataType: DataType.Int8Vector })],
    ['Array of Bool', anArray('f', { elementType: DataType.Bool })],
    ['Array of Int8', anArray('f', { elementType: DataType.Int8 })],
    ['Array of Int16', anArray('f', { elementType: DataType.Int16 })],
    ['Array of Int64', anArray('f', { elementType: DataType.Int64 })],
    ['Array of Float', anArray('f', { elementType: DataType.Float })],
    ['Array of Double', anArray('f', { elementType: DataType.Double })],
    [
      'Array of VarChar',
      anArray('f', {
        elementType: DataType.VarChar,
        typeParams: pairs({ max_length: 8, max_capacity: 8 }),
      }),
    ],
  ])('%s is taken', (_type, field) => {
    expect(validate(aSchema([field])).schema.fields).toContainEqual(field);
  });
});

describe('sizes', () => {
  const dim = (text: string | number, dataType: DataType = DataType.FloatVector) =>
    fieldsOf(aPrimaryKey(), aVector({ dataType, typeParams: pairs({ dim: text }) }));
  const varChar = (text: string | number) =>
    aSchema([aVarChar('t', { typeParams: pairs({ max_length: text }) })]);
  const array = (text: string | number) =>
    aSchema([anArray('a', { typeParams: pairs({ max_capacity: text }) })]);
  const undefinedDim =
    'dimension is not defined in field type params, check type param `dim` for vector field';
  const parsing = (text: string, why = 'invalid syntax') =>
    `strconv.ParseInt: parsing "${text}": ${why}`;
  refusesPlainly([
    ['no dim', fieldsOf(aPrimaryKey(), aVector({ typeParams: [] })), undefinedDim],
    [
      'no dim on a binary vector',
      fieldsOf(aPrimaryKey(), aVector({ dataType: DataType.BinaryVector, typeParams: [] })),
      undefinedDim,
    ],
    ['dim 1', dim(1), 'invalid dimension: 1. should be in range 2 ~ 32768'],
    ['dim 0', dim(0), 'invalid dimension: 0. should be in range 2 ~ 32768'],
    ['dim -8', dim(-8), 'invalid dimension: -8. should be in range 2 ~ 32768'],
    [
      'dim 32769',
      dim(32769),
      'invalid dimension: 32769. float vector dimension should be in range 2 ~ 32768',
    ],
    [
      'Float16Vector of 32769',
      dim(32769, DataType.Float16Vector),
      'invalid dimension: 32769. float vector dimension should be in range 2 ~ 32768',
    ],
    [
      'BFloat16Vector of 32769',
      dim(32769, DataType.BFloat16Vector),
      'invalid dimension: 32769. float vector dimension should be in range 2 ~ 32768',
    ],
    [
      'Int8Vector of 32769',
      dim(32769, DataType.Int8Vector),
      'invalid dimension: 32769. int8 vector dimension should be in range 2 ~ 32768',
    ],
    [
      'Int8Vector of 1',
      dim(1, DataType.Int8Vector),
      'invalid dimension: 1. should be in range 2 ~ 32768',
    ],
    [
      'BinaryVector of 12',
      dim(12, DataType.BinaryVector),
      'invalid dimension: 12. binary vector dimension should be multiple of 8. ',
    ],
    [
      'BinaryVector of 262152',
      dim(262152, DataType.BinaryVector),
      'invalid dimension: 262152. binary vector dimension should be in range 2 ~ 262144',
    ],
    [
      'a sparse vector with dim',
      aSchema([aSparseVector('s', { typeParams: pairs({ dim: 8 }) })]),
      'dim should not be specified for sparse vector field s(0)',
    ],
    ['dim of words', dim('eight'), parsing('eight')],
    ['an empty dim', dim(''), parsing('')],
    ['a fractional dim', dim('8.0'), parsing('8.0')],
    ['a hexadecimal dim', dim('0x10'), parsing('0x10')],
    ['an exponential dim', dim('1e3'), parsing('1e3')],
    ['a dim with a space', dim(' 8'), parsing(' 8')],
    [
      'a dim past int64',
      dim('9223372036854775808'),
      parsing('9223372036854775808', 'value out of range'),
    ],
    [
      'a dim of a thousand digits',
      dim('9'.repeat(1000)),
      parsing(`${'9'.repeat(300)}…(1000 characters)`, 'value out of range'),
    ],
    [
      'VarChar without max_length',
      aSchema([aVarChar('t', { typeParams: [] })]),
      'type param(max_length) should be specified for varChar field of collection books',
    ],
    [
      'Array of VarChar without max_length',
      aSchema([anArray('a', { elementType: DataType.VarChar })]),
      'type param(max_length) should be specified for varChar field of collection books',
    ],
    ['max_length of words', varChar('long'), parsing('long')],
    [
      'Array without max_capacity',
      aSchema([anArray('a', { typeParams: [] })]),
      'type param(max_capacity) should be specified for array field of collection books',
    ],
    [
      'max_capacity 0',
      array(0),
      'the maximum capacity specified for a Array should be in (0, 4096]',
    ],
    [
      'max_capacity 4097',
      array(4097),
      'the maximum capacity specified for a Array should be in (0, 4096]',
    ],
    ['max_capacity of words', array('many'), parsing('many')],
    ['an empty max_capacity, as the Node SDK sends for none', array(''), parsing('')],
  ]);

  refusesAsInvalid([
    [
      'max_length 0',
      varChar(0),
      'the maximum length specified for a VarChar should be in (0, 65535]',
    ],
    [
      'max_length 65536',
      varChar(65536),
      'the maximum length specified for a VarChar should be in (0, 65535]',
    ],
    [
      'max_length -1',
      varChar(-1),
      'the maximum length specified for a VarChar should be in (0, 65535]',
    ],
    [
      'max_length past a smaller limit',
      varChar(101),
      'the maximum length specified for a VarChar should be in (0, 100]',
      { limits: { maxVarCharLength: 100 } },
    ],
  ]);

  it.each([
    ['FloatVector of 2', dim(2)],
    ['FloatVector of 32768', dim(32768)],
    ['Int8Vector of 9', dim(9, DataType.Int8Vector)],
    ['BinaryVector of 262144', dim(262144, DataType.BinaryVector)],
    ['VarChar of 65535', varChar(65535)],
    ['Array of 4096', array(4096)],
  ])('%s is taken', (_size, schema) => {
    expect(() => validate(schema)).not.toThrow();
  });
});

describe('switches', () => {
  const withParam = (key: string, value: string) =>
    aSchema([aVarChar('t', { typeParams: pairs({ max_length: 64, [key]: value }) })]);
  const bad = (key: string) => `the value of ${key} of field t should be a boolean, but got "yes"`;
  refusesAsInvalid([
    ['mmap.enabled', withParam('mmap.enabled', 'yes'), bad('mmap.enabled')],
    ['enable_match', withParam('enable_match', 'yes'), bad('enable_match')],
    ['enable_analyzer', withParam('enable_analyzer', 'yes'), bad('enable_analyzer')],
    ['field.skipLoad', withParam('field.skipLoad', 'yes'), bad('field.skipLoad')],
    [
      'mmap.enabled of an index',
      aSchema([aVarChar('t', { indexParams: pairs({ 'mmap.enabled': 'yes' }) })]),
      bad('mmap.enabled'),
    ],
    [
      'matching without an analyzer',
      withParam('enable_match', 'True'),
      'field t is set to enable match or bm25 function but not enable analyzer',
    ],
  ]);

  it.each(['true', 'True', 'TRUE', 'false', 'False', '0', '1', 't', 'F'])('take %s', (value) => {
    expect(() => validate(withParam('mmap.enabled', value))).not.toThrow();
  });
});

describe('params', () => {
  const twice = [...pairs({ dim: 8 }), ...pairs({ dim: 8 })];
  refusesAsInvalid([
    [
      'a type param twice',
      fieldsOf(aPrimaryKey(), aVector({ typeParams: twice })),
      'duplicated type param key "dim"',
    ],
    [
      'an index param twice',
      fieldsOf(aPrimaryKey(), aVector({ indexParams: twice })),
      'duplicated index param key "dim"',
    ],
    [
      'a type param of a member twice',
      aSchema([], {
        structArrayFields: [
          aStruct('s', [
            anArray('a', {
              typeParams: [...pairs({ max_capacity: 8 }), ...pairs({ max_capacity: 8 })],
            }),
          ]),
        ],
      }),
      'duplicated type param key "max_capacity"',
    ],
  ]);
});
