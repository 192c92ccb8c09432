import { DataType, type FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { checkFieldName } from '../names.js';
import { isVector } from './data-types.js';
import { checkDimension } from './dimension.js';
import { checkBooleans, isEnabled, paramOf, parseInt64 } from './params.js';
import type { SchemaLimits } from './schema-limits.js';

const TYPE_PARAM_BOOLEANS: ReadonlySet<string> = new Set([
  'mmap.enabled',
  'enable_match',
  'enable_analyzer',
  'field.skipLoad',
]);
const INDEX_PARAM_BOOLEANS: ReadonlySet<string> = new Set(['mmap.enabled']);

/** One field outside a struct array: name, sizes, then its switches (facts/rootcoord §19.2). */
export function checkField(field: FieldSchema, collectionName: string, limits: SchemaLimits): void {
  checkFieldName(field.name, limits.maxNameLength);
  checkFieldSizes(field, collectionName, limits);
  checkFieldSwitches(field);
  checkAnalyzer(field);
}

/** `dim`, `max_length` and `max_capacity`, each where the type needs it. */
export function checkFieldSizes(
  field: FieldSchema,
  collectionName: string,
  limits: SchemaLimits,
): void {
  if (isVector(field.dataType)) checkDimension(field, limits.maxDimension);
  if (holdsVarChars(field)) checkMaxLength(field, collectionName, limits);
  if (field.dataType === DataType.Array || field.dataType === DataType.ArrayOfVector) {
    checkMaxCapacity(field, collectionName, limits);
  }
}

/** Switches in type and index params must be booleans; code 1100. */
export function checkFieldSwitches(field: FieldSchema): void {
  const owner = `field ${echo(field.name)}`;
  checkBooleans(field.typeParams, TYPE_PARAM_BOOLEANS, owner);
  checkBooleans(field.indexParams, INDEX_PARAM_BOOLEANS, owner);
}

const holdsVarChars = (field: FieldSchema): boolean =>
  field.dataType === DataType.VarChar ||
  (field.dataType === DataType.Array && field.elementType === DataType.VarChar);

function checkMaxLength(field: FieldSchema, collectionName: string, limits: SchemaLimits): void {
  const text = paramOf(field.typeParams, 'max_length');
  if (text === undefined) {
    throw CoordError.plain(
      `type param(max_length) should be specified for varChar field of collection ${collectionName}`,
    );
  }
  const length = parseInt64(text);
  if (length <= 0n || length > BigInt(limits.maxVarCharLength)) {
    throw CoordError.invalid(
      `the maximum length specified for a VarChar should be in (0, ${limits.maxVarCharLength}]`,
    );
  }
}

function checkMaxCapacity(field: FieldSchema, collectionName: string, limits: SchemaLimits): void {
  const text = paramOf(field.typeParams, 'max_capacity');
  if (text === undefined) {
    throw CoordError.plain(
      `type param(max_capacity) should be specified for array field of collection ${collectionName}`,
    );
  }
  const capacity = parseInt64(text);
  if (capacity <= 0n || capacity > BigInt(limits.maxArrayCapacity)) {
    throw CoordError.plain(
      `the maximum capacity specified for a Array should be in (0, ${limits.maxArrayCapacity}]`,
    );
  }
}

/** Matching text needs the tokens an analyzer makes (Milvus 2.5). */
function checkAnalyzer(field: FieldSchema): void {
  if (!isEnabled(field.typeParams, 'enable_match')) return;
  if (isEnabled(field.typeParams, 'enable_analyzer')) return;
  throw CoordError.invalid(
    `field ${field.name} is set to enable match or bm25 function but not enable analyzer`,
  );
}
