import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId } from '../../../../src/domain/ids.js';
import type { AliasRecord, CollectionRecord } from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { FunctionType } from '../../../../src/gen/schema.js';
import type { Write } from '../../../../src/ports/meta-store.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import type {
  AlterationCommand,
  RenameCollectionCommand,
} from '../../../../src/root/ddl/alteration-commands.js';
import { orderKeysOf } from '../../../../src/root/ddl/commands.js';
import type { PlanRules } from '../../../../src/root/ddl/plan.js';
import { planAlteration } from '../../../../src/root/ddl/plans/alter-collection.js';
import { planRenameCollection } from '../../../../src/root/ddl/plans/rename-collection.js';
import { collectionOf } from '../../../kit/alterations.js';
import { aDatabase, KEYS } from '../../../kit/catalog-store.js';
import {
  aStamp,
  asCommit,
  catalogOf,
  collectionChangeOf,
  RULES,
  recordOf,
  withLimits,
} from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { refusalOf } from '../../../kit/refusals.js';
import { aField, aFunction, aSchema, aVarChar, aVector, pairs } from '../../../kit/schemas.js';

const AT = aStamp().timestamp;
const ELSEWHERE = 2n as DatabaseId;

const embedding = (params = 'openai') =>
  aFunction({
    name: 'embed',
    type: FunctionType.TextEmbedding,
    inputFieldNames: ['title'],
    outputFieldNames: ['second'],
    params: pairs({ provider: params }),
  });

const books = collectionOf(aSchema([aVarChar('title'), aVector({ name: 'second' })]), {
  properties: pairs({ 'collection.ttl.seconds': 60 }),
});
const withFunction = collectionOf(
  aSchema([aVarChar('title'), aVector({ name: 'second', isFunctionOutput: true })], {
    functions: [embedding()],
  }),
);

const on = { databaseName: 'default', collectionName: 'books' };
const nothing = { properties: [], deleteKeys: [] };

const alterProperties = (properties: Record<string, string>): AlterationCommand => ({
  ...{ kind: 'alterCollection', ...on, properties: pairs(properties), deleteKeys: [] },
});
const alterTitle = (properties: Record<string, string>): AlterationCommand => ({
  ...{ kind: 'alterCollectionField', ...on, fieldName: 'title' },
  ...{ properties: pairs(properties), deleteKeys: [] },
});
const addField = (name: string): AlterationCommand => ({
  ...{ kind: 'addCollectionField', ...on, field: aField(name, { nullable: true }) },
});
const alterFunction = (params: string): AlterationCommand => ({
  ...{ kind: 'alterCollectionFunction', ...on, functionName: 'embed', fn: embedding(params) },
});
const addFunction: AlterationCommand = { kind: 'addCollectionFunction', ...on, fn: embedding() };
const dropFunction = (functionName: string): AlterationCommand => ({
  ...{ kind: 'dropCollectionFunction', ...on, functionName },
});
const truncate: AlterationCommand = { kind: 'truncateCollection', ...on };

const plan = (command: AlterationCommand, record = books, catalog = catalogOf([record])) =>
  planAlteration(catalog, command, RULES, aStamp());

const alias = (name: string, { id, databaseId }: CollectionRecord): AliasRecord => ({
  ...{ name, databaseId, collectionId: id, createdAt: 2_000n as Timestamp },
});

function withAlias(catalog: Catalog, name: string, record: CollectionRecord): Catalog {
  catalog.apply({ kind: 'alias', before: undefined, after: alias(name, record) });
  return catalog;
}

const keysOf = (writes: readonly Write[]) => writes.map(({ kind, key }) => [kind, key]);
const ownKey = KEYS.collection(1n as DatabaseId, 100n as CollectionId);
const childKey = (word: string, id: number) => `by-dev/meta/root-coord/${word}/100/${id}`;

