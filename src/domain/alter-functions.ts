import {
  type CollectionSchema,
  type FieldSchema,
  type FunctionSchema,
  FunctionType,
} from '../gen/schema.js';
import { type Alteration, withSchema } from './alteration.js';
import { CoordError, echo } from './errors.js';
import type { CollectionRecord } from './records.js';
import { checkFunctions } from './schema/functions.js';
import { nextFunctionId } from './schema/next-ids.js';
import { fieldIdsByName, numberFunction } from './schema/normalise-schema.js';
import { publicSchema } from './schema/public-schema.js';
import { checkSchemaBounds } from './schema/schema-bounds.js';
import { isSameSchema } from './schema/schema-equality.js';
import type { SchemaLimits } from './schema/schema-limits.js';
import type { Timestamp } from './timestamp.js';

/**
 * Functions of a collection that exists, as in Milvus 2.6, on which the facts are silent. BM25 is
 * refused in all three, since rows that are there would keep statistics of another function.
 * Rules of functions are those at create; all refusals have code 1100.
 */

/** The collection with one more function, its output fields marked, `schema.version` counted up. */
export function addFunction(
  record: CollectionRecord,
  fn: FunctionSchema | undefined,
  { limits, at }: Alteration,
): CollectionRecord {
  const given = presentFunction(fn, 'adding');
  const { schema } = record;
  const numbered = { ...given, id: nextFunctionId(schema) };
  return withSchema(record, replaceFunctions(schema, [...schema.functions, numbered], limits), at);
}

/**
 * The collection with a function in the place and with the id of the one of that name, or the same
 * record when both are equal. Fields it no longer fills become ordinary ones.
 */
export function alterFunction(
  record: CollectionRecord,
  functionName: string,
  fn: FunctionSchema | undefined,
  { limits, at }: Alteration,
): CollectionRecord {
  const given = presentFunction(fn, 'alter');
  if (given.name !== functionName) {
    throw CoordError.invalid('invalid function config, name not match');
  }
  const { schema } = record;
  const before = schema.functions.find(({ name }) => name === functionName);
  if (before === undefined) {
    throw CoordError.invalid(`function ${echo(functionName)} not found`);
  }
  refuseBm25(before, 'alter');
  const functions = schema.functions.map((each) =>
    each === before ? { ...given, id: before.id } : each,
  );
  const altered = replaceFunctions(schema, functions, limits);
  return isSameSchema(schema, altered) ? record : withSchema(record, altered, at);
}

/**
 * The collection without the function, whose output fields become ordinary ones that rows must
 * carry; the same record when there is no function of that name.
 */
export function dropFunction(
  record: CollectionRecord,
  functionName: string,
  at: Timestamp,
): CollectionRecord {
  const { schema } = record;
  const dropped = schema.functions.find(({ name }) => name === functionName);
  if (dropped === undefined) return record;
  // The misspelling is Milvus'.
  refuseBm25(dropped, 'droping');
  const functions = schema.functions.filter((each) => each !== dropped);
  return withSchema(record, markFilled({ ...schema, functions }), at);
}

function presentFunction(fn: FunctionSchema | undefined, verb: string): FunctionSchema {
  if (fn === undefined) throw CoordError.invalid('function schema is empty');
  refuseBm25(fn, verb);
  return fn;
}

function refuseBm25({ type }: FunctionSchema, verb: string): void {
  if (type !== FunctionType.BM25) return;
  throw CoordError.invalid(`currently does not support ${verb} BM25 function`);
}

/** A schema with these functions, checked among the fields a client can see. */
function replaceFunctions(
  schema: CollectionSchema,
  functions: FunctionSchema[],
  limits: SchemaLimits,
): CollectionSchema {
  const visible = publicSchema({ ...schema, functions });
  checkSchemaBounds(visible);
  checkFunctions(forgetMarks(visible), limits);
  const ids = fieldIdsByName(schema);
  const numbered = functions.map((fn) => numberFunction(fn, fn.id, ids));
  return markFilled({ ...schema, functions: numbered });
}

/** What the stored marks say of the functions before is no claim of a client. */
const forgetMarks = (schema: CollectionSchema): CollectionSchema => ({
  ...schema,
  fields: schema.fields.map((field) => ({ ...field, isFunctionOutput: false })),
});

function markFilled(schema: CollectionSchema): CollectionSchema {
  const filled = new Set(schema.functions.flatMap((fn) => fn.outputFieldNames));
  const mark = (field: FieldSchema): FieldSchema => {
    const isFunctionOutput = filled.has(field.name);
    return field.isFunctionOutput === isFunctionOutput ? field : { ...field, isFunctionOutput };
  };
  return { ...schema, fields: schema.fields.map(mark) };
}
