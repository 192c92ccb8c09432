import type { ResStatus } from '@zilliz/milvus2-sdk-node';
import { DELETE_PROTECTION_KEY } from '../../../src/domain/delete-protection.js';
import type { Status } from '../../../src/gen/common.js';
import {
  AlterAliasRequest,
  AlterDatabaseRequest,
  CreateAliasRequest,
  DescribeAliasRequest,
  type DescribeAliasResponse,
  DropAliasRequest,
  DropDatabaseRequest,
  type MilvusServiceClient,
} from '../../../src/gen/milvus.js';
import { answerOf } from '../../kit/answer-of.js';
import type { SuiteServer } from '../../kit/suite-server.js';
import { type Codes, ILLEGAL_ARGUMENT, invalid, NO_COLLECTION, NO_DATABASE, plain } from './row.js';

/**
 * A call that must be refused with these codes and exactly these words. Every row finds the
 * collections `books` and `papers`, the alias `novels` of `books`, and the empty database `shop`.
 */
export interface Refusal<Answer> {
  readonly title: string;
  readonly ask: (server: SuiteServer) => Promise<Answer>;
  readonly codes: Codes;
  readonly reason: string;
}

type Words = readonly [codes: Codes, reason: string];

const BAD_DATABASE_NAME: Codes = { code: 802, error_code: 'UnexpectedError' };
const NO_ALIAS: Codes = { code: 1600, error_code: 'UnexpectedError' };
const NAME_CONFLICT: Codes = { code: 1601, error_code: 'UnexpectedError' };
const ALIAS_TAKEN: Codes = { code: 1602, error_code: 'UnexpectedError' };
const MISSING_PARAMETER: Codes = { code: 1101, error_code: 'IllegalArgument' };
const TOO_LARGE: Codes = { code: 1102, error_code: 'IllegalArgument' };

const inSdk = (
  title: string,
  ask: Refusal<ResStatus>['ask'],
  [codes, reason]: Words,
): Refusal<ResStatus> => ({ title, ask, codes, reason });

const raw = (
  title: string,
  ask: (milvus: MilvusServiceClient) => Promise<Status | undefined>,
  [codes, reason]: Words,
): Refusal<Status | undefined> => ({ title, ask: ({ milvus }) => ask(milvus), codes, reason });

const badDatabase = (name: string, rule: string): Words => [
  BAD_DATABASE_NAME,
  `${rule}: invalid database name[database=${name}]`,
];
const noDatabase: Words = [NO_DATABASE, 'database not found[database=nowhere]'];
const noCollection = (name: string): Words => [
  NO_COLLECTION,
  `collection not found[database=default][collection=${name}]`,
];
const noAlias = (name: string): Words => [
  NO_ALIAS,
  `alias not found[database=default][alias=${name}]`,
];
const conflict = (name: string): Words => [
  NAME_CONFLICT,
  `alias and collection name conflict[database=default][alias=${name}]`,
];
const badValue = (key: string, value: string): Words =>
  invalid(`invalid database property: [key=${key}] [value=${value}]`);
const badAlias = (alias: string, rule: string): Words =>
  invalid(`Invalid collection alias: ${alias}.  ${rule}`);

const LONG = 'a'.repeat(256);
const FIRST_CHARACTER = 'the first character of a database name must be an underscore or letter';

const createDatabase =
  (db_name: string, properties?: Record<string, string | number>) =>
  ({ sdk }: SuiteServer) =>
    sdk.createDatabase(properties ? { db_name, properties } : { db_name });

const alterShop =
  (properties: Record<string, string | number>) =>
  async ({ sdk }: SuiteServer): Promise<ResStatus> => {
    const answer: unknown = await sdk.alterDatabase({ db_name: 'shop', properties });
    return answer as ResStatus;
  };