describe('a plan that alters a collection', () => {
  it.each<[string, AlterationCommand, CollectionRecord, [string, string][]]>([
    ['collection.altered', alterProperties({ colour: 'red' }), books, []],
    [
      'collection.altered',
      alterProperties({ 'dynamicfield.enabled': 'true' }),
      books,
      [['put', childKey('fields', 104)]],
    ],
    [
      'collection.fieldAltered',
      alterTitle({ max_length: '99' }),
      books,
      [['put', childKey('fields', 102)]],
    ],
    ['collection.fieldAdded', addField('age'), books, [['put', childKey('fields', 104)]]],
    ['collection.truncated', truncate, books, []],
    [
      'collection.functionAdded',
      addFunction,
      books,
      [
        ['put', childKey('fields', 103)],
        ['put', childKey('functions', 165)],
      ],
    ],
    [
      'collection.functionAltered',
      alterFunction('vertexai'),
      withFunction,
      [['put', childKey('functions', 100)]],
    ],
    [
      'collection.functionDropped',
      dropFunction('embed'),
      withFunction,
      [
        ['put', childKey('fields', 103)],
        ['remove', childKey('functions', 100)],
      ],
    ],
  ])(
    '%s: writes its own key and only the children that differ',
    (operation, command, record, children) => {
      const made = asCommit(plan(command, record));
      const change = collectionChangeOf(made);
      expect(change).toMatchObject({ operation, timestamp: AT, taskId: 1n, actor: 'test' });
      expect(change.before).toBe(record);
      expect(change.after).toMatchObject({ state: 'Created', updatedAt: AT });
      expect(keysOf(made.writes)).toEqual([['put', ownKey], ...children]);
      expect(made.children).toEqual([]);
      expect(made.followUp).toEqual({
        kind: 'summon',
        record: change.after,
        origin: 'alteration',
      });
    },
  );

  it.each<[string, AlterationCommand, CollectionRecord]>([
    ['a property it has already', alterProperties({ 'collection.ttl.seconds': '60' }), books],
    ['a length it has already', alterTitle({ max_length: '64' }), books],
    ['the function as it is', alterFunction('openai'), withFunction],
    ['a function that is not there to go', dropFunction('ghost'), books],
  ])('has nothing to do for %s', (_, command, record) => {
    expect(plan(command, record)).toEqual({ kind: 'nothing' });
  });

  it('finds the collection by an alias and leaves its name alone', () => {
    const catalog = withAlias(catalogOf([books]), 'library', books);
    const made = plan(
      { ...alterProperties({ a: 'b' }), collectionName: 'library' },
      books,
      catalog,
    );
    expect(recordOf(made)).toMatchObject({ name: 'books', id: 100n });
  });

  it('keeps a partition that is on its way', () => {
    const creating = { ...books.partitions[0], id: 900n, name: 'p', state: 'Creating' };
    const record = { ...books, partitions: [...books.partitions, creating] } as CollectionRecord;
    expect(recordOf(plan(addField('age'), record)).partitions).toEqual(record.partitions);
  });

  it('notes for every shard when it was truncated, and again the next time', () => {
    const virtualChannels = ['a', 'b'];
    const once = recordOf(plan(truncate, { ...books, virtualChannels }));
    expect(once.lastTruncatedAt).toEqual([AT, AT]);
    const later = aStamp({ timestamp: 6_000n as Timestamp });
    const twice = recordOf(planAlteration(catalogOf([once]), truncate, RULES, later));
    expect(twice).toEqual({ ...once, lastTruncatedAt: [6_000n, 6_000n], updatedAt: 6_000n });
  });
});

