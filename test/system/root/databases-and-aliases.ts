import { describe, expect, it } from 'vitest';
import { ErrorCode, MsgType, type Status } from '../../../src/gen/common.js';
import {
  AlterAliasRequest,
  CreateAliasRequest,
  CreateDatabaseRequest,
  DescribeAliasRequest,
  type DescribeAliasResponse,
  DropAliasRequest,
  DropDatabaseRequest,
  ListAliasesRequest,
  type ListAliasesResponse,
  ListDatabasesRequest,
  type ListDatabasesResponse,
} from '../../../src/gen/milvus.js';
import {
  AlterDatabaseRequest,
  DescribeDatabaseRequest,
  type DescribeDatabaseResponse,
  type RootCoordClient,
} from '../../../src/gen/root_coord.js';
import { answerOf } from '../../kit/answer-of.js';
import { createAtRoot, describeAtRoot } from '../../kit/root-calls.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, errorCode: ErrorCode.Success, reason: '' };
const refused = (
  code: number,
  reason: string,
  errorCode: ErrorCode = ErrorCode.UnexpectedError,
) => ({
  ...{ code, errorCode, reason },
});

/** Databases are asked for without a message type: RootCoord does not look (facts/rootcoord §1). */
const databaseCalls = (root: RootCoordClient) => ({
  create: (dbName: string) =>
    answerOf<Status>((done) => root.createDatabase(CreateDatabaseRequest.create({ dbName }), done)),
  drop: (dbName: string) =>
    answerOf<Status>((done) => root.dropDatabase(DropDatabaseRequest.create({ dbName }), done)),
  alter: (changes: Partial<AlterDatabaseRequest>) =>
    answerOf<Status>((done) => root.alterDatabase(AlterDatabaseRequest.create(changes), done)),
  describe: (dbName: string) =>
    answerOf<DescribeDatabaseResponse>((done) =>
      root.describeDatabase(DescribeDatabaseRequest.create({ dbName }), done),
    ),
  list: () =>
    answerOf<ListDatabasesResponse>((done) =>
      root.listDatabases(ListDatabasesRequest.create(), done),
    ),
});

const aliasCalls = (root: RootCoordClient) => ({
  create: (alias: string, collectionName: string, msgType: MsgType = MsgType.CreateAlias) => {
    const request = CreateAliasRequest.create({ base: { msgType }, alias, collectionName });
    return answerOf<Status>((done) => root.createAlias(request, done));
  },
  alter: (alias: string, collectionName: string, msgType: MsgType = MsgType.AlterAlias) => {
    const request = AlterAliasRequest.create({ base: { msgType }, alias, collectionName });
    return answerOf<Status>((done) => root.alterAlias(request, done));
  },
  drop: (alias: string, msgType: MsgType = MsgType.DropAlias) => {
    const request = DropAliasRequest.create({ base: { msgType }, alias });
    return answerOf<Status>((done) => root.dropAlias(request, done));
  },
  describe: (alias: string) =>
    answerOf<DescribeAliasResponse>((done) =>
      root.describeAlias(DescribeAliasRequest.create({ alias }), done),
    ),
  list: (collectionName: string) =>
    answerOf<ListAliasesResponse>((done) =>
      root.listAliases(ListAliasesRequest.create({ collectionName }), done),
    ),
});

