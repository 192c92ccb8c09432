import type { SeededRandom } from '../seeded-random.js';
import { hostileInteger, hostileNumberText, hostileText, hostileTextBytes } from './texts.js';
import { inside, joined, nested, numbered, pair, text, varint } from './wire.js';

/** Field numbers of the messages a create is made of (facts/wire/schema). */
const REQUEST = {
  base: 1,
  dbName: 2,
  collectionName: 3,
  schema: 4,
  shardsNum: 5,
  consistencyLevel: 6,
  properties: 7,
  numPartitions: 8,
};
const SCHEMA = {
  name: 1,
  description: 2,
  fields: 4,
  dynamic: 5,
  properties: 6,
  functions: 7,
  dbName: 8,
  structs: 9,
};
const FIELD = {
  id: 1,
  name: 2,
  isPrimaryKey: 3,
  dataType: 5,
  typeParams: 6,
  indexParams: 7,
  autoId: 8,
  elementType: 10,
  defaultValue: 11,
  isDynamic: 12,
  isPartitionKey: 13,
  isClusteringKey: 14,
  typeSchema: 18,
};
const TYPES = { int64: 5n, varChar: 21n, array: 22n, json: 23n, floatVector: 101n, sparse: 104n };

const PARAM_KEYS = [
  'dim',
  'max_length',
  'max_capacity',
  'mmap.enabled',
  'enable_analyzer',
  'analyzer_params',
  'enable_match',
  '__proto__',
  'constructor',
];

const PROPERTY_KEYS = [
  'collection.ttl.seconds',
  'consistency_level',
  'partitionkey.isolation',
  'timezone',
  'mmap.enabled',
  '__proto__',
  'replicate.id',
];

const sometimes = (random: SeededRandom, probability: number, piece: () => Buffer): Buffer =>
  random.chance(probability) ? piece() : Buffer.alloc(0);

const hostileParam = (keys: readonly string[], random: SeededRandom): Buffer =>
  pair(
    random.chance(0.8) ? random.pick(keys) : hostileText(random),
    random.chance(0.7) ? hostileNumberText(random) : hostileText(random),
  );

const params = (field: number, keys: readonly string[], random: SeededRandom): Buffer =>
  numbered(random.below(4), () => inside(field, hostileParam(keys, random)));

function hostileDefault(random: SeededRandom): Buffer {
  const field = 1 + random.below(10);
  return random.chance(0.5)
    ? varint(field, hostileInteger(random))
    : inside(field, hostileTextBytes(random));
}

function hostileField(index: number, random: SeededRandom): Buffer {
  const chance = (probability: number, piece: () => Buffer) =>
    sometimes(random, probability, piece);
  const dataType = random.chance(0.7) ? random.pick(Object.values(TYPES)) : hostileInteger(random);
  return joined(
    inside(FIELD.name, random.chance(0.7) ? Buffer.from(`f${index}`) : hostileTextBytes(random)),
    varint(FIELD.dataType, dataType),
    chance(0.4, () => varint(FIELD.isPrimaryKey, 1n)),
    chance(0.2, () => varint(FIELD.id, hostileInteger(random))),
    chance(0.2, () => varint(FIELD.elementType, hostileInteger(random))),
    chance(0.2, () => varint(FIELD.autoId, hostileInteger(random))),
    chance(0.2, () => inside(FIELD.defaultValue, hostileDefault(random))),
    chance(0.1, () => varint(FIELD.isDynamic, 1n)),
    chance(0.2, () => varint(FIELD.isPartitionKey, 1n)),
    chance(0.1, () => varint(FIELD.isClusteringKey, 1n)),
    chance(0.1, () => inside(FIELD.typeSchema, nested(2, random.below(40)))),
    params(FIELD.typeParams, PARAM_KEYS, random),
    params(FIELD.indexParams, PARAM_KEYS, random),
  );
}

const hostileFunction = (random: SeededRandom): Buffer =>
  joined(
    inside(1, hostileTextBytes(random)),
    varint(4, hostileInteger(random)),
    inside(5, hostileTextBytes(random)),
    inside(7, hostileTextBytes(random)),
    params(9, PARAM_KEYS, random),
  );

/** A primary key and a vector: what every legal schema has. */
const legalFields = (): Buffer =>
  joined(
    inside(
      SCHEMA.fields,
      joined(
        text(FIELD.name, 'id'),
        varint(FIELD.isPrimaryKey, 1n),
        varint(FIELD.dataType, TYPES.int64),
      ),
    ),
    inside(
      SCHEMA.fields,
      joined(
        text(FIELD.name, 'vector'),
        varint(FIELD.dataType, TYPES.floatVector),
        inside(FIELD.typeParams, pair('dim', '8')),
      ),
    ),
  );

function hostileSchema(name: Buffer, random: SeededRandom): Buffer {
  return joined(
    inside(SCHEMA.name, random.chance(0.9) ? name : hostileTextBytes(random)),
    sometimes(random, 0.8, legalFields),
    numbered(random.below(5), (i) => inside(SCHEMA.fields, hostileField(i, random))),
    sometimes(random, 0.2, () => inside(SCHEMA.description, hostileTextBytes(random))),
    sometimes(random, 0.2, () => varint(SCHEMA.dynamic, hostileInteger(random))),
    sometimes(random, 0.2, () => inside(SCHEMA.functions, hostileFunction(random))),
    sometimes(random, 0.2, () =>
      inside(
        SCHEMA.structs,
        joined(inside(2, hostileTextBytes(random)), inside(4, hostileField(0, random))),
      ),
    ),
    sometimes(random, 0.1, () => inside(SCHEMA.dbName, hostileTextBytes(random))),
    params(SCHEMA.properties, PROPERTY_KEYS, random),
  );
}

/** A well-formed create whose every part may be absurd; some of them are legal all the same. */
export function absurdCreate(msgType: bigint, random: SeededRandom): Buffer {
  const name = random.chance(0.7)
    ? Buffer.from(`hostile_${random.below(16)}`)
    : hostileTextBytes(random);
  return joined(
    inside(REQUEST.base, joined(varint(1, msgType), inside(6, pair(hostileText(random), 'x')))),
    inside(REQUEST.collectionName, name),
    inside(REQUEST.schema, hostileSchema(name, random)),
    sometimes(random, 0.1, () => inside(REQUEST.dbName, hostileTextBytes(random))),
    sometimes(random, 0.3, () => varint(REQUEST.shardsNum, hostileInteger(random))),
    sometimes(random, 0.3, () => varint(REQUEST.consistencyLevel, hostileInteger(random))),
    sometimes(random, 0.3, () => varint(REQUEST.numPartitions, hostileInteger(random))),
    params(REQUEST.properties, PROPERTY_KEYS, random),
  );
}

/** A request that asks for a collection in absurd words; field numbers are the same everywhere. */
export const absurdQuestion = (msgType: bigint, random: SeededRandom): Buffer =>
  joined(
    inside(1, varint(1, random.chance(0.8) ? msgType : hostileInteger(random))),
    sometimes(random, 0.3, () => inside(2, hostileTextBytes(random))),
    sometimes(random, 0.9, () => inside(3, hostileTextBytes(random))),
    numbered(random.below(3), () => varint(1 + random.below(8), hostileInteger(random))),
  );

/** Where giants put their weight. */
export const createWith = (schema: Buffer, ...more: readonly Buffer[]): Buffer =>
  joined(text(REQUEST.collectionName, 'giant'), inside(REQUEST.schema, schema), ...more);

export const giantSchema = (...more: readonly Buffer[]): Buffer =>
  joined(text(SCHEMA.name, 'giant'), legalFields(), ...more);
