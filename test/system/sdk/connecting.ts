import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { version } from '../../../src/version.js';
import { collectionOf, freshName, thrownBy } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** `connectStatus` of a client that got an identifier; the SDK does not export its enum. */
const CONNECTED = 1;

const NO_DATABASE = {
  error_code: 'UnexpectedError',
  code: 800,
  reason: 'database not found[database=nowhere]',
  retriable: false,
};

/** What a client does before its first collection. */
export function connectingSuite(server: SuiteServer): void {
  describe('connecting', () => {
    const connect = (database: string) =>
      new MilvusClient({ address: server.process.address, database, logLevel: 'error' });

    it('gives each client an identifier of its own, beyond what a double holds', async () => {
      const clients = [connect('default'), connect('default')];
      const replies: unknown[] = await Promise.all(clients.map((each) => each.connectPromise));
      const identifiers = replies.map((reply) => identifierOf(reply));
      expect(identifiers[0]).toBeGreaterThan(2n ** 53n);
      expect(identifiers[1]).toBeGreaterThan(identifiers[0] ?? 0n);
      for (const client of clients) {
        expect(client.connectStatus).toBe(CONNECTED);
        await client.closeConnection();
      }
    });

    it('tells who serves', async () => {
      expect(server.sdk.serverInfo).toMatchObject({
        build_tags: version.buildTag,
        go_version: `node ${process.versions.node}`,
        deploy_mode: 'STANDALONE',
      });
      const answer = await server.sdk.getVersion();
      expect(answer).toMatchObject({
        version: version.buildTag,
        status: { error_code: 'Success', code: 0, reason: '' },
      });
    });

    it('is healthy, with no reason not to be', async () => {
      expect(await server.sdk.checkHealth()).toMatchObject({
        isHealthy: true,
        reasons: [],
        quota_states: [],
        status: { error_code: 'Success', code: 0 },
      });
    });

    it('refuses a client whose database does not exist, at Connect and at every DDL', async () => {
      const lost = connect('nowhere');
      expect(await lost.connectPromise).toMatchObject({ status: NO_DATABASE, identifier: '0' });
      const collection_name = freshName();
      expect(await thrownBy(lost.createCollection(collectionOf(collection_name)))).toMatchObject(
        NO_DATABASE,
      );
      const described = await lost.describeCollection({ collection_name });
      expect(described.status).toMatchObject(NO_DATABASE);
      expect((await lost.showCollections()).status).toMatchObject(NO_DATABASE);
      expect((await lost.hasCollection({ collection_name })).value).toBe(false);
      await lost.closeConnection();
    });

    it('finds nothing to drop in a database that does not exist, which is success', async () => {
      const gone = await server.sdk.dropCollection({
        collection_name: freshName(),
        db_name: 'nowhere',
      });
      expect(gone).toMatchObject({ error_code: 'Success', code: 0 });
    });

    it('lets the database of a request win over the one of its connection', async () => {
      const lost = connect('nowhere');
      const collection_name = freshName();
      await lost.createCollection(collectionOf(collection_name, [], { db_name: 'default' }));
      await lost.closeConnection();
      expect((await server.sdk.hasCollection({ collection_name })).value).toBe(true);
    });

    it('says of a call that is not built that it is not, instead of pretending', async () => {
      const collection_name = freshName();
      await server.sdk.createCollection(collectionOf(collection_name));
      const refused = {
        error_code: 'UnexpectedError',
        code: 10,
        retriable: false,
        reason: expect.stringMatching(/^\w+: service unimplemented: \w/),
      };
      const search = await server.sdk.search({ collection_name, data: [1, 2, 3, 4, 5, 6, 7, 8] });
      expect(search.status).toMatchObject(refused);
      const row = { id: 1, vector: [1, 2, 3, 4, 5, 6, 7, 8] };
      const insert = await server.sdk.insert({ collection_name, data: [row] });
      expect(insert.status).toMatchObject(refused);
    });
  });
}

function identifierOf(reply: unknown): bigint {
  expect(reply).toMatchObject({ identifier: expect.stringMatching(/^\d+$/) });
  const { identifier } = reply as { identifier: string };
  return BigInt(identifier);
}
