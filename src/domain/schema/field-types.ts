import { type CollectionSchema, DataType, type FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { dataTypeName, describeField } from './data-types.js';

const ELEMENT_TYPES: ReadonlySet<DataType> = new Set([
  DataType.Bool,
  DataType.Int8,
  DataType.Int16,
  DataType.Int32,
  DataType.Int64,
  DataType.Float,
  DataType.Double,
  DataType.VarChar,
]);

const noStringType = () =>
  CoordError.plain('string data type not supported yet, please use VarChar type instead');

/** What an Array may hold (facts/rootcoord §19.2); code 65535. */
export function checkElementType(type: DataType): void {
  if (ELEMENT_TYPES.has(type)) return;
  if (type === DataType.String) throw noStringType();
  if (type === DataType.None) throw CoordError.plain('element data type None is not valid');
  throw CoordError.plain(`element type ${dataTypeName(type)} is not supported`);
}

/** Types a field outside a struct array may have (facts/rootcoord §19.2). */
export function checkFieldTypes(schema: CollectionSchema): void {
  for (const field of schema.fields) checkFieldType(field);
}

function checkFieldType(field: FieldSchema): void {
  switch (field.dataType) {
    case DataType.String:
      throw noStringType();
    case DataType.None:
      throw CoordError.plain('data type None is not valid');
    case DataType.Array:
      checkElementType(field.elementType);
      return;
    case DataType.ArrayOfVector:
      throw CoordError.invalid(
        `array of vector can only be in the struct array field, field name: ${echo(field.name)}`,
      );
    case DataType.ArrayOfStruct:
    case DataType.Struct:
      throw CoordError.invalid(
        `Invalid field type, ${describeField(field.dataType, echo(field.name))}`,
      );
    default:
      return;
  }
}
