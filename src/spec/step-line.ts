import { unreachable } from '../domain/invariant.js';
import { dataTypeName } from '../domain/schema/data-types.js';
import type { KeyValuePair } from '../gen/common.js';
import { type FieldSchema, type FunctionSchema, FunctionType } from '../gen/schema.js';
import { levelName } from './diff-collection.js';
import type { CreateCollectionStep, Step } from './step.js';

/** The step in one line: everything its request says that is not a default. */
export function stepLine(step: Step): string {
  const { database } = step;
  const place = 'collection' in step ? `${database}.${step.collection}` : database;
  switch (step.kind) {
    case 'createDatabase':
      return words('create database', place, pairsText('properties', step.properties));
    case 'setDatabaseProperties':
      return words('alter database', place, pairsText('set', step.properties));
    case 'removeDatabaseProperties':
      return `alter database ${place} remove ${listText(step.keys)}`;
    case 'dropDatabase':
      return `drop database ${place}`;
    case 'renameCollection':
      return `rename collection ${place} to ${step.newDatabase}.${step.newName}`;
    case 'createCollection':
      return createText(place, step);
    case 'setCollectionProperties':
      return words('alter collection', place, pairsText('set', step.properties));
    case 'removeCollectionProperties':
      return `alter collection ${place} remove ${listText(step.keys)}`;
    case 'dropCollection':
      return `drop collection ${place}`;
    default:
      return childText(place, step);
  }
}

type ChildStep = Extract<
  Step,
  | { field: unknown }
  | { fn: unknown }
  | { name: unknown }
  | { partition: unknown }
  | { alias: unknown }
>;

/** Steps about a part of a collection. */
function childText(place: string, step: ChildStep): string {
  switch (step.kind) {
    case 'addField':
      return `add field ${place} ${fieldText(step.field)}`;
    case 'setFieldParams':
      return words('alter field', `${place}.${step.field}`, pairsText('set', step.properties));
    case 'removeFieldParams':
      return `alter field ${place}.${step.field} remove ${listText(step.keys)}`;
    case 'addFunction':
      return `add function ${place} ${functionText(step.fn)}`;
    case 'alterFunction':
      return `alter function ${place} ${functionText(step.fn)}`;
    case 'dropFunction':
      return `drop function ${place}.${step.name}`;
    case 'createPartition':
      return `create partition ${place}.${step.partition}`;
    case 'dropPartition':
      return `drop partition ${place}.${step.partition}`;
    case 'createAlias':
      return `create alias ${step.database}.${step.alias} for ${step.collection}`;
    case 'alterAlias':
      return `alter alias ${step.database}.${step.alias} for ${step.collection}`;
    case 'dropAlias':
      return `drop alias ${step.database}.${step.alias} of ${step.collection}`;
    default:
      return unreachable(step);
  }
}

function createText(place: string, step: CreateCollectionStep): string {
  const { schema } = step;
  const fields = schema.fields.map(fieldText);
  const structs = schema.structArrayFields.map(
    ({ name, fields: members }) => `${name} struct (${members.map(fieldText).join(', ')})`,
  );
  return words(
    'create collection',
    place,
    `(${[...fields, ...structs, ...schema.functions.map((fn) => `function ${functionText(fn)}`)].join(', ')})`,
    `shards=${step.shardsNum}`,
    `consistency=${levelName(step.consistencyLevel)}`,
    step.numPartitions > 0 ? `partitions=${step.numPartitions}` : '',
    schema.enableDynamicField ? 'dynamic' : '',
    schema.description === '' ? '' : `description=${JSON.stringify(schema.description)}`,
    pairsText('properties', step.properties),
  );
}

function fieldText(field: FieldSchema): string {
  const type = dataTypeName(field.dataType);
  return words(
    field.name,
    field.elementType === 0 ? type : `${type}<${dataTypeName(field.elementType)}>`,
    field.isPrimaryKey ? 'primary' : '',
    field.autoID ? 'autoId' : '',
    field.isPartitionKey ? 'partitionKey' : '',
    field.isClusteringKey ? 'clusteringKey' : '',
    field.nullable ? 'nullable' : '',
    ...field.typeParams.map(pairText),
    defaultText(field),
    field.description === '' ? '' : `description=${JSON.stringify(field.description)}`,
  );
}

function defaultText({ defaultValue }: FieldSchema): string {
  const value = Object.values(defaultValue ?? {}).find((each) => each !== undefined);
  if (value === undefined) return '';
  return `default=${typeof value === 'string' ? JSON.stringify(value) : String(value)}`;
}

function functionText(fn: FunctionSchema): string {
  const type = Object.entries(FunctionType).find(([, value]) => value === fn.type)?.[0];
  const ends = `${fn.inputFieldNames.join(' ')} -> ${fn.outputFieldNames.join(' ')}`;
  return words(fn.name, type ?? String(fn.type), ends.trim(), ...fn.params.map(pairText));
}

const pairText = ({ key, value }: KeyValuePair): string =>
  `${key}=${PLAIN.test(value) ? value : JSON.stringify(value)}`;

/** A value that can be read without quotes. */
const PLAIN = /^[\w.:/+-]+$/;

const pairsText = (what: string, pairs: readonly KeyValuePair[]): string =>
  pairs.length === 0 ? '' : `${what} ${pairs.map(pairText).join(' ')}`;

const listText = (keys: readonly string[]): string => keys.join(' ');

const words = (...parts: readonly string[]): string => parts.filter(Boolean).join(' ');
