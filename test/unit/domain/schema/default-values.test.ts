import { describe, expect, it } from 'vitest';
import { parseTimestamptz } from '../../../../src/domain/schema/timestamptz.js';
import { DataType, type FieldSchema, type ValueField } from '../../../../src/gen/schema.js';
import { refusal, refusesAsInvalid, validate } from '../../../kit/schema-rules.js';
import {
  aField,
  anArray,
  aPrimaryKey,
  aSchema,
  aVarChar,
  aVector,
  pairs,
} from '../../../kit/schemas.js';

const withDefault = (dataType: DataType, defaultValue: ValueField) =>
  aSchema([aField('f', { dataType, defaultValue })]);
const withField = (field: FieldSchema) => aSchema([field]);

const wrongType = (type: string, label: string) =>
  `type (${type}) of field (f) is not equal to the type(${label}) of default_value`;
const noDefault = (type: string) => `type not support default_value, type:${type}, name:f`;

describe('nulls', () => {
  refusesAsInvalid([
    [
      'in the primary key',
      aSchema([], { fields: [aPrimaryKey({ nullable: true }), aVector()] }),
      'primary field not support null, type:Int64, name:id',
    ],
    [
      'in a vector',
      withField(aVector({ name: 'v', nullable: true })),
      'vector type not support null, type:FloatVector, name:v',
    ],
    [
      'in a sparse vector',
      withField(aField('v', { dataType: DataType.SparseFloatVector, nullable: true })),
      'vector type not support null, type:SparseFloatVector, name:v',
    ],
  ]);

  it('are taken in scalars, arrays and JSON', () => {
    const nullable = true;
    const fields = [
      aField('n', { nullable }),
      anArray('a', { nullable }),
      aField('j', { dataType: DataType.JSON, nullable }),
      aVarChar('t', { nullable, defaultValue: { stringData: '' } }),
    ];
    expect(() => validate(aSchema(fields))).not.toThrow();
  });
});

describe('a default value', () => {
  refusesAsInvalid([
    [
      'of the primary key',
      aSchema([], { fields: [aPrimaryKey({ defaultValue: { longData: 1n } }), aVector()] }),
      'primary field not support default_value, type:Int64, name:id',
    ],
    [
      'of a vector',
      withField(aVector({ name: 'f', defaultValue: { floatData: 2 } })),
      noDefault('FloatVector'),
    ],
    ['of an array', withField(anArray('f', { defaultValue: { intData: 2 } })), noDefault('Array')],
    ['of JSON', withDefault(DataType.JSON, { bytesData: Buffer.from('{}') }), noDefault('JSON')],
    ['of Text', withDefault(DataType.Text, { stringData: 'x' }), noDefault('Text')],
    ['of Decimal', withDefault(DataType.Decimal, { stringData: '1.0' }), noDefault('Decimal')],
    ['of UUID', withDefault(DataType.UUID, { stringData: '0' }), noDefault('UUID')],
    ['that is empty', withDefault(DataType.Bool, {}), 'default_value is empty, type:Bool, name:f'],
    [
      'that is two values',
      withDefault(DataType.Bool, { boolData: true, intData: 1 }),
      'default_value has more than one value, type:Bool, name:f',
    ],
    [
      'bool for Int8',
      withDefault(DataType.Int8, { boolData: true }),
      wrongType('Int8', 'DataType_Bool'),
    ],
    [
      'int for Int64',
      withDefault(DataType.Int64, { intData: 1 }),
      wrongType('Int64', 'DataType_Int'),
    ],
    ['int for Bool', withDefault(DataType.Bool, { intData: 1 }), wrongType('Bool', 'DataType_Int')],
    [
      'long for Int32',
      withDefault(DataType.Int32, { longData: 1n }),
      wrongType('Int32', 'DataType_Int64'),
    ],
    [
      'double for Float',
      withDefault(DataType.Float, { doubleData: 1 }),
      wrongType('Float', 'DataType_Double'),
    ],
    [
      'float for Double',
      withDefault(DataType.Double, { floatData: 1 }),
      wrongType('Double', 'DataType_Float'),
    ],
    [
      'string for Int64',
      withDefault(DataType.Int64, { stringData: '1' }),
      wrongType('Int64', 'DataType_VarChar'),
    ],
    [
      'bytes for VarChar',
      withField(aVarChar('f', { defaultValue: { bytesData: Buffer.from('x') } })),
      wrongType('VarChar', 'DataType_JSON'),
    ],
    [
      'timestamptz for Int64',
      withDefault(DataType.Int64, { timestamptzData: 1n }),
      wrongType('Int64', 'DataType_Timestamptz'),
    ],
    [
      'date for Time',
      withDefault(DataType.Time, { dateData: 1 }),
      wrongType('Time', 'DataType_Date'),
    ],
    [
      'time for Date',
      withDefault(DataType.Date, { timeData: 1n }),
      wrongType('Date', 'DataType_Time'),
    ],
    [
      'words for Timestamptz',
      withDefault(DataType.Timestamptz, { stringData: 'now' }),
      'default value "now" is no time such as 2025-01-02T03:04:05.678901+08:00',
    ],
  ]);

  it.each([
    [DataType.Int8, 128, -128, 127],
    [DataType.Int8, -129, -128, 127],
    [DataType.Int16, 32768, -32768, 32767],
    [DataType.Int16, -32769, -32768, 32767],
  ])('of type %s is not %s → 1100', (dataType, intData, lowest, highest) => {
    expect(refusal(withDefault(dataType, { intData }))).toEqual({
      code: 1100,
      text: `default value out of range: invalid parameter[${intData} out of range ${lowest} <= value <= ${highest}]`,
    });
  });

  it.each([
    ['abcde', 5],
    ['ééé', 6],
  ])('of text %j has %s bytes and does not fit into 4 → 1100', (stringData, bytes) => {
    const typeParams = pairs({ max_length: 4 });
    expect(refusal(withField(aVarChar('f', { typeParams, defaultValue: { stringData } })))).toEqual(
      {
        code: 1100,
        text: `the length (${bytes}) of string exceeds max length (4): invalid parameter[expected=valid length string][actual=string length exceeds max length]`,
      },
    );
  });

  it.each<[string, DataType, ValueField]>([
    ['Bool false', DataType.Bool, { boolData: false }],
    ['Int8 -128', DataType.Int8, { intData: -128 }],
    ['Int8 127', DataType.Int8, { intData: 127 }],
    ['Int16 32767', DataType.Int16, { intData: 32767 }],
    ['Int32 -2147483648', DataType.Int32, { intData: -2147483648 }],
    ['Int64 0', DataType.Int64, { longData: 0n }],
    ['Int64 2^63-1', DataType.Int64, { longData: 2n ** 63n - 1n }],
    ['Float', DataType.Float, { floatData: 0.1 }],
    ['Double NaN', DataType.Double, { doubleData: Number.NaN }],
    ['Geometry', DataType.Geometry, { stringData: 'POINT (1 2)' }],
    ['Timestamptz', DataType.Timestamptz, { timestamptzData: -1n }],
    ['Date', DataType.Date, { dateData: 20000 }],
    ['Time', DataType.Time, { timeData: 1n }],
  ])('%s is taken as it is', (_value, dataType, defaultValue) => {
    const { fields } = validate(withDefault(dataType, defaultValue)).schema;
    expect(fields.at(-1)?.defaultValue).toEqual(defaultValue);
  });

  it('of text may fill max_length exactly', () => {
    const typeParams = pairs({ max_length: 4 });
    const field = aVarChar('f', { typeParams, defaultValue: { stringData: 'éé' } });
    expect(() => validate(withField(field))).not.toThrow();
  });

  it('of Timestamptz in words is stored in microseconds', () => {
    const stringData = '2025-01-02T03:04:05+08:00';
    const { fields } = validate(withDefault(DataType.Timestamptz, { stringData })).schema;
    expect(fields.at(-1)?.defaultValue).toEqual({ timestamptzData: 1_735_758_245_000_000n });
  });
});