/** Databases (facts/rootcoord §8, §19.1). */
export const databaseRefusals: readonly Refusal<ResStatus>[] = [
  inSdk(
    'a database without a name',
    createDatabase(''),
    badDatabase('', "database name couldn't be empty"),
  ),
  inSdk(
    'a database with a name too long',
    createDatabase(LONG),
    badDatabase(LONG, 'the length of a database name must be less than 255 characters'),
  ),
  inSdk(
    'a database whose name begins with a digit',
    createDatabase('1st'),
    badDatabase('1st', FIRST_CHARACTER),
  ),
  inSdk(
    'a database whose name begins with a space',
    createDatabase(' a'),
    badDatabase(' a', FIRST_CHARACTER),
  ),
  inSdk(
    'a database with a hyphen in its name',
    createDatabase('a-b'),
    badDatabase('a-b', 'database name can only contain numbers, letters and underscores'),
  ),
  inSdk('a database that is there', createDatabase('shop'), plain('database already exist: shop')),
  inSdk(
    'the default database once more',
    createDatabase('default'),
    plain('database already exist: default'),
  ),
  inSdk(
    'a database with a limit that is no number',
    createDatabase('odd', { 'database.max.collections': 'many' }),
    badValue('database.max.collections', 'many'),
  ),
  inSdk(
    'a database with a protection neither on nor off',
    createDatabase('odd', { [DELETE_PROTECTION_KEY]: 'maybe' }),
    invalid(`the value of ${DELETE_PROTECTION_KEY} should be true or false, but got "maybe"`),
  ),
  inSdk(
    'a database with a property key too long',
    createDatabase('odd', { [LONG.repeat(2)]: 'x' }),
    [
      TOO_LARGE,
      `property key ${LONG}${'a'.repeat(44)}…(512 characters) has 512 bytes, limit is 256: parameter too large`,
    ],
  ),
  inSdk(
    'dropping the default database',
    ({ sdk }) => sdk.dropDatabase({ db_name: 'default' }),
    plain('can not drop default database'),
  ),
  inSdk(
    'altering a missing database',
    async ({ sdk }) => {
      const answer: unknown = await sdk.alterDatabase({
        db_name: 'nowhere',
        properties: { a: 'b' },
      });
      return answer as ResStatus;
    },
    noDatabase,
  ),
  inSdk(
    'an alteration that says nothing',
    alterShop({}),
    plain(
      'alter database requires either properties or deletekeys to modify or delete keys, both cannot be empty',
    ),
  ),
  inSdk(
    'an alteration to a replica number that is none',
    alterShop({ 'database.replica.number': -1 }),
    badValue('database.replica.number', '-1'),
  ),
  inSdk(
    'an alteration to a quota that is no number',
    alterShop({ 'database.diskQuota.mb': 'all' }),
    badValue('database.diskQuota.mb', 'all'),
  ),
  inSdk(
    'an alteration to a denial neither on nor off',
    alterShop({ 'database.force.deny.ddl': 'perhaps' }),
    badValue('database.force.deny.ddl', 'perhaps'),
  ),
  inSdk(
    'the description of a missing database',
    async ({ sdk }) => (await sdk.describeDatabase({ db_name: 'nowhere' })).status,
    noDatabase,
  ),
];

