import { beforeAll, describe, expect, it } from 'vitest';
import { createBooks, describeNow } from '../../kit/alteration-calls.js';
import { hasCollection } from '../../kit/milvus-calls.js';
import { freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const DATABASE = 'archive';

/** RenameCollection (facts/rootcoord §5.7). */
export function renamingSuite(server: SuiteServer): void {
  const has = async (collection_name: string, db_name = 'default') =>
    (await server.sdk.hasCollection({ collection_name, db_name })).value;

  describe('renaming a collection', () => {
    beforeAll(async () => {
      expect(await server.sdk.createDatabase({ db_name: DATABASE })).toMatchObject({ code: 0 });
    });

    it('keeps everything but the name, and its aliases', async () => {
      const [from, to, alias] = [freshName(), freshName('novels'), freshName('alias')];
      await createBooks(server.sdk, from);
      await server.sdk.createAlias({ collection_name: from, alias });
      const before = await describeNow(server.milvus, from);
      const renamed = server.sdk.renameCollection({
        collection_name: from,
        new_collection_name: to,
      });
      expect(await renamed).toMatchObject({ code: 0, error_code: 'Success' });
      const after = await describeNow(server.milvus, to);
      expect(after).toEqual({
        ...before,
        collectionName: to,
        schema: { ...before.schema, name: to },
        updateTimestamp: after.updateTimestamp,
        updateTimestampStr: after.updateTimestampStr,
      });
      expect(after.updateTimestamp).toBeGreaterThan(before.updateTimestamp);
      expect(await describeNow(server.milvus, alias)).toEqual(after);
      expect([await has(from), await has(to)]).toEqual([false, true]);
    });

    it('frees the old name at once', async () => {
      const [from, to] = [freshName(), freshName('novels')];
      await createBooks(server.sdk, from);
      await server.sdk.renameCollection({ collection_name: from, new_collection_name: to });
      expect(await createBooks(server.sdk, from)).toMatchObject({ code: 0 });
      const ids = await Promise.all(
        [from, to].map(async (name) => (await describeNow(server.milvus, name)).collectionID),
      );
      expect(new Set(ids).size).toBe(2);
    });

    it('moves to another database and back, under one id', async () => {
      const [name, moved] = [freshName(), freshName('moved')];
      await createBooks(server.sdk, name);
      const before = await describeNow(server.milvus, name);
      const there = server.sdk.renameCollection({
        ...{ collection_name: name, new_collection_name: moved, new_db_name: DATABASE },
      });
      expect(await there).toMatchObject({ code: 0 });
      expect([await has(name), await has(moved), await has(moved, DATABASE)]).toEqual([
        ...[false, false, true],
      ]);
      const inArchive = await server.sdk.describeCollection({
        ...{ collection_name: moved, db_name: DATABASE },
      });
      expect(inArchive).toMatchObject({
        ...{ collection_name: moved, db_name: DATABASE },
        collectionID: before.collectionID.toString(),
        schema: { name: moved, dbName: DATABASE },
      });

      await server.kill();
      await server.start();
      expect([await has(moved), await has(moved, DATABASE)]).toEqual([false, true]);
      expect(await describeNow(server.milvus, name, before.updateTimestamp)).toEqual(before);

      const back = server.sdk.renameCollection({
        ...{ collection_name: moved, db_name: DATABASE },
        ...{ new_collection_name: name, new_db_name: 'default' },
      });
      expect(await back).toMatchObject({ code: 0 });
      const after = await describeNow(server.milvus, name);
      expect({ ...after, updateTimestamp: 0n, updateTimestampStr: '' }).toEqual({
        ...before,
        ...{ updateTimestamp: 0n, updateTimestampStr: '' },
      });
    });

    it('lets a look at the past find the old name', async () => {
      const [from, to] = [freshName(), freshName('novels')];
      await createBooks(server.sdk, from);
      const { createdTimestamp: created } = await describeNow(server.milvus, from);
      await server.sdk.renameCollection({ collection_name: from, new_collection_name: to });
      const { updateTimestamp: renamed } = await describeNow(server.milvus, to);
      const named = async (collectionName: string, timeStamp: bigint) =>
        (await hasCollection(server.milvus, { collectionName, timeStamp })).value;
      expect([await named(from, created), await named(to, created)]).toEqual([true, false]);
      expect([await named(from, renamed - 1n), await named(to, renamed - 1n)]).toEqual([
        ...[true, false],
      ]);
      expect([await named(from, renamed), await named(to, renamed)]).toEqual([false, true]);
    });
  });
}
