import {
  type CollectionSchema,
  type FieldSchema,
  type FunctionSchema,
  FunctionType,
} from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { checkFunctionKind } from './function-kinds.js';
import type { SchemaLimits } from './schema-limits.js';

/**
 * The rules of functions, which the facts are silent on: those of Milvus 2.5/2.6 with code 1100.
 * @returns names of the fields that functions fill.
 */
export function checkFunctions(
  schema: CollectionSchema,
  limits: SchemaLimits,
): ReadonlySet<string> {
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const usedNames = new Set<string>();
  const outputs = new Set<string>();
  for (const fn of schema.functions) {
    checkFunctionName(fn, usedNames, limits);
    checkFieldNames(fn);
    const inputFields = fn.inputFieldNames.map((name) => inputField(fn, fields, name));
    const outputFields = fn.outputFieldNames.map((name) => outputField(fn, fields, name));
    checkFunctionKind(fn, inputFields, outputFields);
    claimOutputs(fn, outputs);
  }
  checkNoOrphanOutput(schema, outputs);
  return outputs;
}

/** The schema with exactly these fields marked as filled by functions, whatever the client said. */
export const markOutputs = (
  schema: CollectionSchema,
  outputs: ReadonlySet<string>,
): CollectionSchema => ({
  ...schema,
  fields: schema.fields.map((field) => ({ ...field, isFunctionOutput: outputs.has(field.name) })),
});

function checkFunctionName(fn: FunctionSchema, used: Set<string>, limits: SchemaLimits): void {
  if (fn.name.trim() === '') throw CoordError.invalid('function name cannot be empty');
  if (Buffer.byteLength(fn.name) > limits.maxNameLength) {
    throw CoordError.invalid(
      `the length of a function name must be less than ${limits.maxNameLength} characters`,
    );
  }
  if (used.has(fn.name)) throw CoordError.invalid(`duplicate function name: ${fn.name}`);
  used.add(fn.name);
}

function checkFieldNames(fn: FunctionSchema): void {
  if (fn.inputFieldNames.length === 0) {
    throw CoordError.invalid(`function input field names cannot be empty, function: ${fn.name}`);
  }
  if (fn.outputFieldNames.length === 0 && fn.type !== FunctionType.Rerank) {
    throw CoordError.invalid(`function output field names cannot be empty, function: ${fn.name}`);
  }
  checkNamedOnce(fn, 'input', fn.inputFieldNames);
  checkNamedOnce(fn, 'output', fn.outputFieldNames);
  const inputs = new Set(fn.inputFieldNames);
  const both = fn.outputFieldNames.find((name) => inputs.has(name));
  if (both === undefined) return;
  throw CoordError.invalid(
    `a single field cannot be both input and output in the same function, function: ${fn.name}, field: ${echo(both)}`,
  );
}

function checkNamedOnce(
  fn: FunctionSchema,
  side: 'input' | 'output',
  names: readonly string[],
): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === '') {
      throw CoordError.invalid(
        `function ${side} field name cannot be empty string, function: ${fn.name}`,
      );
    }
    if (seen.has(name)) {
      throw CoordError.invalid(
        `each function ${side} field should be used exactly once in the same function, function: ${fn.name}, ${side} field: ${echo(name)}`,
      );
    }
    seen.add(name);
  }
}

function inputField(
  fn: FunctionSchema,
  fields: ReadonlyMap<string, FieldSchema>,
  name: string,
): FieldSchema {
  const field = fields.get(name);
  if (field === undefined) {
    throw CoordError.invalid(`function input field not found: ${echo(name)}`);
  }
  if (field.nullable) {
    throw CoordError.invalid(
      `function input field cannot be nullable: function ${fn.name}, field ${echo(name)}`,
    );
  }
  return field;
}

function outputField(
  fn: FunctionSchema,
  fields: ReadonlyMap<string, FieldSchema>,
  name: string,
): FieldSchema {
  const field = fields.get(name);
  if (field === undefined) {
    throw CoordError.invalid(`function output field not found: ${echo(name)}`);
  }
  const cannotBe = (what: string) =>
    CoordError.invalid(
      `function output field cannot be ${what}: function ${fn.name}, field ${echo(name)}`,
    );
  if (field.isPrimaryKey) throw cannotBe('primary key');
  if (field.isPartitionKey || field.isClusteringKey) {
    throw cannotBe('partition key or clustering key');
  }
  if (field.nullable) throw cannotBe('nullable');
  return field;
}

function claimOutputs(fn: FunctionSchema, claimed: Set<string>): void {
  for (const name of fn.outputFieldNames) {
    if (claimed.has(name)) {
      throw CoordError.invalid(
        `duplicate function output field: function ${fn.name}, field ${echo(name)}`,
      );
    }
    claimed.add(name);
  }
}

/** Rows may not carry values for such a field, so one that no function fills stays empty for ever. */
function checkNoOrphanOutput(schema: CollectionSchema, outputs: ReadonlySet<string>): void {
  const orphan = schema.fields.find((field) => field.isFunctionOutput && !outputs.has(field.name));
  if (orphan === undefined) return;
  throw CoordError.invalid(
    `field ${echo(orphan.name)} is marked as function output, but is no function's output`,
  );
}
