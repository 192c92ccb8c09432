import { beforeEach, describe, expect, it } from 'vitest';
import { ListAliasesRequest, type ListAliasesResponse } from '../../../src/gen/milvus.js';
import { answerOf } from '../../kit/answer-of.js';
import { describeCollection, timestampNow } from '../../kit/milvus-calls.js';
import {
  collectionOf,
  createThrough,
  describeThrough,
  freshName,
  thrownBy,
} from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { error_code: 'Success', code: 0, reason: '' };
const plain = (reason: string) => ({ code: 65535, error_code: 'UnexpectedError', reason });

/** As many as one collection may have. */
const ALIASES_MAX = 100;

/** Aliases through the SDK (facts/rootcoord §7). */
export function aliasesSuite(server: SuiteServer): void {
  describe('an alias', () => {
    let first: string;
    let second: string;
    let alias: string;

    const aliasesOf = async (name: string) => (await describeThrough(server.sdk, name)).aliases;
    const create = (collection_name: string, name = alias) =>
      server.sdk.createAlias({ collection_name, alias: name });

    const listed = async (collectionName = '', dbName = '') => {
      const request = ListAliasesRequest.create({ collectionName, dbName });
      return answerOf<ListAliasesResponse>((done) => server.milvus.listAliases(request, done));
    };

    beforeEach(async () => {
      [first, second, alias] = [freshName('first'), freshName('second'), freshName('alias')];
      for (const name of [first, second]) await server.sdk.createCollection(collectionOf(name));
    });

    it('is another name of its collection for every read', async () => {
      expect(await create(first)).toMatchObject(OK);
      const described = await describeThrough(server.sdk, alias);
      expect(described).toMatchObject({ collection_name: first, aliases: [alias] });
      expect(described).toEqual(await describeThrough(server.sdk, first));
      expect(await server.sdk.hasCollection({ collection_name: alias })).toMatchObject({
        status: OK,
        value: true,
      });
      const { partition_names } = await server.sdk.showPartitions({ collection_name: alias });
      expect(partition_names).toEqual(['_default']);
      const { data } = await server.sdk.showCollections();
      expect(data.map(({ name }) => name)).not.toContain(alias);
    });

    it('is described and listed, of one collection and of a whole database', async () => {
      const other = freshName('alias');
      await create(first);
      await create(second, other);
      expect(await server.sdk.describeAlias({ collection_name: first, alias })).toMatchObject({
        status: OK,
        db_name: 'default',
        alias,
        collection: first,
      });
      expect(await server.sdk.listAliases({ collection_name: first })).toMatchObject({
        status: OK,
        db_name: 'default',
        collection_name: first,
        aliases: [alias],
      });
      const { aliases, collectionName } = await listed();
      expect(collectionName).toBe('');
      expect(aliases).toEqual(expect.arrayContaining([alias, other]));
    });

    it('may be created again for the same collection, not for another', async () => {
      await create(first);
      expect(await create(first)).toMatchObject(OK);
      expect(await create(second)).toMatchObject({
        code: 1602,
        error_code: 'UnexpectedError',
        reason: `${alias} is alias to another collection: ${first}: alias already exist[database=default][alias=${alias}]`,
      });
      expect(await aliasesOf(first)).toEqual([alias]);
    });

    it('is moved at once: gone from the one collection, there on the other', async () => {
      await create(first);
      const moved = await server.sdk.alterAlias({ collection_name: second, alias });
      expect(moved).toMatchObject(OK);
      expect(await aliasesOf(first)).toEqual([]);
      expect(await aliasesOf(second)).toEqual([alias]);
      expect((await describeThrough(server.sdk, alias)).collection_name).toBe(second);
      expect(await server.sdk.alterAlias({ collection_name: second, alias })).toMatchObject(OK);
    });

    it('is dropped, though it may be missing, and its name is free', async () => {
      await create(first);
      for (const _ of ['once', 'twice']) {
        expect(await server.sdk.dropAlias({ alias })).toMatchObject(OK);
      }
      expect(await aliasesOf(first)).toEqual([]);
      const made = await createThrough(server.sdk, collectionOf(alias));
      expect(made.collection_name).toBe(alias);
    });

    it('shares one table of names with collections', async () => {
      await create(first);
      const asCollection = server.sdk.createCollection(collectionOf(alias));
      expect(await thrownBy(asCollection)).toMatchObject(
        plain(
          `collection name [${alias}] conflicts with an existing alias, please choose a unique name`,
        ),
      );
      expect(await create(first, second)).toMatchObject({
        code: 1601,
        error_code: 'UnexpectedError',
        reason: `alias and collection name conflict[database=default][alias=${second}]`,
      });
    });

    it('has no alias of its own, and drops no collection', async () => {
      await create(first);
      const missing = `collection not found[database=default][collection=${alias}]`;
      const refusal = { code: 100, error_code: 'CollectionNotExists', reason: missing };
      expect(await create(alias, freshName('alias'))).toMatchObject(refusal);
      const { status } = await server.sdk.listAliases({ collection_name: alias });
      expect(status).toMatchObject(refusal);
      const dropped = server.sdk.dropCollection({ collection_name: alias });
      expect(await dropped).toMatchObject(plain(`cannot drop the collection via alias = ${alias}`));
    });

    it('goes with its collection, and its name is free from then on', async () => {
      await create(first);
      await server.sdk.dropCollection({ collection_name: first });
      expect(
        (await server.sdk.describeAlias({ collection_name: first, alias })).status,
      ).toMatchObject({
        code: 1600,
        error_code: 'UnexpectedError',
        reason: `alias not found[database=default][alias=${alias}]`,
      });
      expect(await create(second)).toMatchObject(OK);
      expect((await describeThrough(server.sdk, alias)).collection_name).toBe(second);
    });

    it('belongs to its database', async () => {
      const db_name = freshName('library');
      await server.sdk.createDatabase({ db_name });
      await server.sdk.createCollection({ ...collectionOf('books'), db_name });
      await create(first);
      const there = await server.sdk.createAlias({ collection_name: 'books', alias, db_name });
      expect(there).toMatchObject(OK);
      expect((await listed('', db_name)).aliases).toEqual([alias]);
      const described = await server.sdk.describeCollection({ collection_name: alias, db_name });
      expect(described).toMatchObject({ collection_name: 'books', db_name, aliases: [alias] });
      expect((await describeThrough(server.sdk, alias)).collection_name).toBe(first);
    });

    it('that many clients give to collections at once goes to one of them', async () => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) => create(i % 2 === 0 ? first : second)),
      );
      const winner = (await describeThrough(server.sdk, alias)).collection_name;
      const expected = answers.map((_, i) =>
        (i % 2 === 0 ? first : second) === winner ? 0 : 1602,
      );
      expect(answers.map(({ code }) => code)).toEqual(expected);
    });

    it('is remembered: what it meant, when it meant it, also after a kill', async () => {
      const before = await timestampNow(server.milvus);
      await create(first);
      const during = await timestampNow(server.milvus);
      await server.sdk.alterAlias({ collection_name: second, alias });
      const after = await timestampNow(server.milvus);
      await server.sdk.dropAlias({ alias });
      const meantAt = async (timeStamp: bigint) => {
        const question = { collectionName: alias, timeStamp };
        const { status, collectionName, aliases } = await describeCollection(
          server.milvus,
          question,
        );
        return [status?.code, collectionName, aliases];
      };
      const expectRemembered = async () => {
        expect(await meantAt(before)).toEqual([100, '', []]);
        expect(await meantAt(during)).toEqual([0, first, [alias]]);
        expect(await meantAt(after)).toEqual([0, second, [alias]]);
        expect(await meantAt(0n)).toEqual([100, '', []]);
      };
      await expectRemembered();
      await server.kill();
      await server.start();
      await expectRemembered();
    });

    it('survives a kill, in the order of creation', async () => {
      const names = ['z', 'a', 'm'].map((word) => freshName(word));
      for (const name of names) await create(first, name);
      await server.kill();
      await server.start();
      expect(await aliasesOf(first)).toEqual(names);
      expect((await describeThrough(server.sdk, names[1] ?? '')).collection_name).toBe(first);
      expect(server.process.log.map(({ msg }) => msg)).not.toContain(
        'keys without a collection found',
      );
    });

    it(`is one of ${ALIASES_MAX} at most, and all of them go in one commit`, async () => {
      const names = Array.from({ length: ALIASES_MAX }, (_, i) => `${alias}_${i}`);
      const answers = await Promise.all(names.map((name) => create(first, name)));
      for (const answer of answers) expect(answer).toMatchObject(OK);
      expect(await create(first)).toMatchObject(
        plain(
          `alias number (${ALIASES_MAX}) exceeds the limit (${ALIASES_MAX}), collection: ${first}`,
        ),
      );
      expect(await aliasesOf(first)).toHaveLength(ALIASES_MAX);
      const dropped = await server.sdk.dropCollection({ collection_name: first });
      expect(dropped).toMatchObject(OK);
      expect((await listed()).aliases.filter((name) => names.includes(name))).toEqual([]);
    });
  });
}
