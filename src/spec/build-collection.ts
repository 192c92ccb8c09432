import { CoordError, echo } from '../domain/errors.js';
import { hasPartitionKey } from '../domain/schema/partition-key.js';
import type { SchemaLimits } from '../domain/schema/schema-limits.js';
import { validateCreateCollection } from '../domain/schema/validate-schema.js';
import { CollectionSchema } from '../gen/schema.js';
import { buildField, buildFunction, buildStructArray } from './build-field.js';
import {
  type CollectionPlace,
  type DesiredCollection,
  WORDS_FOR_KEYS,
  withoutIds,
} from './catalog-state.js';
import type { SpecCollection } from './document-schema.js';

/** What a spec is measured by: the limits and the name the server is configured with. */
export interface SpecRules {
  readonly limits: SchemaLimits;
  readonly defaultPartitionName: string;
}

/**
 * The collection a spec describes, checked as the server will check its creation.
 * @throws CoordError with the first rule it breaks.
 */
export function buildCollection(
  { database, collection: name }: CollectionPlace,
  spec: SpecCollection,
  rules: SpecRules,
): DesiredCollection {
  const properties = new Map(Object.entries(spec.properties));
  for (const [key, word] of WORDS_FOR_KEYS) {
    if (properties.has(key)) throw CoordError.plain(`say ${word} instead of the property ${key}`);
  }
  const numPartitions = spec.numPartitions ?? 0;
  const { schema } = validateCreateCollection(
    {
      collectionName: name,
      schema: buildSchema(name, spec),
      shardsNum: spec.shards,
      numPartitions: BigInt(numPartitions),
      properties: Object.entries(spec.properties).map(([key, value]) => ({ key, value })),
    },
    rules.limits,
  );
  return {
    name,
    renamedFrom: spec.renamedFrom === undefined ? undefined : placeOf(spec.renamedFrom, database),
    schema: withoutIds(schema),
    shardsNum: spec.shards,
    consistencyLevel: spec.consistencyLevel,
    properties,
    numPartitions,
    partitions: partitionsOf(schema, spec, rules),
    aliases: namesOf('alias', spec.aliases),
  };
}

const buildSchema = (name: string, spec: SpecCollection): CollectionSchema =>
  CollectionSchema.fromPartial({
    name,
    description: spec.description,
    enableDynamicField: spec.dynamicField,
    fields: spec.fields.map(buildField),
    structArrayFields: spec.structArrays.map(buildStructArray),
    functions: spec.functions.map(buildFunction),
  });

/** `old`, or `database.old`. */
function placeOf(text: string, ownDatabase: string): CollectionPlace {
  const [first = '', second, ...more] = text.split('.');
  if (more.length > 0) throw CoordError.plain(`renamedFrom "${echo(text)}" has too many parts`);
  return second === undefined
    ? { database: ownDatabase, collection: first }
    : { database: first, collection: second };
}

function partitionsOf(
  schema: CollectionSchema,
  spec: SpecCollection,
  { defaultPartitionName }: SpecRules,
): ReadonlySet<string> {
  if (hasPartitionKey(schema) && spec.partitions.length > 0) {
    throw CoordError.plain('a collection with a partition key names no partitions of its own');
  }
  const names = namesOf('partition', spec.partitions);
  return new Set([...names].filter((name) => name !== defaultPartitionName));
}

function namesOf(what: string, names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw CoordError.plain(`${what} ${echo(name)} is listed twice`);
    seen.add(name);
  }
  return seen;
}
