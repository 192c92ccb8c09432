import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DELETE_PROTECTION_KEY } from '../../../src/domain/delete-protection.js';
import { describeCollection, timestampNow } from '../../kit/milvus-calls.js';
import { collectionOf, freshName, thrownBy } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { error_code: 'Success', code: 0, reason: '' };
const plain = (reason: string) => ({ code: 65535, error_code: 'UnexpectedError', reason });

/** Databases through the SDK (facts/rootcoord §8). */
export function databasesSuite(server: SuiteServer): void {
  describe('a database', () => {
    const describeDatabase = (db_name: string) => server.sdk.describeDatabase({ db_name });
    const namesOf = async () => (await server.sdk.listDatabases()).db_names;
    const propertiesOf = async (name: string) =>
      Object.fromEntries((await describeDatabase(name)).properties.map((p) => [p.key, p.value]));

    it('is created, listed and described, all telling the same', async () => {
      const db_name = freshName('library');
      const before = Date.now();
      const properties = { owner: 'me', 'database.replica.number': 2 };
      expect(await server.sdk.createDatabase({ db_name, properties })).toMatchObject(OK);
      const described = await describeDatabase(db_name);
      expect(described).toMatchObject({ status: OK, db_name });
      expect(await propertiesOf(db_name)).toEqual({ owner: 'me', 'database.replica.number': '2' });
      const { status, db_names, db_ids, created_timestamp } = await server.sdk.listDatabases();
      expect(status).toMatchObject(OK);
      expect([db_names[0], db_ids[0]]).toEqual(['default', '1']);
      const place = db_names.indexOf(db_name);
      expect(db_ids[place]).toBe(described.dbID);
      expect(created_timestamp[place]).toBe(described.created_timestamp);
      const createdMs = Number(BigInt(described.created_timestamp) / 1_000_000n);
      expect(createdMs).toBeGreaterThanOrEqual(before - 1_000);
      expect(createdMs).toBeLessThanOrEqual(Date.now() + 1_000);
    });

    it('keeps what an alteration does not name, and forgets keys on request', async () => {
      const db_name = freshName('library');
      await server.sdk.createDatabase({ db_name, properties: { owner: 'me', color: 'red' } });
      const altered = await server.sdk.alterDatabase({
        db_name,
        properties: { color: 'blue', 'database.diskQuota.mb': 5 },
      });
      expect(altered).toMatchObject(OK);
      expect(await propertiesOf(db_name)).toEqual({
        owner: 'me',
        color: 'blue',
        'database.diskQuota.mb': '5',
      });
      const properties = ['color', 'nothing of the kind'];
      const dropped = await server.sdk.dropDatabaseProperties({ db_name, properties });
      expect(dropped).toMatchObject(OK);
      expect(await propertiesOf(db_name)).toEqual({ owner: 'me', 'database.diskQuota.mb': '5' });
    });

    it('has its own limit of collections, which counts from the moment it is altered', async () => {
      const db_name = freshName('library');
      const key = 'database.max.collections';
      const create = (name: string) =>
        server.sdk.createCollection({ ...collectionOf(name), db_name });
      await server.sdk.createDatabase({ db_name, properties: { [key]: 1 } });
      await create('a');
      const refusal = {
        code: 102,
        error_code: 'UnexpectedError',
        reason: `exceeded the limit number of collections[dbName=${db_name}][limit=1]`,
      };
      expect(await thrownBy(create('b'))).toMatchObject(refusal);
      await server.sdk.alterDatabase({ db_name, properties: { [key]: 2 } });
      await create('b');
      await server.sdk.dropDatabaseProperties({ db_name, properties: [key] });
      await create('c');
    });

    it('is dropped only when it is empty, then may be dropped again, and made anew', async () => {
      const db_name = freshName('library');
      await server.sdk.createDatabase({ db_name });
      const { dbID: firstId } = await describeDatabase(db_name);
      await server.sdk.createCollection({ ...collectionOf('books'), db_name });
      expect(await server.sdk.dropDatabase({ db_name })).toMatchObject(
        plain(`database:${db_name} not empty, must drop all collections before drop database`),
      );
      await server.sdk.dropCollection({ collection_name: 'books', db_name });
      // The dropped collection is kept for a while yet, and does not hold its database.
      for (const _ of ['once', 'twice']) {
        expect(await server.sdk.dropDatabase({ db_name })).toMatchObject(OK);
      }
      expect(await namesOf()).not.toContain(db_name);
      expect((await describeDatabase(db_name)).status).toMatchObject({
        code: 800,
        error_code: 'UnexpectedError',
        reason: `database not found[database=${db_name}]`,
      });
      expect(await server.sdk.createDatabase({ db_name })).toMatchObject(OK);
      expect((await describeDatabase(db_name)).dbID).not.toBe(firstId);
      expect((await server.sdk.showCollections({ db_name })).data).toEqual([]);
    });

    it('under delete protection stays until the protection is lifted', async () => {
      const db_name = freshName('library');
      const properties = { [DELETE_PROTECTION_KEY]: 'true' };
      await server.sdk.createDatabase({ db_name, properties });
      expect(await server.sdk.dropDatabase({ db_name })).toMatchObject(
        plain(
          `deletion of database[${db_name}] is refused: ${DELETE_PROTECTION_KEY} is set; ` +
            'set it to false or delete the key first',
        ),
      );
      await server.sdk.dropDatabaseProperties({ db_name, properties: [DELETE_PROTECTION_KEY] });
      expect(await server.sdk.dropDatabase({ db_name })).toMatchObject(OK);
    });

    it('that many clients create at once is created by one of them', async () => {
      const db_name = freshName('library');
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => server.sdk.createDatabase({ db_name })),
      );
      expect(answers.filter(({ code }) => code === 0)).toHaveLength(1);
      for (const { reason } of answers) {
        expect(['', `database already exist: ${db_name}`]).toContain(reason);
      }
      expect((await namesOf()).filter((name) => name === db_name)).toHaveLength(1);
    });
  });

  describe('two databases', () => {
    const [ours, theirs] = [freshName('ours'), freshName('theirs')];
    let inOurs: MilvusClient;

    const describeIn = (db_name: string) =>
      server.sdk.describeCollection({ collection_name: 'books', db_name });

    beforeAll(async () => {
      for (const db_name of [ours, theirs]) await server.sdk.createDatabase({ db_name });
      const { address } = server.process;
      inOurs = new MilvusClient({ address, database: ours, logLevel: 'error' });
      await inOurs.connectPromise;
    });

    afterAll(async () => {
      await inOurs.closeConnection();
    });

    it('may hold collections of one name; header and body say which is meant', async () => {
      await inOurs.createCollection(collectionOf('books', [], { description: 'ours' }));
      const request = collectionOf('books', [], { description: 'theirs' });
      await inOurs.createCollection({ ...request, db_name: theirs });
      expect((await describeIn(ours)).schema.description).toBe('ours');
      expect((await describeIn(theirs)).schema.description).toBe('theirs');
      const described = await inOurs.describeCollection({ collection_name: 'books' });
      expect(described).toMatchObject({ db_name: ours, schema: { description: 'ours' } });
      expect((await describeIn('default')).status).toMatchObject({
        code: 100,
        error_code: 'CollectionNotExists',
        reason: "can't find collection[database=default][collection=books]",
      });
    });

    it('are taken turns with by `use`', async () => {
      const descriptionIn = async () =>
        (await inOurs.describeCollection({ collection_name: 'books' })).schema.description;
      await inOurs.use({ db_name: theirs });
      expect(await descriptionIn()).toBe('theirs');
      await inOurs.use({ db_name: ours });
      expect(await descriptionIn()).toBe('ours');
    });

    it('lose only what is dropped in them', async () => {
      await inOurs.dropCollection({ collection_name: 'books' });
      expect(await inOurs.hasCollection({ collection_name: 'books' })).toMatchObject({
        value: false,
      });
      expect((await describeIn(theirs)).status).toMatchObject(OK);
    });

    it('are remembered: a collection is found where it was, when it was', async () => {
      const moment = await timestampNow(server.milvus);
      await server.sdk.dropCollection({ collection_name: 'books', db_name: theirs });
      expect(await server.sdk.dropDatabase({ db_name: theirs })).toMatchObject(OK);
      const at = (timeStamp: bigint) =>
        describeCollection(server.milvus, { dbName: theirs, collectionName: 'books', timeStamp });
      const expectRemembered = async () => {
        const { schema, dbName } = await at(moment);
        expect([schema?.description, dbName]).toEqual(['theirs', theirs]);
        expect((await at(0n)).status).toMatchObject({
          code: 800,
          reason: `database not found[database=${theirs}]`,
        });
      };
      await expectRemembered();
      const before = await server.sdk.listDatabases();
      const described = await server.sdk.describeDatabase({ db_name: ours });
      await server.kill();
      await server.start();
      await expectRemembered();
      expect(await server.sdk.listDatabases()).toEqual(before);
      expect(await server.sdk.describeDatabase({ db_name: ours })).toEqual(described);
      const { log } = server.process;
      expect(log.map(({ msg }) => msg)).not.toContain('keys without a collection found');
    });
  });
}
