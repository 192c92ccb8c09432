import type { ConsistencyLevel, KeyValuePair } from '../../gen/common.js';
import type {
  CollectionSchema,
  FieldSchema,
  FunctionSchema,
  StructArrayFieldSchema,
  TypeSchema,
  ValueField,
} from '../../gen/schema.js';

/** A collection as far as comparing needs it, every default filled in; `CollectionRecord` is one. */
export interface CollectionDefinition {
  readonly databaseId: bigint;
  readonly name: string;
  /** Normalised, so that the ids of equal fields are equal. */
  readonly schema: CollectionSchema;
  readonly partitions: readonly { readonly name: string }[];
  readonly shardsNum: number;
  readonly consistencyLevel: ConsistencyLevel;
  readonly properties: readonly KeyValuePair[];
}

/**
 * True when creating `requested` would make what is already there, so that a repeated create can
 * succeed without doing anything (facts/rootcoord §5.1, equality). Unlike Milvus, default values
 * are compared by value (§24) and functions are compared too. Ids of collection and partitions,
 * channels and times do not count.
 */
export const isSameDefinition = (
  existing: CollectionDefinition,
  requested: CollectionDefinition,
): boolean =>
  existing.databaseId === requested.databaseId &&
  existing.name === requested.name &&
  existing.shardsNum === requested.shardsNum &&
  existing.consistencyLevel === requested.consistencyLevel &&
  samePairs(existing.properties, requested.properties) &&
  sameLists(existing.partitions, requested.partitions, (a, b) => a.name === b.name) &&
  isSameSchema(existing.schema, requested.schema);

/**
 * Compares two normalised schemas. Fields are matched by id, since a store may hand them back in
 * another order than they were written in (facts/rootcoord §5.4).
 */
export const isSameSchema = (a: CollectionSchema, b: CollectionSchema): boolean =>
  a.name === b.name &&
  a.description === b.description &&
  a.autoID === b.autoID &&
  a.enableDynamicField === b.enableDynamicField &&
  a.enableNamespace === b.enableNamespace &&
  a.externalSource === b.externalSource &&
  a.externalSpec === b.externalSpec &&
  samePairs(a.properties, b.properties) &&
  sameLists(byId(a.fields), byId(b.fields), sameField) &&
  sameLists(byId(a.structArrayFields), byId(b.structArrayFields), sameStruct) &&
  sameLists(a.functions, b.functions, sameFunction);

function byId<T extends { readonly fieldID: bigint }>(fields: readonly T[]): T[] {
  return [...fields].sort((a, b) => (a.fieldID < b.fieldID ? -1 : Number(a.fieldID > b.fieldID)));
}

const sameField = (a: FieldSchema, b: FieldSchema): boolean =>
  a.fieldID === b.fieldID &&
  a.name === b.name &&
  a.description === b.description &&
  a.dataType === b.dataType &&
  a.elementType === b.elementType &&
  a.externalField === b.externalField &&
  sameFlags(a, b) &&
  samePairs(a.typeParams, b.typeParams) &&
  samePairs(a.indexParams, b.indexParams) &&
  sameOptional(a.defaultValue, b.defaultValue, sameValue) &&
  sameOptional(a.typeSchema, b.typeSchema, sameTypeSchema);

const sameFlags = (a: FieldSchema, b: FieldSchema): boolean =>
  a.isPrimaryKey === b.isPrimaryKey &&
  a.autoID === b.autoID &&
  a.isDynamic === b.isDynamic &&
  a.isPartitionKey === b.isPartitionKey &&
  a.isClusteringKey === b.isClusteringKey &&
  a.nullable === b.nullable &&
  a.isFunctionOutput === b.isFunctionOutput &&
  a.elementNullable === b.elementNullable;

const sameStruct = (a: StructArrayFieldSchema, b: StructArrayFieldSchema): boolean =>
  a.fieldID === b.fieldID &&
  a.name === b.name &&
  a.description === b.description &&
  a.nullable === b.nullable &&
  samePairs(a.typeParams, b.typeParams) &&
  sameLists(byId(a.fields), byId(b.fields), sameField);

const sameFunction = (a: FunctionSchema, b: FunctionSchema): boolean =>
  a.id === b.id &&
  a.name === b.name &&
  a.description === b.description &&
  a.type === b.type &&
  sameLists(a.inputFieldNames, b.inputFieldNames, Object.is) &&
  sameLists(a.outputFieldNames, b.outputFieldNames, Object.is) &&
  samePairs(a.params, b.params);

const sameTypeSchema = (a: TypeSchema, b: TypeSchema): boolean =>
  a.leafType === b.leafType &&
  a.nullable === b.nullable &&
  samePairs(a.typeParams, b.typeParams) &&
  sameOptional(a.arrayElement, b.arrayElement, sameTypeSchema);

/** Floats are compared as the wire carries them, so that 0.1 equals itself after a round trip. */
const sameValue = (a: ValueField, b: ValueField): boolean =>
  a.boolData === b.boolData &&
  a.intData === b.intData &&
  a.longData === b.longData &&
  sameOptional(a.floatData, b.floatData, (x, y) => Object.is(Math.fround(x), Math.fround(y))) &&
  Object.is(a.doubleData, b.doubleData) &&
  a.stringData === b.stringData &&
  sameOptional(a.bytesData, b.bytesData, (x, y) => Buffer.compare(x, y) === 0) &&
  a.timestamptzData === b.timestamptzData &&
  a.dateData === b.dateData &&
  a.timeData === b.timeData;

function sameOptional<T>(
  a: T | undefined,
  b: T | undefined,
  same: (a: T, b: T) => boolean,
): boolean {
  return a === undefined || b === undefined ? a === b : same(a, b);
}

const sameLists = <T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean =>
  a.length === b.length && a.every((each, index) => sameOptional<T>(each, b[index], same));

/** The same pairs, each as often, in any order. */
function samePairs(a: readonly KeyValuePair[], b: readonly KeyValuePair[]): boolean {
  return a.length === b.length && sameLists(sortedTexts(a), sortedTexts(b), Object.is);
}

const sortedTexts = (pairs: readonly KeyValuePair[]): string[] =>
  pairs.map(({ key, value }) => JSON.stringify([key, value])).sort();