/** On a server that may have three databases. */
export function nameCallsSuite(server: SuiteServer): void {
  describe('databases', () => {
    it('are as many as the configuration allows, the default one among them', async () => {
      const { create, drop, list } = databaseCalls(server.root);
      const answers = await Promise.all(['a', 'b', 'c', 'd'].map(create));
      const tooMany = refused(801, 'exceeded the limit number of database[limit=3]');
      expect(answers.filter(({ code }) => code === 0)).toHaveLength(2);
      for (const { code, errorCode, reason } of answers) {
        expect([OK, tooMany]).toContainEqual({ code, errorCode, reason });
      }
      const { dbNames, dbIds, createdTimestamp } = await list();
      expect(dbNames).toHaveLength(3);
      expect(dbIds).toEqual([...dbIds].sort((a, b) => Number(a - b)));
      expect(createdTimestamp).toHaveLength(3);
      expect(await drop(dbNames[2] ?? '')).toMatchObject(OK);
      expect(await create('e')).toMatchObject(OK);
      expect(await drop('e')).toMatchObject(OK);
    });

    it('have names that RootCoord trusts no proxy with', async () => {
      const { create } = databaseCalls(server.root);
      const rule = 'database name can only contain numbers, letters and underscores';
      expect(await create('a-b')).toMatchObject(
        refused(802, `${rule}: invalid database name[database=a-b]`),
      );
    });

    it('are the default one when no name is said, except to be altered', async () => {
      const calls = databaseCalls(server.root);
      expect(await calls.describe('')).toMatchObject({
        status: OK,
        dbName: 'default',
        dbID: 1n,
        properties: [],
      });
      expect(await calls.create('')).toMatchObject(
        refused(65535, 'database already exist: default'),
      );
      expect(await calls.drop('')).toMatchObject(refused(65535, 'can not drop default database'));
      expect(await calls.alter({ deleteKeys: ['a'] })).toMatchObject(
        refused(65535, 'alter database failed, database name does not exists'),
      );
    });

    it('are altered in one way at a time', async () => {
      const { alter, describe: describeDatabase } = databaseCalls(server.root);
      const properties = [{ key: 'owner', value: 'me' }];
      expect(await alter({ dbName: 'default', properties, deleteKeys: ['color'] })).toMatchObject(
        refused(
          65535,
          'alter database operation cannot modify properties and delete keys at the same time',
        ),
      );
      expect(await alter({ dbName: 'default', properties })).toMatchObject(OK);
      expect((await describeDatabase('default')).properties).toMatchObject(properties);
      expect(await alter({ dbName: 'default', deleteKeys: ['owner'] })).toMatchObject(OK);
      expect((await describeDatabase('default')).properties).toEqual([]);
    });
  });

  describe('aliases', () => {
    it('are changed only by requests that say what they are', async () => {
      const { create, alter, drop } = aliasCalls(server.root);
      const wrong = MsgType.Undefined;
      for (const [answer, expected] of [
        [await create('a', 'c', wrong), 108],
        [await drop('a', wrong), 109],
        [await alter('a', 'c', wrong), 110],
      ] as const) {
        expect(answer).toMatchObject(
          refused(65535, `invalid msg type, expected ${expected}, got 0`),
        );
      }
    });

    it('are created, moved, described, listed and dropped', async () => {
      const calls = aliasCalls(server.root);
      for (const name of ['books', 'papers']) await createAtRoot(server.root, name);
      expect(await calls.create('all', 'books')).toMatchObject(OK);
      expect(await calls.describe('all')).toMatchObject({
        status: OK,
        dbName: 'default',
        alias: 'all',
        collection: 'books',
      });
      expect(await calls.alter('all', 'papers')).toMatchObject(OK);
      expect((await calls.describe('all')).collection).toBe('papers');
      expect((await calls.list('books')).aliases).toEqual([]);
      expect(await calls.list('papers')).toMatchObject({
        status: OK,
        dbName: 'default',
        collectionName: 'papers',
        aliases: ['all'],
      });
      expect((await calls.list('')).aliases).toEqual(['all']);
      expect((await describeAtRoot(server.root, 'all')).collectionName).toBe('papers');
      for (const _ of ['once', 'twice']) expect(await calls.drop('all')).toMatchObject(OK);
      expect((await calls.list('')).aliases).toEqual([]);
    });

    it('are refused in RootCoord’s words', async () => {
      const calls = aliasCalls(server.root);
      const tooLong = (await calls.create('a'.repeat(3_000), 'books')).reason;
      expect(tooLong).toContain(
        'the length of a collection alias must be less than 255 characters',
      );
      expect((await calls.describe('')).status).toMatchObject(
        refused(
          1101,
          'no input alias: missing parameter[missing_param=alias]',
          ErrorCode.IllegalArgument,
        ),
      );
      expect((await calls.describe('none')).status).toMatchObject(
        refused(1600, 'alias not found[database=default][alias=none]'),
      );
      expect(await calls.create('papers', 'books')).toMatchObject(
        refused(1601, 'alias and collection name conflict[database=default][alias=papers]'),
      );
    });
  });
}
