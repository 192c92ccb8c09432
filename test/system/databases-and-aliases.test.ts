import { beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../src/gen/common.js';
import { collectionOf } from '../kit/sdk-collections.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import {
  aliasRefusals,
  databaseRefusals,
  rawNameRefusals,
} from './refusals/databases-and-aliases.js';
import { nameCallsSuite } from './root/databases-and-aliases.js';
import { aliasesSuite } from './sdk/aliases.js';
import { databasesSuite } from './sdk/databases.js';

/** The word the SDK shows for a number of the old error codes. */
const wordOf = (errorCode: ErrorCode | undefined): string | undefined =>
  Object.entries(ErrorCode).find(([, each]) => each === errorCode)?.[0];

for (const kind of stores) {
  describe(`databases and aliases, metadata in ${kind.name}`, () => {
    describe('through the SDK', () => {
      const server = SuiteServer.on(kind);
      databasesSuite(server);
      aliasesSuite(server);
    });

    describe('at RootCoord', () => {
      nameCallsSuite(SuiteServer.on(kind, ['rootCoord.maxDatabaseNum=3']));
    });

    describe('in bad requests', () => {
      const server = SuiteServer.on(kind);

      beforeAll(async () => {
        const { sdk } = server;
        for (const name of ['books', 'papers']) await sdk.createCollection(collectionOf(name));
        await sdk.createAlias({ collection_name: 'books', alias: 'novels' });
        await sdk.createDatabase({ db_name: 'shop' });
      });

      for (const { title, ask, codes, reason } of [...databaseRefusals, ...aliasRefusals]) {
        it(`are refused: ${title}`, async () => {
          expect(await ask(server)).toMatchObject({ ...codes, reason, retriable: false });
        });
      }

      for (const { title, ask, codes, reason } of rawNameRefusals) {
        it(`are refused past the SDK: ${title}`, async () => {
          const { code, errorCode, reason: told } = (await ask(server)) ?? {};
          expect({ code, error_code: wordOf(errorCode), reason: told }).toEqual({
            ...codes,
            reason,
          });
        });
      }

      it('leave nothing behind', async () => {
        expect((await server.sdk.listDatabases()).db_names).toEqual(['default', 'shop']);
        const { aliases } = await server.sdk.describeCollection({ collection_name: 'books' });
        expect(aliases).toEqual(['novels']);
        const papers = await server.sdk.describeCollection({ collection_name: 'papers' });
        expect(papers.aliases).toEqual([]);
      });
    });
  });
}
