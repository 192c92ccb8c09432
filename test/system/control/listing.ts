import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { CollectionSummary, ControlServiceClient } from '../../../src/gen/control.js';
import { listPage } from '../../kit/control-calls.js';
import { controlClients } from '../../kit/control-client.js';
import { collectionOf, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

async function listAll(
  control: ControlServiceClient,
  dbName: string,
  between: (page: number) => Promise<unknown>,
): Promise<CollectionSummary[]> {
  const found: CollectionSummary[] = [];
  let pageToken = '';
  for (let page = 0; page === 0 || pageToken !== ''; page++) {
    const answer = await listPage(control, { dbName, pageSize: 3, pageToken });
    found.push(...answer.collections);
    pageToken = answer.nextPageToken;
    await between(page);
  }
  return found;
}

/** Collections in pages through real gRPC. */
export function listingSuite(server: SuiteServer): void {
  describe('a listing in pages', () => {
    const client = controlClients(server);

    it('shows each collection that stays exactly once, whatever comes and goes', async () => {
      const database = freshName('paged');
      await server.sdk.createDatabase({ db_name: database });
      const create = (name: string) =>
        server.sdk.createCollection({ ...collectionOf(name), db_name: database });
      const drop = (name: string) =>
        server.sdk.dropCollection({ collection_name: name, db_name: database });
      const names = Array.from({ length: 10 }, (_, i) => `c${i}`);
      for (const name of names) await create(name);
      await server.sdk.createAlias({ collection_name: 'c4', alias: 'also', db_name: database });
      const found = await listAll(client(), database, async (page) => {
        if (page > 2) return;
        await drop(`c${page}`);
        await drop(`c${9 - page}`);
        await create(`late${page}`);
      });
      const seen = found.map(({ name }) => name);
      for (const name of ['c3', 'c4', 'c5', 'c6']) {
        expect(seen.filter((each) => each === name)).toEqual([name]);
      }
      expect(found.find(({ name }) => name === 'c4')?.aliases).toEqual(['also']);
      const ids = found.map(({ collectionId }) => collectionId);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => Number(a - b)));
      expect(
        found.every(({ createdTimestamp, shardsNum }) => createdTimestamp > 0n && shardsNum === 1),
      ).toBe(true);
    });

    it('refuses tokens that are not its own, sizes past the limit and databases unknown', async () => {
      const control = client();
      const database = freshName('other');
      await server.sdk.createDatabase({ db_name: database });
      for (const name of ['a', 'b', 'c']) {
        await server.sdk.createCollection({ ...collectionOf(name), db_name: database });
      }
      const { nextPageToken } = await listPage(control, { dbName: database, pageSize: 2 });
      const refused = [
        { dbName: database, pageToken: 'x' },
        { dbName: database, pageToken: `${nextPageToken}=` },
        { dbName: database, pageToken: nextPageToken.slice(1) },
        { dbName: 'default', pageToken: nextPageToken },
        { dbName: database, pageSize: 10_001 },
      ];
      for (const request of refused) {
        await expect(listPage(control, request)).rejects.toMatchObject({
          code: status.INVALID_ARGUMENT,
        });
      }
      await expect(listPage(control, { dbName: 'nowhere' })).rejects.toMatchObject({
        code: status.NOT_FOUND,
      });
      const rest = await listPage(control, { dbName: database, pageToken: nextPageToken });
      expect(rest.collections.map(({ name }) => name)).toEqual(['c']);
      expect(rest.nextPageToken).toBe('');
    });
  });
}
