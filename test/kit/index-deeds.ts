import { isKind } from '../../src/domain/errors.js';
import { defineIndex } from '../../src/domain/indexes/define-index.js';
import { fieldByName } from '../../src/domain/indexes/indexed-field.js';
import type { CollectionRecord } from '../../src/domain/records.js';
import { aCreate, aDrop } from './ddl-fixtures.js';
import type { IndexedProcess } from './indexed-process.js';
import { anAsker } from './root-runtime.js';
import { aField, aSchema, aVarChar, pairs } from './schemas.js';

/** What clients do with indexes and their collections, one after the other. */
export interface IndexDeed {
  readonly words: string;
  readonly run: (process: IndexedProcess) => Promise<void>;
  /** How long nobody asks for anything afterwards. */
  readonly restMs: number;
  /** A collection of which nobody can say what is seen of it meanwhile. */
  readonly uncertain?: string;
}

/** A life in which indexes come and go. */
export interface IndexLife {
  readonly name: string;
  /** How long drops are kept. */
  readonly keepMs: number;
  readonly collections: readonly string[];
  readonly deeds: readonly IndexDeed[];
}

type Run = IndexDeed['run'];

/** Long enough for a dropped collection to go, with all that goes with it. */
const SETTLED_MS = 300;

const deed = (words: string, run: Run, restMs = SETTLED_MS): IndexDeed => ({ words, run, restMs });

const collectionOf = (process: IndexedProcess, name: string): CollectionRecord => {
  const collection = process.find(name);
  if (!collection) throw new Error(`no collection ${name}`);
  return collection;
};

const SCALARS = ['a', 'b', 'c', 'd'];

const createCollection =
  (name: string): Run =>
  ({ root }) => {
    const schema = aSchema([aField('a'), aField('b'), aVarChar('c'), aVarChar('d')], { name });
    return root.createCollection(aCreate(name, { schema }), anAsker());
  };

const dropCollection =
  (name: string): Run =>
  ({ root }) =>
    root.dropCollection(aDrop(name), anAsker());

const createIndex =
  (name: string, fieldName: string, params: Readonly<Record<string, string | number>>): Run =>
  async (process) => {
    const { id: collectionId, schema } = collectionOf(process, name);
    const field = fieldByName(schema, fieldName);
    if (!field) throw new Error(`no field ${fieldName}`);
    const definition = defineIndex(schema, field, pairs(params));
    await process.indexes.create({ ...definition, name: fieldName, collectionId, at: 0n });
  };

const VECTOR_PARAMS = { index_type: 'HNSW', metric_type: 'L2', M: 8, efConstruction: 64 };

const createVectorIndex = (name: string): Run => createIndex(name, 'vector', VECTOR_PARAMS);

const INVERTED = { index_type: 'INVERTED' };

/** One after the other on every field that may have one. */
const createIndexes = (name: string): IndexDeed[] => [
  deed(`an index on ${name}/vector`, createVectorIndex(name), 0),
  ...SCALARS.map((field) =>
    deed(`an index on ${name}/${field}`, createIndex(name, field, INVERTED), 0),
  ),
];

/** @param value undefined to forget it. */
const setMmap =
  (name: string, indexName: string, value: string | undefined): Run =>
  (process) =>
    process.indexes.alter({
      collectionId: collectionOf(process, name).id,
      name: indexName,
      params: value === undefined ? [] : pairs({ 'mmap.enabled': value }),
      deleteKeys: value === undefined ? ['mmap.enabled'] : [],
    });

/** @param indexName empty for all. */
const dropIndex =
  (name: string, indexName: string): Run =>
  (process) => {
    const collectionId = collectionOf(process, name).id;
    return process.indexes.drop({ collectionId, name: indexName, dropAll: true });
  };

/** A segment has an index file, as Milvus would have left it behind. */
const leaveSegmentIndex =
  (name: string): Run =>
  async (process) => {
    const { state } = process;
    const fence = state.owner?.fence;
    if (!fence) throw new Error('nobody owns the store');
    const key = `by-dev/meta/segment-index/${collectionOf(process, name).id}/1/2/3`;
    state.apply([{ kind: 'put', key, value: new Uint8Array([1]) }], fence);
  };

/** An index is created while its collection goes: it goes, too, or is refused. */
const race =
  (name: string): Run =>
  async (process) => {
    const creating = createVectorIndex(name)(process).catch((caught: unknown) => {
      if (!isKind(caught, 'CollectionNotFound')) throw caught;
    });
    await Promise.all([creating, dropCollection(name)(process)]);
  };

/** With drops that are final at once. */
const finalDrops: IndexLife = {
  name: 'indexes come and go, and go with their collections',
  keepMs: 0,
  collections: ['c', 'd', 'segmented', 'raced'],
  deeds: [
    deed('a collection', createCollection('c')),
    deed('its first index', createVectorIndex('c')),
    deed('the same again', createVectorIndex('c')),
    deed('another collection', createCollection('d')),
    deed('a second index', createIndex('c', 'a', INVERTED)),
    deed('a switch is set', setMmap('c', 'vector', 'true')),
    deed('and set otherwise', setMmap('c', 'vector', 'false')),
    deed('and forgotten', setMmap('c', 'vector', undefined)),
    deed('an index goes', dropIndex('c', 'a')),
    deed('it is there again', createIndex('c', 'a', INVERTED)),
    ...createIndexes('c'),
    ...createIndexes('d'),
    deed('all of one collection go', dropIndex('c', '')),
    ...createIndexes('c'),
    deed('their collection goes', dropCollection('c')),
    deed('its name is taken again', createCollection('c')),
    deed('with an index', createVectorIndex('c')),
    deed('a collection with files', createCollection('segmented')),
    ...createIndexes('segmented'),
    deed('a segment has one', leaveSegmentIndex('segmented')),
    deed('one index goes, its files stay', dropIndex('segmented', 'b')),
    deed('the collection goes', dropCollection('segmented')),
    deed('a short-lived collection', createCollection('raced')),
    { ...deed('it goes while it gets an index', race('raced')), uncertain: 'raced' },
    deed('the other collection goes', dropCollection('d')),
  ],
};

const KEEP_MS = 5_000;
const FINAL_MS = KEEP_MS + 1_000;

const undrop =
  (collectionName: string): Run =>
  async ({ root }) => {
    const request = { databaseName: 'default', collectionName, collectionId: 0n, newName: '' };
    await root.undrop.collection(request, anAsker());
  };

const keptDrops: IndexLife = {
  name: 'dropped collections come back with their indexes, or become final',
  keepMs: KEEP_MS,
  collections: ['c'],
  deeds: [
    deed('a collection', createCollection('c')),
    ...createIndexes('c'),
    deed('it goes', dropCollection('c')),
    deed('it comes back', undrop('c')),
    deed('an index changes', setMmap('c', 'vector', 'true')),
    deed('another goes', dropIndex('c', 'd')),
    deed('it goes for good', dropCollection('c'), FINAL_MS),
    deed('another has its name', createCollection('c')),
    deed('and an index', createVectorIndex('c')),
  ],
};

export const INDEX_LIVES: readonly IndexLife[] = [finalDrops, keptDrops];
