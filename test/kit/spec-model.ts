import {
  CONSISTENCY_LEVEL_KEY,
  DYNAMIC_FIELD_KEY,
} from '../../src/domain/schema/collection-properties.js';
import { ConsistencyLevel } from '../../src/gen/common.js';
import type { ActualState, CollectionState, DatabaseState } from '../../src/spec/catalog-state.js';
import { DESCRIPTION_KEY } from '../../src/spec/catalog-state.js';
import type { Step, StepKind } from '../../src/spec/step.js';

/** A server in memory that takes steps and refuses those whose turn it is not. */

type Model = Map<
  string,
  { properties: Map<string, string>; collections: Map<string, CollectionState> }
>;

const fail = (text: string): never => {
  throw new Error(`the model refuses: ${text}`);
};

/** The state after the step; throws when Milvus would refuse it. */
export function applyStep(actual: ActualState, step: Step): ActualState {
  const model: Model = new Map(
    [...actual].map(([name, { properties, collections }]) => [
      name,
      { properties: new Map(properties), collections: new Map(collections) },
    ]),
  );
  perform(model, step);
  return new Map(
    [...model].map(([name, database]): [string, DatabaseState] => [name, { name, ...database }]),
  );
}

function perform(model: Model, step: Step): void {
  if (step.kind === 'createDatabase') {
    if (model.has(step.database)) fail(`database ${step.database} is there`);
    const properties = new Map(step.properties.map(({ key, value }) => [key, value]));
    model.set(step.database, { properties, collections: new Map() });
    return;
  }
  const database = model.get(step.database) ?? fail(`no database ${step.database}`);
  const { collections, properties } = database;
  switch (step.kind) {
    case 'setDatabaseProperties':
      for (const { key, value } of step.properties) properties.set(key, value);
      return;
    case 'removeDatabaseProperties':
      for (const key of step.keys) if (!properties.delete(key)) fail(`no property ${key}`);
      return;
    case 'dropDatabase':
      if (collections.size > 0) fail('the database is not empty');
      model.delete(step.database);
      return;
    case 'createCollection': {
      freeName(collections, step.collection);
      collections.set(step.collection, created(step));
      return;
    }
    case 'renameCollection': {
      const moved = collections.get(step.collection) ?? fail(`no collection ${step.collection}`);
      const target = model.get(step.newDatabase) ?? fail(`no database ${step.newDatabase}`);
      if (step.newDatabase !== step.database && moved.aliases.size > 0) fail('it has aliases');
      collections.delete(step.collection);
      freeName(target.collections, step.newName);
      const schema = { ...moved.schema, name: step.newName };
      target.collections.set(step.newName, { ...moved, name: step.newName, schema });
      return;
    }
    default:
      performInCollection(collections, step);
  }
}

type CollectionStep = Exclude<
  Step,
  { kind: 'createCollection' | 'renameCollection' } | { kind: DatabaseStepKind }
>;

type DatabaseStepKind = Extract<StepKind, `${string}Database${string}`>;