describe('a time in words without an offset', () => {
  const schema = withDefault(DataType.Timestamptz, { stringData: '2025-01-02T03:04:05' });

  it('is UTC where the collection names no zone', () => {
    const { fields } = validate(schema).schema;
    expect(fields.at(-1)?.defaultValue).toEqual({ timestamptzData: 1_735_787_045_000_000n });
  });

  it('is refused where the collection lives in another zone → 1100', () => {
    const properties = pairs({ timezone: 'Asia/Shanghai' });
    expect(refusal(schema, { properties })).toEqual({
      code: 1100,
      text: 'default value "2025-01-02T03:04:05" of field f needs an offset, since the collection\'s timezone is Asia/Shanghai: invalid parameter',
    });
  });
});

describe('a time in words', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0n],
    ['1970-01-01 00:00:00', 0n],
    ['1970-01-01T00:00:00.5Z', 500_000n],
    ['1970-01-01T00:00:00.000001Z', 1n],
    ['1969-12-31T23:59:59.999999Z', -1n],
    ['1970-01-01T01:30:00+01:30', 0n],
    ['1970-01-01T00:00:00-05:00', 18_000_000_000n],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000_000n],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000_000n],
    ['9999-12-31T23:59:59.999999Z', 253_402_300_799_999_999n],
  ])('%s is %s µs after the epoch', (text, microseconds) => {
    expect(parseTimestamptz(text)).toBe(microseconds);
  });

  it.each([
    '',
    '2025',
    '2025-01-02',
    '2025-02-29T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-00-01T00:00:00Z',
    '2025-01-00T00:00:00Z',
    '2025-01-01T24:00:00Z',
    '2025-01-01T00:60:00Z',
    '2025-01-01T00:00:60Z',
    '2025-01-01T00:00:00+24:00',
    '2025-01-01T00:00:00+01:60',
    '2025-01-01T00:00:00.1234567Z',
    '2025-01-01T00:00:00z',
    ' 2025-01-01T00:00:00Z',
    '2025-01-01T00:00:00Z\n',
  ])('%j is none', (text) => {
    expect(parseTimestamptz(text)).toBeUndefined();
  });
});
