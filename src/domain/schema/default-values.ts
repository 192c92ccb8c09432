import { DataType, type FieldSchema, type ValueField } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { outOfRange, unexpectedValue } from '../refusals.js';
import { dataTypeName, describeField } from './data-types.js';
import { paramOf, parseInt64 } from './params.js';
import { DEFAULT_TIMEZONE, hasOffset, parseTimestamptz } from './timestamptz.js';

/** One member of the `ValueField` oneof. */
export type ValueKind = Exclude<keyof ValueField, '_unknownFields'>;

/** Which fields a kind of value fits, and what Milvus calls the kind. */
const KINDS: Readonly<Record<ValueKind, { label: string; fits: readonly DataType[] }>> = {
  boolData: { label: 'DataType_Bool', fits: [DataType.Bool] },
  intData: { label: 'DataType_Int', fits: [DataType.Int8, DataType.Int16, DataType.Int32] },
  longData: { label: 'DataType_Int64', fits: [DataType.Int64] },
  floatData: { label: 'DataType_Float', fits: [DataType.Float] },
  doubleData: { label: 'DataType_Double', fits: [DataType.Double] },
  stringData: {
    label: 'DataType_VarChar',
    fits: [DataType.VarChar, DataType.Timestamptz, DataType.Geometry],
  },
  bytesData: { label: 'DataType_JSON', fits: [] },
  timestamptzData: { label: 'DataType_Timestamptz', fits: [DataType.Timestamptz] },
  dateData: { label: 'DataType_Date', fits: [DataType.Date] },
  timeData: { label: 'DataType_Time', fits: [DataType.Time] },
};

export const VALUE_KINDS: readonly ValueKind[] = [
  'boolData',
  'intData',
  'longData',
  'floatData',
  'doubleData',
  'stringData',
  'bytesData',
  'timestamptzData',
  'dateData',
  'timeData',
];

const TYPES_WITH_DEFAULT: ReadonlySet<DataType> = new Set(
  VALUE_KINDS.flatMap((kind) => KINDS[kind].fits),
);

/**
 * A default must be of the field's type and in its range (facts/rootcoord §5.1); code 1100. The
 * primary key, vectors, arrays and JSON have none. The words of a Geometry default are not parsed.
 */
export function checkDefaultValue(field: FieldSchema): void {
  const value = field.defaultValue;
  if (value === undefined) return;
  const described = describeField(field.dataType, echo(field.name));
  if (field.isPrimaryKey) {
    throw CoordError.invalid(`primary field not support default_value, ${described}`);
  }
  if (!TYPES_WITH_DEFAULT.has(field.dataType)) {
    throw CoordError.invalid(`type not support default_value, ${described}`);
  }
  const [kind, other] = VALUE_KINDS.filter((each) => value[each] !== undefined);
  if (kind === undefined) throw CoordError.invalid(`default_value is empty, ${described}`);
  if (other !== undefined) {
    throw CoordError.invalid(`default_value has more than one value, ${described}`);
  }
  checkKind(field, kind);
  checkRange(field, value);
}

function checkKind(field: FieldSchema, kind: ValueKind): void {
  const { label, fits } = KINDS[kind];
  if (fits.includes(field.dataType)) return;
  throw CoordError.invalid(
    `type (${dataTypeName(field.dataType)}) of field (${echo(field.name)}) is not equal to the type(${label}) of default_value`,
  );
}

function checkRange(field: FieldSchema, value: ValueField): void {
  switch (field.dataType) {
    case DataType.Int8:
      checkBits(value.intData ?? 0, 8);
      return;
    case DataType.Int16:
      checkBits(value.intData ?? 0, 16);
      return;
    case DataType.VarChar:
      checkLength(field, value.stringData ?? '');
      return;
    case DataType.Timestamptz:
      checkTimestamptz(value.stringData);
      return;
    default:
      return;
  }
}

/** The wire carries small integers as int32, so their range is checked here. */
function checkBits(value: number, bits: 8 | 16): void {
  const highest = 2 ** (bits - 1) - 1;
  const lowest = -(2 ** (bits - 1));
  if (value >= lowest && value <= highest) return;
  throw outOfRange('default value out of range', value, lowest, highest);
}

function checkLength(field: FieldSchema, text: string): void {
  const length = Buffer.byteLength(text);
  const maxLength = parseInt64(paramOf(field.typeParams, 'max_length') ?? '');
  if (BigInt(length) <= maxLength) return;
  throw unexpectedValue(
    `the length (${length}) of string exceeds max length (${maxLength})`,
    'valid length string',
    'string length exceeds max length',
  );
}

function checkTimestamptz(text: string | undefined): void {
  if (text === undefined || parseTimestamptz(text) !== undefined) return;
  throw CoordError.invalid(
    `default value "${echo(text)}" is no time such as 2025-01-02T03:04:05.678901+08:00`,
  );
}

/**
 * The field with a Timestamptz default in microseconds, the only form data nodes read. A time in
 * words that names no offset is refused with code 1100 unless the collection lives in UTC.
 */
export function readTimestamptzDefault(field: FieldSchema, timezone: string): FieldSchema {
  const text = field.dataType === DataType.Timestamptz ? field.defaultValue?.stringData : undefined;
  const microseconds = text === undefined ? undefined : parseTimestamptz(text);
  if (text === undefined || microseconds === undefined) return field;
  if (timezone !== DEFAULT_TIMEZONE && !hasOffset(text)) {
    throw CoordError.invalid(
      `default value "${text}" of field ${echo(field.name)} needs an offset, since the collection's timezone is ${echo(timezone)}`,
    );
  }
  return { ...field, defaultValue: { timestamptzData: microseconds } };
}
