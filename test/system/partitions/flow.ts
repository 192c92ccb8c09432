import { describe, expect, it } from 'vitest';
import { dropPartition, showPartitions } from '../../kit/partition-calls.js';
import {
  collectionOf,
  createThrough,
  describeThrough,
  freshName,
} from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, error_code: 'Success', reason: '' };

/** Partitions the way clients use them, through the official SDK (facts/wire-surface §2.4). */
export function partitionFlowSuite(server: SuiteServer): void {
  describe('partitions through the SDK', () => {
    const ofCollection = async (word: string) => {
      const collection_name = freshName(word);
      await createThrough(server.sdk, collectionOf(collection_name));
      const of = (partition_name: string) => ({ collection_name, partition_name });
      const shown = () => server.sdk.showPartitions({ collection_name });
      return { collection_name, of, shown };
    };

    it('are created, found, listed and dropped; the default one stays', async () => {
      const { collection_name, of, shown } = await ofCollection('shelves');
      expect(await server.sdk.createPartition(of('fiction'))).toMatchObject(OK);
      expect(await server.sdk.createPartition(of('1900-1950'))).toMatchObject(OK);
      const { data, status, ...columns } = await shown();
      expect(status).toMatchObject(OK);
      expect(columns.partition_names).toEqual(['_default', 'fiction', '1900-1950']);
      expect(new Set(columns.partitionIDs).size).toBe(3);
      expect(columns.created_timestamps).toHaveLength(3);
      expect(columns.created_utc_timestamps).toHaveLength(3);
      expect(data.map(({ name }) => name)).toEqual(columns.partition_names);
      expect((await describeThrough(server.sdk, collection_name)).num_partitions).toBe('3');
      expect(await server.sdk.hasPartition(of('fiction'))).toMatchObject({ value: true });
      expect(await server.sdk.dropPartition(of('fiction'))).toMatchObject(OK);
      expect(await server.sdk.hasPartition(of('fiction'))).toMatchObject({
        status: OK,
        value: false,
      });
      expect((await shown()).partition_names).toEqual(['_default', '1900-1950']);
      expect((await describeThrough(server.sdk, collection_name)).num_partitions).toBe('2');
    });

    it('may be created and dropped twice, which changes nothing', async () => {
      const { of, shown } = await ofCollection('repeats');
      for (const _ of [1, 2]) expect(await server.sdk.createPartition(of('p'))).toMatchObject(OK);
      const before = await shown();
      expect(await server.sdk.createPartition(of('p'))).toMatchObject(OK);
      expect(await shown()).toEqual(before);
      for (const _ of [1, 2]) expect(await server.sdk.dropPartition(of('p'))).toMatchObject(OK);
      expect((await shown()).partition_names).toEqual(['_default']);
    });

    it('come back under a name with an id of their own', async () => {
      const { of, shown } = await ofCollection('again');
      const ids = new Set<string | number>();
      for (const _ of [1, 2, 3]) {
        await server.sdk.createPartition(of('p'));
        ids.add((await shown()).partitionIDs[1] ?? 0);
        await server.sdk.dropPartition(of('p'));
      }
      expect(ids.size).toBe(3);
    });

    it('are found by an alias of their collection, too', async () => {
      const { collection_name } = await ofCollection('aliased');
      const alias = `${collection_name}_alias`;
      await server.sdk.createAlias({ collection_name, alias });
      const meant = { collection_name: alias, partition_name: 'p' };
      expect(await server.sdk.createPartition(meant)).toMatchObject(OK);
      expect(await server.sdk.hasPartition(meant)).toMatchObject({ value: true });
      expect((await server.sdk.showPartitions({ collection_name })).partition_names).toEqual([
        '_default',
        'p',
      ]);
      expect(await server.sdk.dropPartition(meant)).toMatchObject(OK);
    });

    it('of one name created by 64 clients at once are one', async () => {
      const { of, shown } = await ofCollection('contested');
      const answers = await Promise.all(
        Array.from({ length: 64 }, () => server.sdk.createPartition(of('p'))),
      );
      expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([0]));
      expect((await shown()).partition_names).toEqual(['_default', 'p']);
    });

    it('are listed by the filter of a proxy, none of them loaded', async () => {
      const { collection_name: collectionName, of } = await ofCollection('filtered');
      for (const name of ['a', 'b', 'c']) await server.sdk.createPartition(of(name));
      const all = await showPartitions(server.milvus, { collectionName });
      const some = await showPartitions(server.milvus, {
        collectionName,
        partitionNames: ['c', 'nothing', 'a'],
      });
      expect(some.partitionNames).toEqual(['a', 'c']);
      expect(some.partitionIDs).toEqual([all.partitionIDs[1], all.partitionIDs[3]]);
      const loaded = await showPartitions(server.milvus, { collectionName, type: 1 });
      expect([loaded.partitionNames, loaded.inMemoryPercentages]).toEqual([[], []]);
      expect(all.createdUtcTimestamps).toEqual(all.createdTimestamps.map((ts) => ts >> 18n));
    });

    it('are the server’s own where a partition key spreads the rows', async () => {
      const collection_name = freshName('keyed');
      const { collectionID } = await createThrough(server.sdk, {
        ...collectionOf(collection_name, [
          { name: 'owner', data_type: 'Int64', is_partition_key: true },
        ]),
        num_partitions: 4,
      });
      const names = ['_default_0', '_default_1', '_default_2', '_default_3'];
      const { partition_names } = await server.sdk.showPartitions({ collection_name });
      expect(partition_names).toEqual(names);
      const byId = await showPartitions(server.milvus, { collectionID: BigInt(collectionID) });
      expect(byId.partitionNames).toEqual(names);
      expect(await dropPartition(server.milvus, collection_name, '_default_0')).toMatchObject({
        code: 65535,
        reason: 'disable drop partition if partition key mode is used',
      });
    });
  });
}
