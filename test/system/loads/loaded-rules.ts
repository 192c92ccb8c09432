import { describe, expect, it } from 'vitest';
import { createIndexed } from '../../kit/indexed-collections.js';
import { loadCollection, releaseCollection, releasePartitions } from '../../kit/load-calls.js';
import { createPartition, dropPartition } from '../../kit/partition-calls.js';
import { collectionOf, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const DONE = { code: 0, reason: '' };
const LOADED = {
  code: 65535,
  reason: 'partition cannot be dropped, partition is loaded, please release it first',
};

/** What a loaded collection does not let happen to it. */
export function loadedRuleSuite(server: SuiteServer): void {
  const load = async (word: string): Promise<string> => {
    const collectionName = freshName(word);
    await createIndexed(server.sdk, collectionOf(collectionName));
    await createPartition(server.milvus, collectionName, 'p');
    expect(await loadCollection(server.milvus, { collectionName })).toMatchObject(DONE);
    return collectionName;
  };

  describe('while it is loaded', () => {
    it('a partition is dropped only after its release, whomever one asks', async () => {
      const collectionName = await load('held');
      for (const client of [server.milvus, server.root]) {
        expect(await dropPartition(client, collectionName, 'p')).toMatchObject(LOADED);
      }
      const released = releasePartitions(server.milvus, { collectionName, partitionNames: ['p'] });
      expect(await released).toMatchObject(DONE);
      expect(await dropPartition(server.milvus, collectionName, 'p')).toMatchObject(DONE);
    });

    it('an index is not dropped, even while the load is under way', async () => {
      const collectionName = freshName('raced');
      await createIndexed(server.sdk, collectionOf(collectionName));
      const field = { collection_name: collectionName, field_name: 'vector' };
      for (let round = 0; round < 20; round += 1) {
        await server.sdk.createIndex({ ...field, index_type: 'AUTOINDEX', metric_type: 'L2' });
        const both = [
          () => loadCollection(server.milvus, { collectionName }),
          () => server.sdk.dropIndex(field),
        ];
        const [one, other] = round % 2 === 0 ? both : both.toReversed();
        const answers = await Promise.all([one?.(), other?.()]);
        // One of them came first, and the other was refused for it.
        expect(answers.filter((answer) => answer?.code === 0)).toHaveLength(1);
        await releaseCollection(server.milvus, collectionName);
      }
    });

    it.each(['mmap.enabled', 'lazyload.enabled'])('%s does not change', async (key) => {
      const collection_name = await load('mapped');
      const { sdk } = server;
      const altered = { collection_name, properties: { [key]: true } };
      const refusal = {
        code: 104,
        reason:
          'can not alter mmap properties if collection loaded: ' +
          `collection already loaded[collection=${collection_name}]`,
      };
      expect(await sdk.alterCollectionProperties(altered)).toMatchObject(refusal);
      const dropped = { collection_name, properties: [key] };
      expect(await sdk.dropCollectionProperties(dropped)).toMatchObject({
        ...refusal,
        reason: refusal.reason.replace('alter', 'delete'),
      });
      const other = { collection_name, properties: { 'collection.ttl.seconds': 60 } };
      expect(await sdk.alterCollectionProperties(other)).toMatchObject(DONE);
      await releaseCollection(server.milvus, collection_name);
      expect(await sdk.alterCollectionProperties(altered)).toMatchObject(DONE);
    });

    it('mmap of a field does not change', async () => {
      const collection_name = await load('field');
      const altered = {
        collection_name,
        field_name: 'vector',
        properties: { 'mmap.enabled': true },
      };
      expect(await server.sdk.alterCollectionFieldProperties(altered)).toMatchObject({ code: 104 });
      await releaseCollection(server.milvus, collection_name);
      expect(await server.sdk.alterCollectionFieldProperties(altered)).toMatchObject(DONE);
    });
  });
}
