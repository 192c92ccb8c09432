import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../kit/control-calls.js';
import { controlClients } from '../../kit/control-client.js';
import { databaseNamesIn, visibleAt, visibleIn } from '../../kit/control-world.js';
import { FeedFold } from '../../kit/feed-fold.js';
import { timestampNow } from '../../kit/milvus-calls.js';
import { collectionOf, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** Pictures of the catalog through real gRPC. */
export function snapshotSuite(server: SuiteServer): void {
  describe('a snapshot', () => {
    const client = controlClients(server);

    it('of a moment in the past is what was visible then', async () => {
      const control = client();
      const kept = freshName('kept');
      const gone = freshName('gone');
      await server.sdk.createCollection(collectionOf(kept));
      await server.sdk.createCollection(collectionOf(gone));
      await server.sdk.createPartition({ collection_name: kept, partition_name: 'early' });
      await server.sdk.createAlias({ collection_name: gone, alias: 'gone_too' });
      const at = await timestampNow(server.milvus);
      const then = await visibleAt(server.milvus);
      await server.sdk.dropPartition({ collection_name: kept, partition_name: 'early' });
      await server.sdk.dropAlias({ alias: 'gone_too' });
      await server.sdk.dropCollection({ collection_name: gone });
      const { objects, sequence } = await snapshotOf(control, { timestamp: at });
      expect(sequence).toBe(0n);
      expect(visibleIn(new FeedFold().load(objects, 0n))).toEqual(then);
      const { objects: present } = await snapshotOf(control);
      expect(visibleIn(new FeedFold().load(present, 0n))).toEqual(await visibleAt(server.milvus));
    });

    it('holds the databases that are asked for, and refuses one that is not there', async () => {
      const control = client();
      const database = freshName('database');
      await server.sdk.createDatabase({ db_name: database });
      await server.sdk.createCollection({ ...collectionOf('inside'), db_name: database });
      const { objects } = await snapshotOf(control, { databaseNames: [database, database] });
      const fold = new FeedFold().load(objects, 0n);
      expect(databaseNamesIn(fold)).toEqual([database]);
      expect(visibleIn(fold).map(({ name }) => name)).toEqual(['inside']);
      await expect(snapshotOf(control, { databaseNames: ['nowhere'] })).rejects.toMatchObject({
        code: status.NOT_FOUND,
        details: 'database not found[database=nowhere]',
      });
    });

    it('of a time that history does not reach is refused', async () => {
      await expect(snapshotOf(client(), { timestamp: 1n })).rejects.toMatchObject({
        code: status.INVALID_ARGUMENT,
      });
    });
  });
}
