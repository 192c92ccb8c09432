import { DataType, type FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { vectorTypeOf } from './data-types.js';
import { paramOf, parseInt64 } from './params.js';

const DIMENSION_MIN = 2n;
/** A binary vector packs eight of its dimensions into a byte. */
const BITS_PER_BYTE = 8n;

/**
 * The dimension of a vector field or of an array of vectors (facts/rootcoord §19.2); code 65535.
 * @param maxDimension `proxy.maxDimension`; bits of a binary vector may be eight times as many.
 */
export function checkDimension(field: FieldSchema, maxDimension: number): void {
  const text = paramOf(field.typeParams, 'dim');
  const type = vectorTypeOf(field);
  // Milvus reads the number before it asks whether there should be one.
  const dim = text === undefined ? undefined : parseInt64(text);
  if (type === DataType.SparseFloatVector) {
    if (dim === undefined) return;
    throw CoordError.plain(
      `dim should not be specified for sparse vector field ${echo(field.name)}(${field.fieldID})`,
    );
  }
  if (dim === undefined) {
    throw CoordError.plain(
      'dimension is not defined in field type params, check type param `dim` for vector field',
    );
  }
  if (dim < DIMENSION_MIN) {
    throw CoordError.plain(`invalid dimension: ${dim}. should be in range 2 ~ ${maxDimension}`);
  }
  if (type === DataType.BinaryVector) checkBits(dim, BigInt(maxDimension) * BITS_PER_BYTE);
  else checkElements(dim, BigInt(maxDimension), type);
}

function checkBits(dim: bigint, max: bigint): void {
  if (dim % BITS_PER_BYTE !== 0n) {
    // The space at the end is Milvus'.
    throw CoordError.plain(
      `invalid dimension: ${dim}. binary vector dimension should be multiple of 8. `,
    );
  }
  if (dim > max) {
    throw CoordError.plain(
      `invalid dimension: ${dim}. binary vector dimension should be in range 2 ~ ${max}`,
    );
  }
}

function checkElements(dim: bigint, max: bigint, type: DataType): void {
  if (dim <= max) return;
  const kind = type === DataType.Int8Vector ? 'int8' : 'float';
  throw CoordError.plain(
    `invalid dimension: ${dim}. ${kind} vector dimension should be in range 2 ~ ${max}`,
  );
}
