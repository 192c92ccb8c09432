import { DataType, type MilvusClient, type ResStatus } from '@zilliz/milvus2-sdk-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Status } from '../../../src/gen/common.js';
import { AddCollectionFieldRequest, AlterCollectionRequest } from '../../../src/gen/milvus.js';
import { createBooks, describeNow } from '../../kit/alteration-calls.js';
import { answerOf } from '../../kit/answer-of.js';
import { textField } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';
import type { Codes } from '../refusals/row.js';
import { ILLEGAL_ARGUMENT, invalid, NO_COLLECTION, NO_DATABASE, plain } from '../refusals/row.js';
import { embedding } from './functions.js';

type Words = readonly [codes: Codes, reason: string];
type Ask = (sdk: MilvusClient) => Promise<ResStatus>;

const collection_name = 'refusing';
const alias = 'refusing_alias';
const ghost = { collection_name: 'ghost' };
const noGhost: Words = [NO_COLLECTION, 'collection not found[database=default][collection=ghost]'];
const badName: Words = invalid(
  'Invalid collection name: 9.  the first character of a collection name must be an underscore or letter',
);

const alter =
  (properties: Record<string, string | number>, on: object = {}): Ask =>
  (sdk) =>
    sdk.alterCollectionProperties({ collection_name, properties, ...on });
const alterField =
  (field_name: string, properties: Record<string, string | number>, on: object = {}): Ask =>
  (sdk) =>
    sdk.alterCollectionFieldProperties({ collection_name, field_name, properties, ...on });
const addField =
  (field: Parameters<typeof textField>[1] & { name: string }, on: object = {}): Ask =>
  (sdk) =>
    sdk.addCollectionField({
      collection_name,
      field: { ...textField(field.name), ...field },
      ...on,
    });
const rename =
  (new_collection_name: string, on: object = {}): Ask =>
  (sdk) =>
    sdk.renameCollection({ collection_name, new_collection_name, ...on });
const addFunction =
  (changes: object, on: object = {}): Ask =>
  (sdk) =>
    sdk.addCollectionFunction({ collection_name, function: embedding(changes), ...on });
const truncate =
  (on: object): Ask =>
  async (sdk) =>
    (await sdk.truncateCollection({ collection_name, ...on })).status;

const taken = (name: string): Words =>
  plain(`duplicated new collection name :${name} with other collection name or alias`);

