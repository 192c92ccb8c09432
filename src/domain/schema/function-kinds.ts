import { DataType, type FieldSchema, type FunctionSchema, FunctionType } from '../../gen/schema.js';
import { CoordError } from '../errors.js';
import { dataTypeName, isVector } from './data-types.js';
import { isEnabled } from './params.js';

/** One field in, one field out: what types a kind of function reads and fills. */
interface Conversion {
  readonly label: string;
  readonly inputs: readonly DataType[];
  readonly inputWords: string;
  readonly outputs: readonly DataType[];
  readonly outputWords: string;
}

/** BM25 and TextEmbedding as in Milvus 2.6; MinHash and MolFingerprint are Milvus 3's [unverified]. */
const CONVERSIONS: ReadonlyMap<FunctionType, Conversion> = new Map<FunctionType, Conversion>([
  [
    FunctionType.BM25,
    {
      label: 'BM25',
      inputs: [DataType.VarChar],
      inputWords: 'VARCHAR',
      outputs: [DataType.SparseFloatVector],
      outputWords: 'SparseFloatVector',
    },
  ],
  [
    FunctionType.TextEmbedding,
    {
      label: 'TextEmbedding',
      inputs: [DataType.VarChar, DataType.Text],
      inputWords: 'VARCHAR/TEXT',
      outputs: [DataType.FloatVector, DataType.Int8Vector],
      outputWords: 'FloatVector or Int8Vector',
    },
  ],
  [
    FunctionType.MinHash,
    {
      label: 'MinHash',
      inputs: [DataType.VarChar, DataType.Text],
      inputWords: 'VARCHAR/TEXT',
      outputs: [DataType.BinaryVector],
      outputWords: 'BinaryVector',
    },
  ],
  [
    FunctionType.MolFingerprint,
    {
      label: 'MolFingerprint',
      inputs: [DataType.Mol],
      inputWords: 'Mol',
      outputs: [DataType.BinaryVector],
      outputWords: 'BinaryVector',
    },
  ],
]);

/** Refuses, with code 1100, fields that do not fit the kind of function, and unknown kinds. */
export function checkFunctionKind(
  fn: FunctionSchema,
  inputs: readonly FieldSchema[],
  outputs: readonly FieldSchema[],
): void {
  if (fn.type === FunctionType.Rerank) {
    checkRerank(inputs, outputs);
    return;
  }
  const conversion = CONVERSIONS.get(fn.type);
  if (conversion === undefined) {
    throw CoordError.invalid(`unknown function type ${fn.type} of function ${fn.name}`);
  }
  checkInput(conversion, inputs);
  checkOutput(conversion, outputs);
  checkParams(fn, inputs);
}

function checkInput(
  { label, inputs, inputWords }: Conversion,
  given: readonly FieldSchema[],
): void {
  if (given.length === 1 && given.every((field) => inputs.includes(field.dataType))) return;
  const types = given.map((field) => dataTypeName(field.dataType)).join(', ');
  throw CoordError.invalid(
    `${label} function input field must be a ${inputWords} field, got ${given.length} field with type ${types}`,
  );
}

function checkOutput(
  { label, outputs, outputWords }: Conversion,
  given: readonly FieldSchema[],
): void {
  if (given.length !== 1) {
    throw CoordError.invalid(`${label} function only need 1 output field, but got ${given.length}`);
  }
  const wrong = given.find((field) => !outputs.includes(field.dataType));
  if (wrong === undefined) return;
  throw CoordError.invalid(
    `${label} function output field must be a ${outputWords} field, but got ${dataTypeName(wrong.dataType)}`,
  );
}

function checkParams(fn: FunctionSchema, inputs: readonly FieldSchema[]): void {
  if (fn.type === FunctionType.TextEmbedding && fn.params.length === 0) {
    throw CoordError.invalid('TextEmbedding function needs params that name a provider');
  }
  if (fn.type !== FunctionType.BM25) return;
  if (fn.params.length > 0) throw CoordError.invalid('BM25 function accepts no params');
  if (!inputs.every((field) => isEnabled(field.typeParams, 'enable_analyzer'))) {
    throw CoordError.invalid('BM25 function input field must set enable_analyzer to true');
  }
}

/** A reranker orders what a search found by scalar fields and fills none. */
function checkRerank(inputs: readonly FieldSchema[], outputs: readonly FieldSchema[]): void {
  if (outputs.length > 0) {
    throw CoordError.invalid('Rerank function should not have output field');
  }
  const vector = inputs.find((field) => isVector(field.dataType));
  if (vector === undefined) return;
  throw CoordError.invalid(
    `Rerank function input field cannot be a vector, but got ${dataTypeName(vector.dataType)}`,
  );
}