describe('preconditions of an alteration', () => {
  const nowhere = { databaseName: 'nowhere', collectionName: 'ghost' };
  const ghost = { ...on, collectionName: 'ghost' };

  it.each<[string, AlterationCommand, number, string]>([
    [
      'no name',
      { kind: 'alterCollection', ...on, collectionName: '', ...nothing },
      65535,
      'alter collection failed, collection name does not exists',
    ],
    [
      'a change that says nothing',
      { kind: 'alterCollection', ...nowhere, ...nothing },
      65535,
      'The collection properties to alter and keys to delete must not be empty at the same time',
    ],
    [
      'a change that says two things',
      { kind: 'alterCollection', ...nowhere, properties: pairs({ a: 1 }), deleteKeys: ['b'] },
      65535,
      'can not provide properties and deletekeys at the same time',
    ],
    [
      'no collection to have the field',
      { kind: 'alterCollectionField', ...on, collectionName: '', fieldName: '', ...nothing },
      65535,
      'alter collection field failed, collection name does not exists',
    ],
    [
      'no field',
      { kind: 'alterCollectionField', ...nowhere, fieldName: '', ...nothing },
      65535,
      'alter collection field failed, filed name does not exists',
    ],
    [
      'an unknown database',
      { kind: 'truncateCollection', ...nowhere },
      800,
      'database not found[database=nowhere]',
    ],
    [
      'an unknown collection',
      { kind: 'truncateCollection', ...ghost },
      100,
      'collection not found[database=default][collection=ghost]',
    ],
    [
      'a value that cannot be',
      alterProperties({ 'collection.ttl.seconds': 'soon' }),
      1100,
      'collection TTL is not a valid positive integer: invalid parameter',
    ],
    [
      'a field that is there',
      addField('title'),
      1100,
      'duplicated field name title: invalid parameter',
    ],
    [
      'more fields than may be',
      addField('age'),
      1100,
      'The number of fields has reached the maximum value 4: invalid parameter',
    ],
  ])('refuse %s', (_, command, code, text) => {
    const rules = { ...RULES, schemaLimits: { ...RULES.schemaLimits, maxFieldNum: 4 } };
    const wide = { ...RULES };
    const judged = text.startsWith('The number') ? rules : wide;
    const refusal = refusalOf(() => planAlteration(catalogOf([books]), command, judged, aStamp()));
    expect(refusal).toEqual({ code, text });
  });

  it('do not let anybody alter what is not visible', () => {
    for (const state of ['Creating', 'Dropping'] as const) {
      expect(refusalOf(() => plan(truncate, { ...books, state }))).toMatchObject({ code: 100 });
    }
  });
});

