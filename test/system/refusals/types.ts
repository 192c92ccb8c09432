import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { textField, vectorField } from '../../kit/sdk-collections.js';
import {
  type CreateRefusal,
  ILLEGAL_ARGUMENT,
  invalid,
  plain,
  refused,
  refusedVector,
} from './row.js';

/** A type the contract has and the SDK does not. */
const STRING = 20 as DataType;

const of = (data_type: number, changes: Partial<FieldType> = {}): FieldType => ({
  name: 'odd',
  data_type,
  ...changes,
});

const array = (changes: Partial<FieldType>) => of(DataType.Array, { max_capacity: 8, ...changes });

const varChar = (max_length: number | string) =>
  refused(
    `a VarChar of length ${max_length}`,
    [textField('odd', { max_length })],
    invalid('the maximum length specified for a VarChar should be in (0, 65535]'),
  );

const capacity = (max_capacity: number) =>
  refused(
    `an Array for ${max_capacity} elements`,
    [array({ element_type: DataType.Int8, max_capacity })],
    plain('the maximum capacity specified for a Array should be in (0, 4096]'),
  );

const dimension = (data_type: DataType, dim: number | string, rule: string) =>
  refusedVector(
    `a ${DataType[data_type]} of dimension ${dim}`,
    { data_type, dim },
    plain(rule.startsWith('strconv') ? rule : `invalid dimension: ${dim}. ${rule}`),
  );

/** Types, lengths, capacities and dimensions (facts/rootcoord §19.2). */
export const typeRefusals: readonly CreateRefusal[] = [
  refused('a field of type None', [of(DataType.None)], plain('data type None is not valid')),
  refused(
    'a field of type String',
    [of(STRING)],
    plain('string data type not supported yet, please use VarChar type instead'),
  ),
  refused(
    'a field of a type nobody knows',
    [of(77)],
    [
      ILLEGAL_ARGUMENT,
      'field odd: invalid parameter[expected=valid field][actual=field data type: 77 is not supported]',
    ],
  ),
  refused(
    'a Struct outside an array',
    [of(DataType.Struct)],
    invalid('Invalid field type, type:Struct, name:odd'),
  ),
  refused(
    'an ArrayOfVector outside a struct',
    [of(DataType.ArrayOfVector, { dim: 4 })],
    invalid('array of vector can only be in the struct array field, field name: odd'),
  ),
  refused('an Array of nothing', [array({})], plain('element data type None is not valid')),
  refused(
    'an Array of String',
    [array({ element_type: STRING })],
    plain('string data type not supported yet, please use VarChar type instead'),
  ),
  refused(
    'an Array of JSON',
    [array({ element_type: DataType.JSON })],
    plain('element type JSON is not supported'),
  ),
  refused(
    'an Array of vectors',
    [array({ element_type: DataType.FloatVector })],
    plain('element type FloatVector is not supported'),
  ),
  refused(
    'an Array of Arrays',
    [array({ element_type: DataType.Array })],
    plain('element type Array is not supported'),
  ),
  refused(
    'an Array without a capacity',
    [of(DataType.Array, { element_type: DataType.Int8 })],
    plain('type param(max_capacity) should be specified for array field of collection refused'),
  ),
  capacity(0),
  capacity(-1),
  capacity(4097),
  refused(
    'an Array of VarChar without a length',
    [array({ element_type: DataType.VarChar })],
    plain('type param(max_length) should be specified for varChar field of collection refused'),
  ),
  varChar('0'),
  varChar(-1),
  varChar(65_536),
  refused(
    'a length that is no number',
    [textField('odd', { max_length: 'long' })],
    plain('strconv.ParseInt: parsing "long": invalid syntax'),
  ),
  dimension(DataType.FloatVector, 1, 'should be in range 2 ~ 32768'),
  dimension(DataType.FloatVector, -8, 'should be in range 2 ~ 32768'),
  dimension(DataType.FloatVector, 32_769, 'float vector dimension should be in range 2 ~ 32768'),
  dimension(DataType.Float16Vector, 32_769, 'float vector dimension should be in range 2 ~ 32768'),
  dimension(DataType.BFloat16Vector, 32_769, 'float vector dimension should be in range 2 ~ 32768'),
  dimension(DataType.Int8Vector, 32_769, 'int8 vector dimension should be in range 2 ~ 32768'),
  dimension(
    DataType.BinaryVector,
    262_152,
    'binary vector dimension should be in range 2 ~ 262144',
  ),
  dimension(DataType.FloatVector, 8.5, 'strconv.ParseInt: parsing "8.5": invalid syntax'),
  dimension(
    DataType.FloatVector,
    '9223372036854775808',
    'strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ),
  refusedVector(
    'a sparse vector with a dimension',
    { data_type: DataType.SparseFloatVector },
    plain('dim should not be specified for sparse vector field vector(0)'),
  ),
  refusedVector(
    'a vector that may be null',
    { nullable: true },
    invalid('vector type not support null, type:FloatVector, name:vector'),
  ),
  refused(
    'five vectors',
    ['v1', 'v2', 'v3', 'v4'].map((name) => vectorField({ name })),
    plain("maximum vector field's number should be limited to 4"),
  ),
  refused(
    '65 fields',
    Array.from({ length: 63 }, (_, i) => ({ name: `n${i}`, data_type: DataType.Int8 })),
    plain("maximum field's number should be limited to 64"),
  ),
  refused(
    'matching without an analyzer',
    [textField('text', { enable_match: true })],
    invalid('field text is set to enable match or bm25 function but not enable analyzer'),
  ),
  refused(
    'a switch that is neither on nor off',
    [textField('text', { 'mmap.enabled': 'maybe' })],
    invalid('the value of mmap.enabled of field text should be a boolean, but got "maybe"'),
  ),
];
