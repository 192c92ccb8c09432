import {
  DataType,
  type FieldType,
  type FunctionObject,
  type FunctionType,
} from '@zilliz/milvus2-sdk-node';
import { textField } from '../../kit/sdk-collections.js';
import { type CreateRefusal, illegalSchema, invalid, plain, refused } from './row.js';

const text = textField('text', { enable_analyzer: true });
const sparse: FieldType = { name: 'sparse', data_type: DataType.SparseFloatVector };

const bm25 = (changes: Partial<FunctionObject> = {}): FunctionObject => ({
  name: 'bm25',
  type: 'BM25',
  input_field_names: ['text'],
  output_field_names: ['sparse'],
  params: {},
  ...changes,
});

const badFunction = (
  title: string,
  changes: Partial<FunctionObject>,
  explanation: string,
  fields = [text, sparse],
): CreateRefusal => refused(title, fields, invalid(explanation), { functions: [bm25(changes)] });

const badMember = (title: string, member: Partial<FieldType>, words: ReturnType<typeof plain>) =>
  refused(
    title,
    [
      {
        name: 'chapters',
        data_type: DataType.Array,
        element_type: DataType.Struct,
        max_capacity: 4,
        fields: [{ name: 'part', data_type: DataType.Int8, ...member }],
      },
    ],
    words,
  );

/** Functions and struct arrays. */
export const functionRefusals: readonly CreateRefusal[] = [
  badFunction('a function without a name', { name: '' }, 'function name cannot be empty'),
  badFunction(
    'a function that reads nothing',
    { input_field_names: [] },
    'function input field names cannot be empty, function: bm25',
  ),
  badFunction(
    'a function that fills nothing',
    { output_field_names: [] },
    'function output field names cannot be empty, function: bm25',
  ),
  badFunction(
    'a function that reads a field that is not there',
    { input_field_names: ['words'] },
    'function input field not found: words',
  ),
  badFunction(
    'a function that fills a field that is not there',
    { output_field_names: ['weights'] },
    'function output field not found: weights',
  ),
  badFunction(
    'a function that fills what it reads',
    { output_field_names: ['text'] },
    'a single field cannot be both input and output in the same function, function: bm25, field: text',
  ),
  badFunction(
    'a function that fills the primary key',
    { output_field_names: ['id'] },
    'function output field cannot be primary key: function bm25, field id',
  ),
  badFunction(
    'BM25 of numbers',
    { input_field_names: ['id'] },
    'BM25 function input field must be a VARCHAR field, got 1 field with type Int64',
  ),
  badFunction(
    'BM25 into a dense vector',
    { output_field_names: ['vector'] },
    'BM25 function output field must be a SparseFloatVector field, but got FloatVector',
  ),
  badFunction('BM25 with params', { params: { k1: 1 } }, 'BM25 function accepts no params'),
  badFunction(
    'BM25 of a text without an analyzer',
    {},
    'BM25 function input field must set enable_analyzer to true',
    [textField('text'), sparse],
  ),
  badFunction(
    'BM25 of a text that may be null',
    {},
    'function input field cannot be nullable: function bm25, field text',
    [{ ...text, nullable: true }, sparse],
  ),
  badFunction(
    'a function of a kind nobody knows',
    { type: 99 as FunctionType },
    'unknown function type 99 of function bm25',
  ),
  refused('two functions of one name', [text, sparse], invalid('duplicate function name: bm25'), {
    functions: [bm25(), bm25()],
  }),
  refused(
    'two functions that fill one field',
    [text, sparse],
    invalid('duplicate function output field: function again, field sparse'),
    { functions: [bm25(), bm25({ name: 'again' })] },
  ),
  refused(
    'a field that no function fills',
    [{ ...sparse, is_function_output: true }],
    invalid("field sparse is marked as function output, but is no function's output"),
  ),
  refused(
    'a struct array without members',
    [{ name: 'empty', data_type: DataType.Array, element_type: DataType.Struct, fields: [] }],
    invalid('struct array field empty has no sub-fields'),
  ),
  badMember(
    'a struct member that is the primary key',
    { is_primary_key: true },
    invalid('primary key is not supported for struct field, field name = part'),
  ),
  badMember(
    'a struct member that is a partition key',
    { is_partition_key: true, data_type: DataType.Int64 },
    illegalSchema('partition key is not supported for struct field, field name = part'),
  ),
  badMember(
    'a struct member of a sparse vector',
    { data_type: DataType.SparseFloatVector },
    invalid(
      'Unsupported element type SparseFloatVector of ArrayOfVector field part, only fixed dimension vector types are supported',
    ),
  ),
  badMember(
    'a struct member of JSON',
    { data_type: DataType.JSON },
    plain('element type JSON is not supported'),
  ),
  badMember(
    'a struct member with the name of a field',
    { name: 'id' },
    plain('duplicated field name'),
  ),
];