describe('a plan that renames a collection', () => {
  const rename = (changes: Partial<RenameCollectionCommand> = {}): RenameCollectionCommand => ({
    kind: 'renameCollection',
    ...on,
    newName: 'novels',
    newDatabaseName: 'default',
    ...changes,
  });

  const twoDatabases = (...records: CollectionRecord[]): Catalog => {
    const catalog = catalogOf(records);
    const after = aDatabase({ id: ELSEWHERE, name: 'elsewhere' });
    catalog.apply({ kind: 'database', before: undefined, after });
    return catalog;
  };

  const renamed = (catalog: Catalog, command: RenameCollectionCommand, rules: PlanRules = RULES) =>
    planRenameCollection(catalog, command, rules, aStamp());

  it('writes one key and says the new name everywhere', () => {
    const made = asCommit(renamed(twoDatabases(books), rename()));
    expect(collectionChangeOf(made).operation).toBe('collection.renamed');
    expect(keysOf(made.writes)).toEqual([['put', ownKey]]);
    const record = recordOf(made);
    expect(record).toEqual({
      ...books,
      name: 'novels',
      schema: { ...books.schema, name: 'novels', dbName: 'default' },
      updatedAt: AT,
    });
  });

  it('moves the key to the other database in the same commit', () => {
    const made = asCommit(
      renamed(twoDatabases(books), rename({ newName: 'books', newDatabaseName: 'elsewhere' })),
    );
    expect(keysOf(made.writes)).toEqual([
      ['put', KEYS.collection(ELSEWHERE, books.id)],
      ['remove', ownKey],
    ]);
    expect(recordOf(made)).toMatchObject({ name: 'books', databaseId: ELSEWHERE });
  });

  it('takes aliases along within the database', () => {
    const catalog = withAlias(twoDatabases(books), 'library', books);
    expect(recordOf(renamed(catalog, rename())).name).toBe('novels');
  });

  const other = aRecord({ id: 200n as CollectionId, name: 'novels' });
  const creating = aRecord({ id: 300n as CollectionId, name: 'drafts', state: 'Creating' });
  const moved = aRecord({ id: 400n as CollectionId, name: 'x', databaseId: ELSEWHERE });
  const world = () => withAlias(twoDatabases(books, other, creating, moved), 'library', books);
  const full = withLimits({ maxCollectionNumPerDatabase: 1 });

  it.each<[string, Partial<RenameCollectionCommand>, number, string]>([
    [
      'a new name that can be none',
      { newName: '9', databaseName: 'nowhere' },
      1100,
      'Invalid collection name: 9.  the first character of a collection name must be an underscore or letter: invalid parameter',
    ],
    [
      'an unknown database',
      { databaseName: 'nowhere', newDatabaseName: 'void' },
      800,
      'database not found[database=nowhere]',
    ],
    [
      'an unknown target database',
      { newDatabaseName: 'void', collectionName: 'library' },
      65535,
      'target database:void not found',
    ],
    [
      'an alias for the old name',
      { collectionName: 'library', newName: 'novels' },
      65535,
      'unsupported use an alias to rename collection, alias:library',
    ],
    [
      'a name a collection has',
      { collectionName: 'ghost' },
      65535,
      'duplicated new collection name :novels with other collection name or alias',
    ],
    [
      'a name a collection is about to have',
      { newName: 'drafts' },
      65535,
      'duplicated new collection name :drafts with other collection name or alias',
    ],
    [
      'a name an alias has',
      { newName: 'library' },
      65535,
      'duplicated new collection name :library with other collection name or alias',
    ],
    [
      'its own name',
      { newName: 'books' },
      65535,
      'duplicated new collection name :books with other collection name or alias',
    ],
    [
      'an unknown collection',
      { collectionName: 'ghost', newName: 'free' },
      100,
      'collection not found[database=default][collection=ghost]',
    ],
    [
      'a move with aliases',
      { newDatabaseName: 'elsewhere' },
      65535,
      'fail to rename db name, must drop all aliases of this collection before rename',
    ],
    [
      'a move into a full database',
      { collectionName: 'novels', newDatabaseName: 'elsewhere' },
      102,
      'exceeded the limit number of collections[dbName=elsewhere][limit=1]',
    ],
  ])('refuses %s', (_, changes, code, text) => {
    expect(refusalOf(() => renamed(world(), rename(changes), full))).toEqual({ code, text });
  });
});

describe('the order of alterations', () => {
  const rename: RenameCollectionCommand = {
    ...{ kind: 'renameCollection', ...on, newName: 'novels', newDatabaseName: 'elsewhere' },
  };

  it('is one line for all names of a collection', () => {
    const catalog = withAlias(catalogOf([books]), 'library', books);
    const byName = orderKeysOf(catalog, truncate);
    expect(orderKeysOf(catalog, { ...truncate, collectionName: 'library' })).toEqual(byName);
    expect(byName).toEqual(['name:default/books', 'collection:100']);
  });

  it('holds both names of a rename', () => {
    expect(orderKeysOf(catalogOf([books]), rename)).toEqual([
      'name:default/books',
      'collection:100',
      'name:elsewhere/novels',
    ]);
  });

  it('is kept by the collection itself while its name changes', () => {
    const before = orderKeysOf(catalogOf([books]), truncate);
    const catalog = catalogOf([{ ...books, name: 'novels' }]);
    const after = orderKeysOf(catalog, { ...truncate, collectionName: 'novels' });
    expect(before.filter((key) => after.includes(key))).toEqual(['collection:100']);
  });
});