/** Every call and the one thing wrong with it (facts/rootcoord §5.6, §5.7, §19; Milvus 2.6). */
const rows: readonly (readonly [title: string, ask: Ask, words: Words])[] = [
  ['altering a collection that is not there', alter({ a: 'b' }, ghost), noGhost],
  [
    'altering in a database that is not there',
    alter({ a: 'b' }, { db_name: 'nowhere' }),
    [NO_DATABASE, 'database not found[database=nowhere]'],
  ],
  ['altering what can be no collection', alter({ a: 'b' }, { collection_name: '9' }), badName],
  [
    'altering nothing',
    alter({}),
    plain(
      'The collection properties to alter and keys to delete must not be empty at the same time',
    ),
  ],
  [
    'dropping no key',
    (sdk) => sdk.dropCollectionProperties({ collection_name, properties: [] }),
    plain(
      'The collection properties to alter and keys to delete must not be empty at the same time',
    ),
  ],
  [
    'a time to live that is none',
    alter({ 'collection.ttl.seconds': 'soon' }),
    invalid('collection TTL is not a valid positive integer'),
  ],
  [
    'a level nobody knows',
    alter({ consistency_level: 'Sometimes' }),
    invalid('invalid consistency_level property "Sometimes"'),
  ],
  [
    'a switch that is neither on nor off',
    alter({ 'mmap.enabled': 'maybe' }),
    invalid(
      'the value of mmap.enabled of the collection properties should be a boolean, but got "maybe"',
    ),
  ],
  [
    'dynamic fields among other things',
    alter({ 'dynamicfield.enabled': 'true', a: 'b' }),
    invalid('cannot alter dynamic schema with other properties at the same time'),
  ],
  [
    'forgetting whether fields are dynamic',
    (sdk) =>
      sdk.dropCollectionProperties({ collection_name, properties: ['dynamicfield.enabled'] }),
    invalid('cannot delete key dynamicfield.enabled'),
  ],
  [
    'isolation without a partition key',
    alter({ 'partitionkey.isolation': 'true' }),
    [
      { code: 105, error_code: 'UnexpectedError' },
      `partition key isolation mode is enabled but no partition key field is set. Please set the partition key first: illegal collection schema[collection=${collection_name}]`,
    ],
  ],

  [
    'altering a field of a collection that is not there',
    alterField('title', { max_length: 9 }, ghost),
    noGhost,
  ],
  [
    'altering a field that is not there',
    alterField('ghost', { max_length: 9 }),
    invalid('field ghost does not exist in collection'),
  ],
  [
    'altering a field without a name',
    alterField('', { max_length: 9 }),
    plain('alter collection field failed, filed name does not exists'),
  ],
  [
    'altering nothing of a field',
    alterField('title', {}),
    plain(
      'only support alter collection field properties, but collection field properties is empty',
    ),
  ],
  [
    'a param that is fixed',
    alterField('vector', { dim: 16 }),
    invalid('dim does not allow update in collection field param'),
  ],
  [
    'a length of what has none',
    alterField('id', { max_length: 9 }),
    invalid('id can not modify the maxlength for non-string types'),
  ],
  [
    'a length that is too long',
    alterField('title', { max_length: 65_536 }),
    invalid('65536 exceeds the maximum allowed value 65535'),
  ],
  [
    'a system field',
    alterField('RowID', { 'mmap.enabled': 'true' }),
    invalid('field RowID does not exist in collection'),
  ],

  [
    'adding a field to a collection that is not there',
    addField({ name: 'f', nullable: true }, ghost),
    noGhost,
  ],
  [
    'adding a field that rows would lack',
    addField({ name: 'f' }),
    invalid('added field must be nullable, please check it, field name = f'),
  ],
  [
    'adding a field that is there',
    addField({ name: 'title', nullable: true }),
    invalid('duplicated field name title'),
  ],
  [
    'adding a system field',
    addField({ name: 'Timestamp', nullable: true }),
    invalid('not support to add system field, field name = Timestamp'),
  ],
  [
    'adding a partition key',
    addField({ name: 'f', nullable: true, is_partition_key: true }),
    invalid('not support to add partition key field, field name  = f'),
  ],
  [
    'adding a primary key',
    addField({ name: 'f', nullable: true, is_primary_key: true }),
    invalid('not support to add pk field, field name = f'),
  ],
  [
    'adding a vector',
    addField({ name: 'f', nullable: true, data_type: DataType.FloatVector, dim: 8 }),
    invalid('not support to add vector field, field name = f'),
  ],
  [
    'adding a field without a type',
    addField({ name: 'f', nullable: true, data_type: DataType.None }),
    [
      ILLEGAL_ARGUMENT,
      'field f: invalid parameter[expected=valid field][actual=field data type: None is not supported]',
    ],
  ],

  [
    'renaming by an alias',
    rename('free', { collection_name: alias }),
    plain(`unsupported use an alias to rename collection, alias:${alias}`),
  ],
  ['renaming to a name a collection has', rename('neighbour'), taken('neighbour')],
  ['renaming to a name an alias has', rename(alias), taken(alias)],
  ['renaming to the name it has', rename(collection_name), taken(collection_name)],
  ['renaming a collection that is not there', rename('free', ghost), noGhost],
  ['renaming to what can be no name', rename('9'), badName],
  [
    'renaming in a database that is not there',
    rename('free', { db_name: 'nowhere' }),
    [NO_DATABASE, 'database not found[database=nowhere]'],
  ],
  [
    'moving to a database that is not there',
    rename('free', { new_db_name: 'nowhere' }),
    plain('target database:nowhere not found'),
  ],
  [
    'moving with aliases',
    rename('free', { new_db_name: 'refusing_db' }),
    plain('fail to rename db name, must drop all aliases of this collection before rename'),
  ],
  [
    'moving into a full database',
    rename('free', { collection_name: 'neighbour', new_db_name: 'refusing_db' }),
    [
      { code: 102, error_code: 'UnexpectedError' },
      'exceeded the limit number of collections[dbName=refusing_db][limit=0]',
    ],
  ],

  ['truncating a collection that is not there', truncate(ghost), noGhost],
  ['truncating what can be no collection', truncate({ collection_name: '9' }), badName],

  ['adding a function to a collection that is not there', addFunction({}, ghost), noGhost],
  [
    'a function of a field that is not there',
    addFunction({ input_field_names: ['ghost'] }),
    invalid('function input field not found: ghost'),
  ],
  [
    'altering a function that is not there',
    (sdk) =>
      sdk.alterCollectionFunction({
        collection_name,
        function_name: 'embed',
        function: embedding(),
      }),
    invalid('function embed not found'),
  ],
  [
    'altering a function under another name',
    (sdk) =>
      sdk.alterCollectionFunction({
        collection_name,
        function_name: 'other',
        function: embedding(),
      }),
    invalid('invalid function config, name not match'),
  ],
  [
    'dropping a function of a collection that is not there',
    (sdk) => sdk.dropCollectionFunction({ ...ghost, function_name: 'embed' }),
    noGhost,
  ],
];

