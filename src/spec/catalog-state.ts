import {
  CONSISTENCY_LEVEL_KEY,
  DYNAMIC_FIELD_KEY,
} from '../domain/schema/collection-properties.js';
import type { ConsistencyLevel, KeyValuePair } from '../gen/common.js';
import type { CollectionSchema } from '../gen/schema.js';

/** Keys and values without an order. */
export type Properties = ReadonlyMap<string, string>;

/** A collection as far as a spec can say it, in one form for what is wanted and what is there. */
export interface CollectionState {
  readonly name: string;
  /** What clients see, every id 0: ids follow from history and not from the spec. */
  readonly schema: CollectionSchema;
  readonly shardsNum: number;
  readonly consistencyLevel: ConsistencyLevel;
  readonly properties: Properties;
  /** Partitions of a collection with a partition key; 0 where the spec leaves it to the server. */
  readonly numPartitions: number;
  /** Without the default partition; none with a partition key. */
  readonly partitions: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
}

export interface DatabaseState<Collection extends CollectionState = CollectionState> {
  readonly name: string;
  readonly properties: Properties;
  readonly collections: ReadonlyMap<string, Collection>;
}

/** Every database there is, by name. */
export type ActualState = ReadonlyMap<string, DatabaseState>;

/** Where a collection is. */
export interface CollectionPlace {
  readonly database: string;
  readonly collection: string;
}

export interface DesiredCollection extends CollectionState {
  readonly renamedFrom: CollectionPlace | undefined;
}

export interface DesiredDatabase extends DatabaseState<DesiredCollection> {
  /** True for a database that should not be. */
  readonly absent: boolean;
}

/** Every database the spec names, in its order. */
export type DesiredState = ReadonlyMap<string, DesiredDatabase>;

/** Altered like a property, although it lives in the schema (facts/rootcoord §5.6). */
export const DESCRIPTION_KEY = 'collection.description';

/** Keys of properties with a word of their own in a spec, and the word. */
export const WORDS_FOR_KEYS: ReadonlyMap<string, string> = new Map([
  [CONSISTENCY_LEVEL_KEY, 'consistencyLevel'],
  [DESCRIPTION_KEY, 'description'],
  [DYNAMIC_FIELD_KEY, 'dynamicField'],
]);

/** Says in Milvus' form what a map says. */
export const toPairs = (properties: Properties): KeyValuePair[] =>
  [...properties].map(([key, value]) => ({ key, value }));

export const toProperties = (pairs: readonly KeyValuePair[]): Properties =>
  new Map(pairs.map(({ key, value }) => [key, value]));

/** The schema with every id 0 and nothing that only follows from its functions. */
export const withoutIds = (schema: CollectionSchema): CollectionSchema => ({
  ...schema,
  fields: schema.fields.map((field) => ({ ...field, fieldID: 0n, isFunctionOutput: false })),
  structArrayFields: schema.structArrayFields.map((struct) => ({
    ...struct,
    fieldID: 0n,
    fields: struct.fields.map((field) => ({ ...field, fieldID: 0n })),
  })),
  functions: schema.functions.map((fn) => ({
    ...fn,
    id: 0n,
    inputFieldIds: [],
    outputFieldIds: [],
  })),
});
