import type { Metadata } from '@grpc/grpc-js';
import { ShowCollectionsType } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CoordError } from '../../src/domain/errors.js';
import { LoadState, type Status } from '../../src/gen/common.js';
import {
  AlterCollectionFieldRequest,
  AlterCollectionRequest,
  DropPartitionRequest,
  ShowType,
} from '../../src/gen/milvus.js';
import { answerOf } from '../kit/answer-of.js';
import { eventually } from '../kit/eventually.js';
import { createIndexed } from '../kit/indexed-collections.js';
import { termsOf } from '../kit/keyed-calls.js';
import {
  loadCollection,
  loadingProgress,
  loadPartitions,
  loadState,
  querySegments,
  releaseCollection,
  releasePartitions,
  replicasOf,
  showLoaded,
} from '../kit/load-calls.js';
import { createPartition, dropPartition, showPartitions } from '../kit/partition-calls.js';
import { QueryCoordServer } from '../kit/query-coord-server.js';
import { describeAtRoot, dropAtRoot } from '../kit/root-calls.js';
import { collectionOf, freshName } from '../kit/sdk-collections.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

const DONE = { code: 0, reason: '' };
const [embedded] = stores;
if (!embedded) throw new Error('there is no store to test with');

describe('with the address of a QueryCoord, loads are its own', () => {
  let queryCoord: QueryCoordServer;
  const sets: string[] = [];
  beforeAll(async () => {
    queryCoord = await QueryCoordServer.start('2.6');
    sets.push(`queryCoord.address=${queryCoord.address}`);
  });
  const server = SuiteServer.on(embedded, sets);
  afterAll(() => queryCoord.close());
  beforeEach(() => {
    queryCoord.requests.length = 0;
    queryCoord.percent = 100n;
    queryCoord.refusal = undefined;
  });

  const create = async (word: string) => {
    const collectionName = freshName(word);
    await createIndexed(server.sdk, collectionOf(collectionName));
    const { collectionID, partitionIDs } = {
      ...(await describeAtRoot(server.root, collectionName)),
      ...(await showPartitions(server.milvus, { collectionName })),
    };
    return { collectionName, collectionID, partitionIDs };
  };
  const heard = () => queryCoord.requests.map(({ rpc }) => rpc);
  const stateOf = async (collectionName: string) =>
    (await loadState(server.milvus, { collectionName })).state;

  it('the whole set-up of the SDK ends loaded there', async () => {
    const collection_name = freshName('quick');
    await server.sdk.createCollection({ collection_name, dimension: 8 });
    expect(await server.sdk.getLoadState({ collection_name })).toMatchObject({
      state: 'LoadStateLoaded',
    });
    expect(heard()[0]).toBe('loadCollection');
    const { data } = await server.sdk.showCollections({ type: ShowCollectionsType.Loaded });
    expect(data.map(({ name, loadedPercentage }) => [name, loadedPercentage])).toContainEqual([
      collection_name,
      '100',
    ]);
  });

  it('a load and its progress are what it says', async () => {
    const { collectionName, collectionID } = await create('slow');
    expect(await stateOf(collectionName)).toBe(LoadState.LoadStateNotLoad);
    queryCoord.percent = 40n;
    const load = { collectionName, replicaNumber: 2, resourceGroups: ['rg'] };
    expect(await loadCollection(server.milvus, load)).toMatchObject(DONE);
    expect(queryCoord.requests.find(({ rpc }) => rpc === 'loadCollection')).toMatchObject({
      request: {
        collectionID,
        replicaNumber: 2,
        resourceGroups: ['rg'],
        fieldIndexID: { size: 1 },
      },
    });
    expect(await stateOf(collectionName)).toBe(LoadState.LoadStateLoading);
    expect(await loadingProgress(server.milvus, { collectionName })).toMatchObject({
      status: DONE,
      progress: 40n,
      refreshProgress: 100n,
    });
    expect(await showLoaded(server.milvus, [collectionName])).toMatchObject({
      inMemoryPercentages: [40n],
      queryServiceAvailable: [false],
    });
    expect(await replicasOf(server.milvus, { collectionName })).toMatchObject({
      replicas: [{ replicaID: 5n, nodeIds: [9n] }],
    });
    expect(await querySegments(server.milvus, collectionName)).toMatchObject({
      infos: [{ segmentID: 7n, numRows: 3n }],
    });
    expect(await releaseCollection(server.milvus, collectionName)).toMatchObject(DONE);
    expect(await stateOf(collectionName)).toBe(LoadState.LoadStateNotLoad);
  });

  it('partitions are loaded, shown, kept from a drop, and released there', async () => {
    const { collectionName, partitionIDs } = await create('parts');
    await createPartition(server.milvus, collectionName, 'p');
    expect(heard()).toContain('syncNewCreatedPartition');
    const subject = { collectionName, partitionNames: ['p'] };
    expect(await loadPartitions(server.milvus, subject)).toMatchObject(DONE);
    const question = { collectionName, type: ShowType.InMemory };
    expect(await showPartitions(server.milvus, question)).toMatchObject({
      partitionNames: ['p'],
      inMemoryPercentages: [100n],
    });
    expect(await loadState(server.milvus, subject)).toMatchObject({
      state: LoadState.LoadStateLoaded,
    });
    expect(partitionIDs).toHaveLength(1);
    expect(await dropPartition(server.milvus, collectionName, 'p')).toMatchObject({
      reason: 'partition cannot be dropped, partition is loaded, please release it first',
    });
    expect(await releasePartitions(server.milvus, subject)).toMatchObject(DONE);
    expect(await dropPartition(server.milvus, collectionName, 'p')).toMatchObject(DONE);
  });

  it('a loaded partition is kept from a drop, also when one of its name was dropped before', async () => {
    const { collectionName } = await create('again');
    await createPartition(server.milvus, collectionName, 'p');
    expect(await dropPartition(server.milvus, collectionName, 'p')).toMatchObject(DONE);
    await createPartition(server.milvus, collectionName, 'p');
    const subject = { collectionName, partitionNames: ['p'] };
    expect(await loadPartitions(server.milvus, subject)).toMatchObject(DONE);
    expect(await dropPartition(server.milvus, collectionName, 'p')).toMatchObject({
      reason: 'partition cannot be dropped, partition is loaded, please release it first',
    });
    expect(await showPartitions(server.milvus, { collectionName })).toMatchObject({
      partitionNames: ['_default', 'p'],
    });
    expect(await releasePartitions(server.milvus, subject)).toMatchObject(DONE);
    expect(await dropPartition(server.milvus, collectionName, 'p')).toMatchObject(DONE);
  });

  it('what is loaded there keeps its indexes and its mapping', async () => {
    const { collectionName: collection_name } = await create('held');
    await loadCollection(server.milvus, { collectionName: collection_name });
    const { sdk } = server;
    expect(await sdk.dropIndex({ collection_name, field_name: 'vector' })).toMatchObject({
      reason: 'index cannot be dropped, collection is loaded, please release it first',
    });
    const properties = { 'mmap.enabled': true };
    expect(await sdk.alterCollectionProperties({ collection_name, properties })).toMatchObject({
      code: 104,
    });
    await releaseCollection(server.milvus, collection_name);
    expect(await sdk.dropIndex({ collection_name, field_name: 'vector' })).toMatchObject(DONE);
  });

  describe('asked again under its idempotency key', () => {
    const keyed: readonly [string, (name: string, terms: Metadata) => Promise<Status>][] = [
      [
        'AlterCollection',
        (collectionName, terms) => {
          const properties = [{ key: 'mmap.enabled', value: 'true' }];
          const request = AlterCollectionRequest.create({ collectionName, properties });
          return answerOf((done) => server.milvus.alterCollection(request, terms, done));
        },
      ],
      [
        'AlterCollectionField',
        (collectionName, terms) => {
          const properties = [{ key: 'mmap.enabled', value: 'true' }];
          const change = { collectionName, fieldName: 'vector', properties };
          const request = AlterCollectionFieldRequest.create(change);
          return answerOf((done) => server.milvus.alterCollectionField(request, terms, done));
        },
      ],
      [
        'DropPartition',
        (collectionName, terms) => {
          const request = DropPartitionRequest.create({ collectionName, partitionName: 'p' });
          return answerOf((done) => server.milvus.dropPartition(request, terms, done));
        },
      ],
    ];

    it.each(keyed)('%s has the success it had, whatever is loaded since', async (_rpc, ask) => {
      const { collectionName } = await create('keyed');
      await createPartition(server.milvus, collectionName, 'p');
      const terms = termsOf({ idempotencyKey: freshName('key') });
      expect(await ask(collectionName, terms)).toMatchObject(DONE);
      await createPartition(server.milvus, collectionName, 'p');
      const subject = { collectionName, partitionNames: ['p'] };
      expect(await loadPartitions(server.milvus, subject)).toMatchObject(DONE);
      expect((await ask(collectionName, termsOf({}))).code).not.toBe(0);
      expect(await ask(collectionName, terms)).toMatchObject(DONE);
      const again = await showPartitions(server.milvus, { collectionName });
      expect(again.partitionNames).toEqual(['_default', 'p']);
    });

    it.each(keyed)(
      '%s has the success it had, also while QueryCoord refuses',
      async (_rpc, ask) => {
        const { collectionName } = await create('keyed');
        await createPartition(server.milvus, collectionName, 'p');
        const terms = termsOf({ idempotencyKey: freshName('key') });
        expect(await ask(collectionName, terms)).toMatchObject(DONE);
        await createPartition(server.milvus, collectionName, 'p');
        queryCoord.refusal = CoordError.of('ServiceUnavailable');
        expect(await ask(collectionName, termsOf({}))).toMatchObject({ code: 2 });
        expect(await ask(collectionName, terms)).toMatchObject(DONE);
      },
    );
  });

  it('a dropped collection is released there', async () => {
    const { collectionName, collectionID } = await create('ending');
    await loadCollection(server.milvus, { collectionName });
    expect(await dropAtRoot(server.root, collectionName)).toMatchObject(DONE);
    await eventually(
      async () => queryCoord.loads.has(collectionID),
      (isLoaded) => !isLoaded,
    );
  });

  it('a proxy would refuse without asking it', async () => {
    const collection_name = freshName('bare');
    await server.sdk.createCollection(collectionOf(collection_name));
    const load = loadCollection(server.milvus, { collectionName: collection_name });
    expect(await load).toMatchObject({ code: 700 });
    expect(heard()).not.toContain('loadCollection');
  });

  it('its refusals are passed on, numbers and words', async () => {
    const { collectionName } = await create('refused');
    queryCoord.refusal = new CoordError('Unexpected', 'no memory left for it', {
      relayed: { code: 3, retriable: true },
    });
    expect(await loadCollection(server.milvus, { collectionName })).toMatchObject({
      code: 3,
      retriable: true,
      reason: 'no memory left for it',
    });
  });

  it('while it is away, loads are refused as ones to ask again, and DDL goes on', async () => {
    const { collectionName, collectionID } = await create('lost');
    await loadCollection(server.milvus, { collectionName });
    const { address } = queryCoord;
    const { loads } = queryCoord;
    queryCoord.close();
    const away = { code: 2, retriable: true };
    // Its last connection closes a moment later.
    const refused = await eventually(
      () => loadCollection(server.milvus, { collectionName }),
      ({ code }) => code !== 0,
    );
    expect(refused).toMatchObject(away);
    expect(refused.reason).toContain(`[querycoord=${address}]`);
    expect(await loadState(server.milvus, { collectionName })).toMatchObject({ status: away });
    expect(await dropAtRoot(server.root, collectionName)).toMatchObject(DONE);
    queryCoord = await QueryCoordServer.start('2.4', Number(address.split(':')[1]));
    for (const [id, load] of loads) queryCoord.loads.set(id, load);
    await eventually(
      async () => queryCoord.loads.has(collectionID),
      (isLoaded) => !isLoaded,
    );
    const { collectionName: next } = await create('found');
    expect(await loadCollection(server.milvus, { collectionName: next })).toMatchObject(DONE);
    expect(await stateOf(next)).toBe(LoadState.LoadStateLoaded);
  });
});