/** Aliases (facts/rootcoord §7, §19.1). */
export const aliasRefusals: readonly Refusal<ResStatus>[] = [
  ...(
    [
      ['1st', 'the first character of a collection alias must be an underscore or letter'],
      ['a-b', 'collection alias can only contain numbers, letters and underscores'],
      [LONG, 'the length of a collection alias must be less than 255 characters'],
    ] as const
  ).map(([alias, rule]) =>
    inSdk(
      `the alias "${alias.slice(0, 9)}"`,
      ({ sdk }) => sdk.createAlias({ collection_name: 'books', alias }),
      badAlias(alias, rule),
    ),
  ),
  inSdk(
    'an alias of a bad collection name',
    ({ sdk }) => sdk.createAlias({ collection_name: '1st', alias: 'a' }),
    invalid(
      'Invalid collection name: 1st.  the first character of a collection name must be an underscore or letter',
    ),
  ),
  inSdk(
    'an alias in a missing database',
    ({ sdk }) => sdk.createAlias({ collection_name: 'books', alias: 'a', db_name: 'nowhere' }),
    noDatabase,
  ),
  inSdk(
    'an alias with the name of a collection',
    ({ sdk }) => sdk.createAlias({ collection_name: 'books', alias: 'papers' }),
    conflict('papers'),
  ),
  inSdk(
    'an alias with the name of its collection',
    ({ sdk }) => sdk.createAlias({ collection_name: 'books', alias: 'books' }),
    conflict('books'),
  ),
  inSdk(
    'an alias of a missing collection',
    ({ sdk }) => sdk.createAlias({ collection_name: 'missing', alias: 'a' }),
    noCollection('missing'),
  ),
  inSdk(
    'an alias of an alias',
    ({ sdk }) => sdk.createAlias({ collection_name: 'novels', alias: 'a' }),
    noCollection('novels'),
  ),
  inSdk(
    'an alias of a collection of another database',
    ({ sdk }) => sdk.createAlias({ collection_name: 'books', alias: 'a', db_name: 'shop' }),
    [NO_COLLECTION, 'collection not found[database=shop][collection=books]'],
  ),
  inSdk(
    'an alias that means another collection',
    ({ sdk }) => sdk.createAlias({ collection_name: 'papers', alias: 'novels' }),
    [
      ALIAS_TAKEN,
      'novels is alias to another collection: books: alias already exist[database=default][alias=novels]',
    ],
  ),
  inSdk(
    'moving a missing alias',
    ({ sdk }) => sdk.alterAlias({ collection_name: 'papers', alias: 'missing' }),
    noAlias('missing'),
  ),
  inSdk(
    'moving an alias to a missing collection',
    ({ sdk }) => sdk.alterAlias({ collection_name: 'missing', alias: 'novels' }),
    noCollection('missing'),
  ),
  inSdk(
    'moving an alias in a missing database',
    ({ sdk }) => sdk.alterAlias({ collection_name: 'books', alias: 'novels', db_name: 'nowhere' }),
    noDatabase,
  ),
  inSdk(
    'dropping a bad alias',
    ({ sdk }) => sdk.dropAlias({ alias: '1st' }),
    badAlias('1st', 'the first character of a collection alias must be an underscore or letter'),
  ),
  inSdk(
    'the description of a missing alias',
    async ({ sdk }) =>
      (await sdk.describeAlias({ collection_name: 'books', alias: 'missing' })).status,
    noAlias('missing'),
  ),
  inSdk(
    'the description of a collection as an alias',
    async ({ sdk }) => (await sdk.describeAlias({ collection_name: 'x', alias: 'books' })).status,
    noAlias('books'),
  ),
  inSdk(
    'the aliases of a missing collection',
    async ({ sdk }) => (await sdk.listAliases({ collection_name: 'missing' })).status,
    noCollection('missing'),
  ),
  inSdk(
    'the aliases of an alias',
    async ({ sdk }) => (await sdk.listAliases({ collection_name: 'novels' })).status,
    noCollection('novels'),
  ),
];

const emptyAlias = invalid('collection alias should not be empty');

/** What the SDK would not send. */
export const rawNameRefusals: readonly Refusal<Status | undefined>[] = [
  raw(
    'dropping a database without a name',
    (milvus) => answerOf<Status>((done) => milvus.dropDatabase(DropDatabaseRequest.create(), done)),
    badDatabase('', "database name couldn't be empty"),
  ),
  raw(
    'altering a database without a name',
    (milvus) => {
      const request = AlterDatabaseRequest.create({ deleteKeys: ['a'] });
      return answerOf<Status>((done) => milvus.alterDatabase(request, done));
    },
    plain('alter database failed, database name does not exists'),
  ),
  raw(
    'an alteration that sets and forgets at once',
    (milvus) => {
      const properties = [{ key: 'a', value: 'b' }];
      const request = AlterDatabaseRequest.create({
        dbName: 'shop',
        properties,
        deleteKeys: ['c'],
      });
      return answerOf<Status>((done) => milvus.alterDatabase(request, done));
    },
    [ILLEGAL_ARGUMENT, 'cannot provide both DeleteKeys and ExtraParams: invalid parameter'],
  ),
  raw(
    'an empty alias',
    (milvus) => answerOf<Status>((done) => milvus.createAlias(CreateAliasRequest.create(), done)),
    emptyAlias,
  ),
  raw(
    'moving an empty alias',
    (milvus) => answerOf<Status>((done) => milvus.alterAlias(AlterAliasRequest.create(), done)),
    emptyAlias,
  ),
  raw(
    'dropping an empty alias',
    (milvus) => answerOf<Status>((done) => milvus.dropAlias(DropAliasRequest.create(), done)),
    emptyAlias,
  ),
  raw(
    'the description of no alias',
    async (milvus) => {
      const request = DescribeAliasRequest.create();
      const { status } = await answerOf<DescribeAliasResponse>((done) =>
        milvus.describeAlias(request, done),
      );
      return status;
    },
    [MISSING_PARAMETER, 'no input alias: missing parameter[missing_param=alias]'],
  ),
];
