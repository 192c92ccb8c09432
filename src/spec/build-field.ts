import { CoordError, echo } from '../domain/errors.js';
import { dataTypeName } from '../domain/schema/data-types.js';
import { isDecimal, parseInt64 } from '../domain/schema/params.js';
import type { KeyValuePair } from '../gen/common.js';
import {
  DataType,
  FieldSchema,
  FunctionSchema,
  StructArrayFieldSchema,
  type ValueField,
} from '../gen/schema.js';
import type { SpecField, SpecFunction, SpecStructArray } from './document-schema.js';

/** Type params that have a key of their own in a spec. */
const NAMED_PARAMS = ['dim', 'max_length', 'max_capacity'] as const;

/** A field as a client would send it. @throws CoordError for a default its type cannot have. */
export function buildField(spec: SpecField): FieldSchema {
  return FieldSchema.fromPartial({
    name: spec.name,
    description: spec.description,
    dataType: spec.type,
    elementType: spec.elementType ?? DataType.None,
    isPrimaryKey: spec.primaryKey,
    autoID: spec.autoId,
    isPartitionKey: spec.partitionKey,
    isClusteringKey: spec.clusteringKey,
    nullable: spec.nullable,
    typeParams: typeParamsOf(spec),
    defaultValue:
      spec.default === undefined ? undefined : readDefault(spec.name, spec.type, spec.default),
  });
}

export const buildStructArray = (spec: SpecStructArray): StructArrayFieldSchema =>
  StructArrayFieldSchema.fromPartial({
    name: spec.name,
    description: spec.description,
    nullable: spec.nullable,
    typeParams: pairsOf(spec.typeParams),
    fields: spec.fields.map(buildField),
  });

export const buildFunction = (spec: SpecFunction): FunctionSchema =>
  FunctionSchema.fromPartial({
    name: spec.name,
    type: spec.type,
    description: spec.description,
    inputFieldNames: spec.inputs,
    outputFieldNames: spec.outputs,
    params: pairsOf(spec.params),
  });

function typeParamsOf(spec: SpecField): KeyValuePair[] {
  const params: KeyValuePair[] = [];
  for (const key of NAMED_PARAMS) {
    const value = spec[key];
    if (value === undefined) continue;
    if (Object.hasOwn(spec.typeParams, key)) {
      throw CoordError.plain(`field ${echo(spec.name)} says ${key} twice`);
    }
    params.push({ key, value: String(value) });
  }
  return [...params, ...pairsOf(spec.typeParams)];
}

const pairsOf = (params: Readonly<Record<string, string>>): KeyValuePair[] =>
  Object.entries(params).map(([key, value]) => ({ key, value }));

/** Decimal digits, a fraction, an exponent; no `Infinity`, no hexadecimal. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Digits of the longest int32 with its sign. */
const INT32_TEXT_LENGTH_MAX = 11;

function readDefault(name: string, type: DataType, text: string): ValueField {
  const bad = (what: string) =>
    CoordError.plain(`default of field ${echo(name)} must be ${what}, not "${echo(text)}"`);
  switch (type) {
    case DataType.Bool:
      if (text === 'true' || text === 'false') return { boolData: text === 'true' };
      throw bad('true or false');
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32:
      if (!isDecimal(text) || text.length > INT32_TEXT_LENGTH_MAX) throw bad('a whole number');
      if (Number(text) !== (Number(text) | 0)) throw bad('a whole number of 32 bits');
      return { intData: Number(text) };
    case DataType.Int64:
      if (!isDecimal(text)) throw bad('a whole number');
      return { longData: parseInt64(text) };
    case DataType.Float:
    case DataType.Double:
      if (!NUMBER.test(text)) throw bad('a number');
      return type === DataType.Float ? { floatData: Number(text) } : { doubleData: Number(text) };
    case DataType.VarChar:
    case DataType.Timestamptz:
    case DataType.Geometry:
      return { stringData: text };
    default:
      throw CoordError.plain(
        `field ${echo(name)}: a spec can give no default to the type ${dataTypeName(type)}`,
      );
  }
}