function performInCollection(
  collections: Map<string, CollectionState>,
  step: CollectionStep,
): void {
  const own = collections.get(step.collection) ?? fail(`no collection ${step.collection}`);
  const put = (changes: Partial<CollectionState>): void =>
    void collections.set(step.collection, { ...own, ...changes });
  switch (step.kind) {
    case 'dropCollection':
      if (own.aliases.size > 0) fail('the collection has aliases');
      collections.delete(step.collection);
      return;
    case 'setCollectionProperties':
      return put(altered(own, step.properties));
    case 'removeCollectionProperties':
      return put({ properties: without(own.properties, step.keys) });
    case 'addField':
      if (own.schema.fields.some(({ name }) => name === step.field.name)) fail('field is there');
      return put({ schema: { ...own.schema, fields: [...own.schema.fields, step.field] } });
    case 'setFieldParams':
      return put({ schema: withParams(own, step.field, step.properties, []) });
    case 'removeFieldParams':
      return put({ schema: withParams(own, step.field, [], step.keys) });
    case 'addFunction':
      return put({ schema: { ...own.schema, functions: [...own.schema.functions, step.fn] } });
    case 'alterFunction': {
      const functions = own.schema.functions.map((fn) => (fn.name === step.fn.name ? step.fn : fn));
      return put({ schema: { ...own.schema, functions } });
    }
    case 'dropFunction': {
      const functions = own.schema.functions.filter(({ name }) => name !== step.name);
      if (functions.length === own.schema.functions.length) fail(`no function ${step.name}`);
      return put({ schema: { ...own.schema, functions } });
    }
    case 'createPartition':
      if (own.numPartitions > 0) fail('the collection has a partition key');
      return put({ partitions: new Set([...own.partitions, step.partition]) });
    case 'dropPartition': {
      if (!own.partitions.has(step.partition)) fail(`no partition ${step.partition}`);
      return put({ partitions: removed(own.partitions, step.partition) });
    }
    case 'createAlias':
      freeName(collections, step.alias);
      return put({ aliases: new Set([...own.aliases, step.alias]) });
    case 'alterAlias': {
      const owner = ownerOf(collections, step.alias) ?? fail(`no alias ${step.alias}`);
      collections.set(owner.name, { ...owner, aliases: removed(owner.aliases, step.alias) });
      return put({ aliases: new Set([...own.aliases, step.alias]) });
    }
    case 'dropAlias':
      if (!own.aliases.has(step.alias)) fail(`no alias ${step.alias}`);
      return put({ aliases: removed(own.aliases, step.alias) });
    default:
      return fail('an unknown step');
  }
}

function created(step: Extract<Step, { kind: 'createCollection' }>): CollectionState {
  const isKeyed = step.schema.fields.some(({ isPartitionKey }) => isPartitionKey);
  return {
    name: step.collection,
    schema: step.schema,
    shardsNum: step.shardsNum,
    consistencyLevel: step.consistencyLevel,
    properties: new Map(step.properties.map(({ key, value }) => [key, value])),
    numPartitions: isKeyed ? step.numPartitions || 16 : 0,
    partitions: new Set(),
    aliases: new Set(),
  };
}

function altered(
  own: CollectionState,
  pairs: readonly { key: string; value: string }[],
): Partial<CollectionState> {
  const properties = new Map(own.properties);
  let { consistencyLevel, schema } = own;
  for (const { key, value } of pairs) {
    if (key === CONSISTENCY_LEVEL_KEY) consistencyLevel = levelOf(value);
    else if (key === DESCRIPTION_KEY) schema = { ...schema, description: value };
    else if (key === DYNAMIC_FIELD_KEY) schema = { ...schema, enableDynamicField: true };
    else properties.set(key, value);
  }
  return { properties, consistencyLevel, schema };
}

const levelOf = (name: string) =>
  Object.entries(ConsistencyLevel).find(([word]) => word === name)?.[1] ?? fail(`level ${name}`);

function withParams(
  { schema }: CollectionState,
  name: string,
  set: readonly { key: string; value: string }[],
  remove: readonly string[],
): CollectionState['schema'] {
  const params = set.filter(({ key }) => key !== 'field.description');
  const described = set.find(({ key }) => key === 'field.description');
  const gone = new Set([...remove, ...params.map(({ key }) => key)]);
  const fields = schema.fields.map((field) => {
    if (field.name !== name) return field;
    const typeParams = [...field.typeParams.filter(({ key }) => !gone.has(key)), ...params];
    return { ...field, typeParams, description: described?.value ?? field.description };
  });
  return { ...schema, fields };
}

function freeName(collections: ReadonlyMap<string, CollectionState>, name: string): void {
  if (collections.has(name)) fail(`${name} is a collection`);
  if (ownerOf(collections, name) !== undefined) fail(`${name} is an alias`);
}

const ownerOf = (collections: ReadonlyMap<string, CollectionState>, alias: string) =>
  [...collections.values()].find(({ aliases }) => aliases.has(alias));

const removed = (set: ReadonlySet<string>, item: string): ReadonlySet<string> =>
  new Set([...set].filter((each) => each !== item));

const without = (properties: ReadonlyMap<string, string>, keys: readonly string[]) =>
  new Map([...properties].filter(([key]) => !keys.includes(key)));