const INPUT_CODES: ReadonlySet<number> = new Set([100, 102, 105, 800, 1100]);

const statusOf = ({ code, error_code }: Codes, reason: string) => ({
  ...{ code, error_code, reason, detail: reason, retriable: false },
  extra_info: INPUT_CODES.has(code) ? { is_input_error: 'true' } : {},
});

/** Each is refused with exactly these codes and words, and changes nothing. */
export function alterationRefusalsSuite(server: SuiteServer): void {
  describe('is refused', () => {
    beforeAll(async () => {
      const { sdk } = server;
      await createBooks(sdk, collection_name);
      await createBooks(sdk, 'neighbour');
      await sdk.createAlias({ collection_name, alias });
      const properties = { 'database.max.collections': 0 };
      expect(await sdk.createDatabase({ db_name: 'refusing_db', properties })).toMatchObject({
        code: 0,
      });
    });

    it.each(rows)('%s', async (_, ask, [codes, reason]) => {
      const before = await describeNow(server.milvus, collection_name);
      expect(await ask(server.sdk)).toEqual(statusOf(codes, reason));
      expect(await describeNow(server.milvus, collection_name)).toEqual(before);
    });

    it('properties and keys to delete together, which only a raw call can say', async () => {
      const request = AlterCollectionRequest.fromPartial({
        ...{ collectionName: collection_name, deleteKeys: ['a'] },
        properties: [{ key: 'b', value: 'c' }],
      });
      const status = await answerOf<Status>((done) => server.milvus.alterCollection(request, done));
      const reason = 'cannot provide both DeleteKeys and ExtraParams: invalid parameter';
      expect(status).toMatchObject({ code: 1100, errorCode: 5, reason });
    });

    it('a field that is no field, which only a raw call can say', async () => {
      const ask = (schema: Uint8Array) =>
        answerOf<Status>((done) =>
          server.milvus.addCollectionField(
            AddCollectionFieldRequest.fromPartial({ collectionName: collection_name, schema }),
            done,
          ),
        );
      expect(await ask(new Uint8Array())).toMatchObject({ code: 1100 });
      expect(await ask(Uint8Array.of(0xff, 0xff))).toMatchObject({ code: 1100 });
    });
  });
}
