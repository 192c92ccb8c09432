import { DataType, type FieldSchema } from '../../gen/schema.js';

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(DataType).map(([name, type]) => [type, name]),
);

/** The type's name in the contract; a number a newer client sent stays a number. */
export const dataTypeName = (type: number): string => names.get(type) ?? String(type);

/** True for every type of the contract but None. */
export const isKnownDataType = (type: number): boolean => type !== DataType.None && names.has(type);

const FIXED_DIMENSION_VECTORS: ReadonlySet<DataType> = new Set([
  DataType.BinaryVector,
  DataType.FloatVector,
  DataType.Float16Vector,
  DataType.BFloat16Vector,
  DataType.Int8Vector,
]);

export const isFixedDimensionVector = (type: DataType): boolean =>
  FIXED_DIMENSION_VECTORS.has(type);

export const isVector = (type: DataType): boolean =>
  isFixedDimensionVector(type) ||
  type === DataType.SparseFloatVector ||
  type === DataType.ArrayOfVector;

/** The vector type whose dimension rules apply: the element's for an array of vectors. */
export const vectorTypeOf = (field: FieldSchema): DataType =>
  field.dataType === DataType.ArrayOfVector ? field.elementType : field.dataType;

/** `type:<type>, name:<field>`, as RootCoord's texts name a field. */
export const describeField = (type: number, name: string): string =>
  `type:${dataTypeName(type)}, name:${name}`;
