import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { idField, textField, vectorField } from '../../kit/sdk-collections.js';
import {
  type CreateRefusal,
  ILLEGAL_ARGUMENT,
  invalid,
  refused,
  refusedFields,
  refusedVector,
} from './row.js';

const withDefault = (data_type: DataType, default_value: number | string): FieldType => ({
  name: 'odd',
  data_type,
  default_value,
});

const outOfRange = (type: DataType, value: number, lowest: number, highest: number) =>
  refused(
    `the default ${value} for ${DataType[type]}`,
    [withDefault(type, value)],
    [
      ILLEGAL_ARGUMENT,
      `default value out of range: invalid parameter[${value} out of range ${lowest} <= value <= ${highest}]`,
    ],
  );

/** Default values (facts/rootcoord §5.1 item 9). */
export const defaultRefusals: readonly CreateRefusal[] = [
  outOfRange(DataType.Int8, 128, -128, 127),
  outOfRange(DataType.Int8, -129, -128, 127),
  outOfRange(DataType.Int16, 32_768, -32_768, 32_767),
  outOfRange(DataType.Int16, -32_769, -32_768, 32_767),
  refused(
    'a default longer than its VarChar, counted in bytes',
    [textField('odd', { max_length: 5, default_value: 'ünïç' })],
    [
      ILLEGAL_ARGUMENT,
      'the length (7) of string exceeds max length (5): invalid parameter' +
        '[expected=valid length string][actual=string length exceeds max length]',
    ],
  ),
  refusedFields(
    'a default for the primary key',
    [idField({ default_value: 1 }), vectorField()],
    invalid('primary field not support default_value, type:Int64, name:id'),
  ),
  refusedVector(
    'a default for a vector',
    { default_value: '1' },
    invalid('type not support default_value, type:FloatVector, name:vector'),
  ),
  refused(
    'a default for JSON',
    [withDefault(DataType.JSON, '{}')],
    invalid('type not support default_value, type:JSON, name:odd'),
  ),
  // The SDK says a Geometry's default under a key the contract does not have: nothing arrives.
  refused(
    'a default for Geometry, which the SDK cannot say',
    [withDefault(DataType.Geometry, 'POINT (1 2)')],
    invalid('default_value is empty, type:Geometry, name:odd'),
  ),
];
