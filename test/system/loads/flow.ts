import { ErrorCode, ShowCollectionsType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { LoadState } from '../../../src/gen/common.js';
import { ShowType } from '../../../src/gen/milvus.js';
import { createIndexed } from '../../kit/indexed-collections.js';
import {
  loadCollection,
  loadingProgress,
  loadPartitions,
  loadState,
  releasePartitions,
  replicasOf,
  showLoaded,
} from '../../kit/load-calls.js';
import { createPartition, showPartitions } from '../../kit/partition-calls.js';
import { collectionOf, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { error_code: ErrorCode.SUCCESS, code: 0 };
const DONE = { code: 0, reason: '' };

/** Loads and releases the way clients ask for them. */
export function loadFlowSuite(server: SuiteServer): void {
  const create = async (word: string): Promise<string> => {
    const name = freshName(word);
    await createIndexed(server.sdk, collectionOf(name));
    return name;
  };
  const stateOf = async (collectionName: string, partitionNames: string[] = []) =>
    (await loadState(server.milvus, { collectionName, partitionNames })).state;
  const loadedPartitions = async (collectionName: string) => {
    const question = { collectionName, type: ShowType.InMemory };
    return (await showPartitions(server.milvus, question)).partitionNames.sort();
  };
  const addPartitions = async (collectionName: string, ...names: string[]) => {
    for (const name of names) {
      expect(await createPartition(server.milvus, collectionName, name)).toMatchObject(DONE);
    }
  };

  describe('through the SDK', () => {
    it('createCollection with index params ends loaded', async () => {
      const collection_name = freshName('whole');
      const index_params = [
        { field_name: 'vector', index_type: 'HNSW', metric_type: 'L2', params: { M: 8 } },
      ];
      const { sdk } = server;
      await sdk.createCollection({ ...collectionOf(collection_name), index_params });
      const { collectionID } = await sdk.describeCollection({ collection_name });
      expect(await sdk.describeIndex({ collection_name })).toMatchObject({
        index_descriptions: [{ field_name: 'vector', state: 'Finished' }],
      });
      expect(await sdk.getReplicas({ collectionID })).toMatchObject({
        status: OK,
        replicas: [{ collectionID: String(collectionID), partition_ids: [] }],
      });
      expect(await server.sdk.getLoadState({ collection_name })).toMatchObject({
        status: OK,
        state: 'LoadStateLoaded',
      });
    });

    it('the quick set-up by dimension ends loaded', async () => {
      const collection_name = freshName('quick');
      await server.sdk.createCollection({ collection_name, dimension: 8 });
      expect(await server.sdk.getLoadState({ collection_name })).toMatchObject({
        state: 'LoadStateLoaded',
      });
    });

    it('a load is done at once, shown, repeated without harm, and undone', async () => {
      const { sdk } = server;
      const collection_name = await create('loaded');
      expect(await sdk.getLoadState({ collection_name })).toMatchObject({
        state: 'LoadStateNotLoad',
      });
      expect(await sdk.loadCollection({ collection_name })).toMatchObject(OK);
      expect(await sdk.loadCollection({ collection_name })).toMatchObject(OK);
      expect(await sdk.getLoadingProgress({ collection_name })).toMatchObject({
        status: OK,
        progress: '100',
        refresh_progress: '100',
      });
      expect(await sdk.getLoadState({ collection_name })).toMatchObject({
        state: 'LoadStateLoaded',
      });
      const { data } = await sdk.showCollections({ type: ShowCollectionsType.Loaded });
      expect(data.find(({ name }) => name === collection_name)).toMatchObject({
        loadedPercentage: '100',
      });
      expect(await sdk.releaseCollection({ collection_name })).toMatchObject(OK);
      expect(await sdk.releaseCollection({ collection_name })).toMatchObject(OK);
      expect(await sdk.getLoadState({ collection_name })).toMatchObject({
        state: 'LoadStateNotLoad',
      });
    });

    it('partitions are loaded and released one by one', async () => {
      const { sdk } = server;
      const collection_name = await create('parts');
      await addPartitions(collection_name, 'a', 'b', 'c');
      const some = { collection_name, partition_names: ['a', 'b'] };
      expect(await sdk.loadPartitions(some)).toMatchObject(OK);
      expect(await sdk.getLoadingProgress(some)).toMatchObject({ progress: '100' });
      expect(await stateOf(collection_name)).toBe(LoadState.LoadStateLoaded);
      expect(await stateOf(collection_name, ['a', 'c'])).toBe(LoadState.LoadStateNotLoad);
      expect(await loadedPartitions(collection_name)).toEqual(['a', 'b']);
      const one = { collection_name, partition_names: ['a'] };
      expect(await sdk.releasePartitions(one)).toMatchObject(OK);
      expect(await loadedPartitions(collection_name)).toEqual(['b']);
      expect(await sdk.releasePartitions(some)).toMatchObject(OK);
      expect(await stateOf(collection_name)).toBe(LoadState.LoadStateNotLoad);
    });
  });

  describe('over raw gRPC', () => {
    it('a collection loaded as a whole takes later partitions in, one loaded in part does not', async () => {
      const [whole, part] = [await create('growing'), await create('still')];
      expect(await loadCollection(server.milvus, { collectionName: whole })).toMatchObject(DONE);
      const some = { collectionName: part, partitionNames: ['_default'] };
      expect(await loadPartitions(server.milvus, some)).toMatchObject(DONE);
      await addPartitions(whole, 'later');
      await addPartitions(part, 'later');
      expect(await loadedPartitions(whole)).toEqual(['_default', 'later']);
      expect(await loadedPartitions(part)).toEqual(['_default']);
      expect(await loadCollection(server.milvus, { collectionName: part })).toMatchObject(DONE);
      await addPartitions(part, 'latest');
      expect(await loadedPartitions(part)).toEqual(['_default', 'later', 'latest']);
    });

    it('a partition of a collection that is loaded as a whole is loaded already', async () => {
      const collectionName = await create('already');
      await addPartitions(collectionName, 'a');
      await loadCollection(server.milvus, { collectionName });
      const one = { collectionName, partitionNames: ['a'] };
      expect(await loadPartitions(server.milvus, one)).toMatchObject(DONE);
      expect(await releasePartitions(server.milvus, one)).toMatchObject(DONE);
      expect(await loadedPartitions(collectionName)).toEqual(['_default']);
      const rest = { collectionName, partitionNames: ['_default'] };
      expect(await releasePartitions(server.milvus, rest)).toMatchObject(DONE);
      expect(await stateOf(collectionName)).toBe(LoadState.LoadStateLoaded);
    });

    it('what is not there is a state of its own', async () => {
      expect(await stateOf('nowhere')).toBe(LoadState.LoadStateNotExist);
      expect(await loadState(server.milvus, { collectionName: 'x', dbName: 'none' })).toMatchObject(
        { status: DONE, state: LoadState.LoadStateNotExist },
      );
    });

    it('more partitions than one commit takes are loaded and released together', async () => {
      const collectionName = await create('wide');
      const names = Array.from({ length: 200 }, (_, i) => `p${i}`);
      await Promise.all(names.map((name) => createPartition(server.milvus, collectionName, name)));
      expect(await loadCollection(server.milvus, { collectionName })).toMatchObject(DONE);
      expect(await loadedPartitions(collectionName)).toHaveLength(201);
      const most = { collectionName, partitionNames: names.slice(1) };
      expect(await releasePartitions(server.milvus, most)).toMatchObject(DONE);
      expect(await loadedPartitions(collectionName)).toEqual(['_default', 'p0']);
      expect(await loadPartitions(server.milvus, most)).toMatchObject(DONE);
      expect(await loadedPartitions(collectionName)).toHaveLength(201);
    });

    it('replicas are as many as were asked for, of the request or of the properties', async () => {
      const collection_name = freshName('copied');
      const properties = { 'collection.replica.number': 2 };
      await createIndexed(server.sdk, collectionOf(collection_name, [], { properties }));
      await loadCollection(server.milvus, { collectionName: collection_name });
      const { replicas } = await replicasOf(server.milvus, { collectionName: collection_name });
      expect(replicas).toHaveLength(2);
      expect(new Set(replicas.map(({ replicaID }) => replicaID)).size).toBe(2);
      expect(replicas[0]).toMatchObject({ resourceGroupName: '__default_resource_group' });
      const [{ collectionID = 0n } = {}] = replicas;
      expect(await replicasOf(server.milvus, { collectionID })).toMatchObject({ replicas });
      const three = await create('thrice');
      await loadCollection(server.milvus, { collectionName: three, replicaNumber: 3 });
      const others = await replicasOf(server.milvus, { collectionName: three });
      expect(others.replicas).toHaveLength(3);
      expect(await replicasOf(server.milvus, { collectionID: 1n })).toMatchObject({
        status: DONE,
        replicas: [],
      });
    });

    it('only vectors that are loaded need an index', async () => {
      const collection_name = freshName('chosen');
      const fields = [{ name: 'other', data_type: 'FloatVector' as const, dim: 4 }];
      await createIndexed(server.sdk, collectionOf(collection_name, fields));
      const load = { collectionName: collection_name, loadFields: ['id', 'vector'] };
      expect(await loadCollection(server.milvus, load)).toMatchObject(DONE);
    });

    it('by an alias the collection is loaded, and shown under the name asked for', async () => {
      const collection_name = await create('named');
      const alias = `also_${collection_name}`;
      await server.sdk.createAlias({ collection_name, alias });
      expect(await loadCollection(server.milvus, { collectionName: alias })).toMatchObject(DONE);
      expect(await showLoaded(server.milvus, [alias])).toMatchObject({
        collectionNames: [alias],
        inMemoryPercentages: [100n],
        queryServiceAvailable: [false],
      });
      const progress = await loadingProgress(server.milvus, { collectionName: collection_name });
      expect(progress).toMatchObject({ status: DONE, progress: 100n });
    });

    it('a refresh of what is loaded is done at once', async () => {
      const collectionName = await create('fresh');
      await loadCollection(server.milvus, { collectionName });
      const refreshed = loadCollection(server.milvus, { collectionName, refresh: true });
      expect(await refreshed).toMatchObject(DONE);
    });
  });
}
