import { DataType, FunctionSchema, FunctionType } from '../../../src/gen/schema.js';
import { type Command, RETRIES_MS, refused, type Scenario, step } from '../crash-scenario.js';
import { aField, aSchema, aVarChar, pairs } from '../schemas.js';
import {
  alterAlias,
  alterCollection,
  alterDatabase,
  createAlias,
  createCollection,
  createDatabase,
  createPartition,
  dropAlias,
  dropCollection,
  dropDatabase,
  PROTECTED,
  rename,
  UNPROTECTED,
} from './commands.js';

/** What changes where it stands: properties, schemas, names, databases. */

const BOOKS = { databaseName: 'default', collectionName: 'books' };
const createBooks = createCollection('books', {
  schema: aSchema([aVarChar('title')], { name: 'books' }),
});

/** A function that needs no service to be there when it is declared. */
const embedding = (model: string): FunctionSchema => ({
  ...FunctionSchema.fromPartial({
    name: 'embed',
    type: FunctionType.TextEmbedding,
    inputFieldNames: ['title'],
    outputFieldNames: ['vector'],
  }),
  params: pairs({ provider: 'openai', model_name: model }),
});

const alterTitle =
  (properties: ReturnType<typeof pairs>, deleteKeys: string[]): Command =>
  (r, asker) =>
    r.alterations.alterField({ ...BOOKS, fieldName: 'title', properties, deleteKeys }, asker);

const addPages: Command = (r, asker) =>
  r.alterations.addField(
    { ...BOOKS, field: aField('pages', { dataType: DataType.Int64, nullable: true }) },
    asker,
  );

const UNTOLD = {
  arrange: (world: { refuseNext(call: 'broadcastAltered', count: number): void }) =>
    world.refuseNext('broadcastAltered', 2),
  restMs: RETRIES_MS,
};

export const collectionAlterations: Scenario = {
  name: 'collections are altered',
  before: [step('a collection', createBooks), step('its alias', createAlias('b', 'books'))],
  steps: [
    step('properties', alterCollection('books', pairs({ 'collection.ttl.seconds': 60 }))),
    step(
      'again, which is nothing',
      alterCollection('books', pairs({ 'collection.ttl.seconds': 60 })),
    ),
    step('by an alias, told late', alterCollection('b', pairs({ 'mmap.enabled': 'true' })), UNTOLD),
    step('keys go', alterCollection('books', [], ['collection.ttl.seconds', 'mmap.enabled'])),
    step('params of a field', alterTitle(pairs({ max_length: 128, 'mmap.enabled': 'true' }), [])),
    step('keys of a field go', alterTitle([], ['mmap.enabled'])),
    step('one more field', addPages),
    step('rows go', (r, asker) => r.alterations.truncate(BOOKS, asker)),
    step('protected', alterCollection('books', PROTECTED)),
    step('so its drop is refused', refused(dropCollection('books'), 'Unexpected')),
    step('unprotected', alterCollection('books', UNPROTECTED)),
    step('so it goes', dropCollection('books')),
  ],
};

export const collectionFunctions: Scenario = {
  name: 'functions of collections change',
  before: [step('a collection', createBooks), step('a partition', createPartition('p', 'books'))],
  steps: [
    step('added', (r, asker) => r.alterations.addFunction({ ...BOOKS, fn: embedding('s') }, asker)),
    step('altered', (r, asker) =>
      r.alterations.alterFunction({ ...BOOKS, functionName: 'embed', fn: embedding('l') }, asker),
    ),
    step('dropped', (r, asker) =>
      r.alterations.dropFunction({ ...BOOKS, functionName: 'embed' }, asker),
    ),
  ],
};

export const renames: Scenario = {
  name: 'collections are renamed',
  before: [
    step('a collection', createBooks),
    step('another', createCollection('other')),
    step('its alias', createAlias('o', 'other')),
    step('a database', createDatabase('shelf')),
  ],
  steps: [
    step('with an alias, which stays', rename('other', 'same')),
    step('away', rename('books', 'novels'), UNTOLD),
    step('another takes the name', createCollection('books')),
    step('into another database', rename('novels', 'books', 'default', 'shelf')),
    step('and back', rename('books', 'novels', 'shelf', 'default')),
    step('the name of an alias is taken', refused(rename('novels', 'o'), 'Unexpected')),
    step('it goes', dropCollection('novels')),
  ],
};

export const aliasLives: Scenario = {
  name: 'aliases are created, moved and dropped',
  before: [step('a collection', createCollection('c')), step('another', createCollection('d'))],
  steps: [
    step('one', createAlias('a', 'c')),
    step('again, which is nothing', createAlias('a', 'c')),
    step('two', createAlias('b', 'c')),
    step('one moves', alterAlias('a', 'd')),
    step('a name of a collection', refused(createAlias('d', 'c'), 'AliasCollectionNameConflict')),
    step('two goes', dropAlias('b')),
    step('a collection takes its name', createCollection('b')),
    step('one goes with its collection', dropCollection('d')),
    step('its name is free', createAlias('a', 'c')),
  ],
};

export const databaseLives: Scenario = {
  name: 'databases are created, altered and dropped',
  keepMs: 4_000,
  before: [step('a collection', createCollection('c'))],
  steps: [
    step('one', createDatabase('x', pairs({ 'database.max.collections': 1 }))),
    step('its name is taken', refused(createDatabase('x'), 'Unexpected')),
    step('a collection in it', createCollection('c', { databaseName: 'x' })),
    step(
      'it is full',
      refused(createCollection('d', { databaseName: 'x' }), 'CollectionLimitExceeded'),
    ),
    step('altered', alterDatabase('x', pairs({ 'database.max.collections': 2 }))),
    step('a key goes', alterDatabase('x', [], ['database.max.collections'])),
    step('not empty', refused(dropDatabase('x'), 'Unexpected')),
    step('emptied', dropCollection('c', 'x')),
    step('protected', alterDatabase('x', PROTECTED)),
    step('so its drop is refused', refused(dropDatabase('x'), 'Unexpected')),
    step('unprotected', alterDatabase('x', UNPROTECTED)),
    step('so it goes, before what was dropped in it', dropDatabase('x')),
    step('its name again', createDatabase('x')),
  ],
};
