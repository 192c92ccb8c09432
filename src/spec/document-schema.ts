import type { z } from 'zod';
import { ConsistencyLevel } from '../gen/common.js';
import { DataType, FunctionType } from '../gen/schema.js';
import { flag, listOf, mapOf, objectOf, text, wholeNumber, wordOf } from './scalars.js';

/** Highest int32: limits of their own are the server's. */
const COUNT_MAX = 2_147_483_647;

const dataType = wordOf('type of Milvus', DataType, ['None', 'String', 'ArrayOfStruct', 'Struct']);

const field = objectOf({
  name: text,
  type: dataType,
  /** Type of what an Array or ArrayOfVector holds. */
  elementType: dataType.optional(),
  primaryKey: flag.default(false),
  autoId: flag.default(false),
  partitionKey: flag.default(false),
  clusteringKey: flag.default(false),
  nullable: flag.default(false),
  default: text.optional(),
  description: text.default(''),
  /** The three type params nearly every schema has, under Milvus' own names. */
  dim: wholeNumber(1, COUNT_MAX).optional(),
  max_length: wholeNumber(1, COUNT_MAX).optional(),
  max_capacity: wholeNumber(1, COUNT_MAX).optional(),
  /** Any other type param: `enable_analyzer`, `mmap.enabled` … */
  typeParams: mapOf(text),
});

const structArray = objectOf({
  name: text,
  description: text.default(''),
  nullable: flag.default(false),
  typeParams: mapOf(text),
  fields: listOf(field),
});

const fn = objectOf({
  name: text,
  type: wordOf('kind of function', FunctionType, ['Unknown']),
  description: text.default(''),
  inputs: listOf(text),
  outputs: listOf(text),
  params: mapOf(text),
});

const collection = objectOf({
  /** The name it had: `old`, or `database.old`. */
  renamedFrom: text.optional(),
  description: text.default(''),
  fields: listOf(field),
  structArrays: listOf(structArray),
  functions: listOf(fn),
  dynamicField: flag.default(false),
  shards: wholeNumber(1, COUNT_MAX).default(1),
  /** Only with a partition key; unsaid, the server chooses. */
  numPartitions: wholeNumber(1, COUNT_MAX).optional(),
  /** Unsaid it is what SDKs ask for. */
  consistencyLevel: wordOf('consistency level', ConsistencyLevel).default(ConsistencyLevel.Bounded),
  properties: mapOf(text),
  /** Beside the default partition. */
  partitions: listOf(text),
  aliases: listOf(text),
});

const database = objectOf({
  /** True for a database that should not be; it goes only when pruning is asked for. */
  absent: flag.default(false),
  properties: mapOf(text),
  collections: mapOf(collection),
});

/** A spec as it is written; see the README for an example. */
export const documentSchema = objectOf({ databases: mapOf(database) });

export type SpecDocument = z.output<typeof documentSchema>;
export type SpecDatabase = z.output<typeof database>;
export type SpecCollection = z.output<typeof collection>;
export type SpecField = z.output<typeof field>;
export type SpecStructArray = z.output<typeof structArray>;
export type SpecFunction = z.output<typeof fn>;
