import { credentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/compose.js';
import { MilvusServiceClient } from '../../src/gen/milvus.js';
import type { Write } from '../../src/ports/meta-store.js';
import { CommitPacker } from '../../src/root/migration/commit-packer.js';
import { livingCandidate } from '../kit/candidates.js';
import { load } from '../kit/load-settings.js';
import { describeCollection, showCollections } from '../kit/milvus-calls.js';
import { DATA_SET_2_1, DATA_SET_2_2, DATA_SET_2_4 } from '../kit/old-layouts.js';
import { ServerProcess } from '../kit/server-process.js';
import { stores, type TestStore } from '../kit/stores.js';

/** Puts the data set where Milvus would have. */
async function fill({ dataDir, sets }: TestStore, dataSet: readonly Write[]): Promise<void> {
  const { config } = load({ dataDir, sets });
  const store = await openStore(config);
  try {
    const outcome = await store.campaign(livingCandidate());
    if (outcome.kind === 'held') throw new Error(`the store is held by ${outcome.holder}`);
    const { fence } = outcome.leadership;
    const packer = new CommitPacker(store, fence);
    await packer.each(dataSet);
    await packer.flush();
  } finally {
    await store.close();
  }
}

/** What a client sees of every collection. */
async function seenOn(store: TestStore) {
  const server = await ServerProcess.start(store);
  const milvus = new MilvusServiceClient(server.address, credentials.createInsecure());
  try {
    const { collectionNames } = await showCollections(milvus);
    return await Promise.all(
      collectionNames.sort().map(async (collectionName) => {
        const reply = await describeCollection(milvus, { collectionName });
        expect(reply.status).toMatchObject({ code: 0 });
        const { collectionID, shardsNum, virtualChannelNames, numPartitions, schema } = reply;
        const fields = schema?.fields.map(({ name }) => name);
        return {
          collectionName,
          collectionID,
          shardsNum,
          virtualChannelNames,
          numPartitions,
          fields,
        };
      }),
    );
  } finally {
    milvus.close();
    expect(await server.terminate()).toBe(0);
  }
}

const fields = ['id', 'vector'];

describe.each(stores)('a server on a store of Milvus on $name', (kind) => {
  it.each([
    [
      '2.1',
      DATA_SET_2_1,
      [
        { collectionName: 'books', collectionID: 100n, shardsNum: 2, numPartitions: 2n, fields },
        { collectionName: 'films', collectionID: 1000n, shardsNum: 2, numPartitions: 301n, fields },
        {
          collectionName: 'songs',
          collectionID: 5000n,
          shardsNum: 1,
          virtualChannelNames: ['by-dev-rootcoord-dml_0_5000v0'],
          numPartitions: 1n,
          fields,
        },
      ],
    ],
    [
      '2.2',
      DATA_SET_2_2,
      [
        { collectionName: 'birds', collectionID: 200n, numPartitions: 2n, fields },
        { collectionName: 'stones', collectionID: 500n, numPartitions: 1n, fields },
        { collectionName: 'trees', collectionID: 300n, numPartitions: 1n, fields },
      ],
    ],
    [
      '2.4',
      DATA_SET_2_4,
      [{ collectionName: 'clouds', collectionID: 700n, numPartitions: 2n, fields }],
    ],
  ])('describes what %s left there, at every start', async (_release, dataSet, expected) => {
    const store = await kind.open();
    try {
      await fill(store, dataSet);
      expect(await seenOn(store)).toMatchObject(expected);
      expect(await seenOn(store)).toMatchObject(expected);
    } finally {
      await store.remove();
    }
  });
});
