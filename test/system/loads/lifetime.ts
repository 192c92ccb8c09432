import { describe, expect, it } from 'vitest';
import { LoadState } from '../../../src/gen/common.js';
import { ShowType } from '../../../src/gen/milvus.js';
import { controlClients } from '../../kit/control-client.js';
import { eventually } from '../../kit/eventually.js';
import { createIndexed } from '../../kit/indexed-collections.js';
import {
  loadCollection,
  loadPartitions,
  loadState,
  releaseCollection,
  replicasOf,
  showLoaded,
} from '../../kit/load-calls.js';
import { createPartition, dropPartition, showPartitions } from '../../kit/partition-calls.js';
import { describeAtRoot, dropAtRoot } from '../../kit/root-calls.js';
import { collectionOf } from '../../kit/sdk-collections.js';
import type { StoreKind } from '../../kit/stores.js';
import { SuiteServer } from '../../kit/suite-server.js';
import { undropCollection } from '../../kit/undrop-calls.js';

const DONE = { code: 0 };

/** Loads over restarts, crashes and the end of their collection. */
export function loadLifetimeSuite(kind: StoreKind): void {
  describe('loads', () => {
    const server = SuiteServer.on(kind);
    const control = controlClients(server);
    const create = (name: string) => createIndexed(server.sdk, collectionOf(name));
    const countReplicas = async (collectionID: bigint) =>
      (await replicasOf(server.milvus, { collectionID })).replicas.length;
    const pictureOf = async (collectionName: string) => {
      const question = { collectionName, type: ShowType.InMemory };
      const { partitionNames } = await showPartitions(server.milvus, question);
      const { replicas } = await replicasOf(server.milvus, { collectionName });
      const { state } = await loadState(server.milvus, { collectionName });
      const byId = [...replicas].sort((a, b) => (a.replicaID < b.replicaID ? -1 : 1));
      return { partitionNames: partitionNames.sort(), replicas: byId, state };
    };

    it('survive a restart and a kill as they were', async () => {
      await create('whole');
      await create('part');
      await create('released');
      await createPartition(server.milvus, 'part', 'p');
      await loadCollection(server.milvus, { collectionName: 'whole', replicaNumber: 2 });
      await loadPartitions(server.milvus, { collectionName: 'part', partitionNames: ['p'] });
      await loadCollection(server.milvus, { collectionName: 'released' });
      await releaseCollection(server.milvus, 'released');
      const names = ['whole', 'part', 'released'];
      const before = await Promise.all(names.map(pictureOf));
      expect(before.map(({ state }) => state)).toEqual([
        LoadState.LoadStateLoaded,
        LoadState.LoadStateLoaded,
        LoadState.LoadStateNotLoad,
      ]);
      expect(before.map(({ replicas }) => replicas.length)).toEqual([2, 1, 0]);
      await server.stop();
      await server.start();
      expect(await Promise.all(names.map(pictureOf))).toEqual(before);
      await server.kill();
      await server.start();
      expect(await Promise.all(names.map(pictureOf))).toEqual(before);
      await createPartition(server.milvus, 'whole', 'later');
      expect((await pictureOf('whole')).partitionNames).toEqual(['_default', 'later']);
    });

    it('that were answered for survive a kill in the middle, released ones stay away', async () => {
      const loaded = new Set<string>();
      const released = new Set<string>();
      const lost = () => undefined;
      const names = Array.from({ length: 40 }, (_, i) => `torn_${i}`);
      await Promise.all(names.map(create));
      const asked = names.map(async (collectionName, i) => {
        const load = await loadCollection(server.milvus, { collectionName }).catch(lost);
        if (load?.code !== 0) return;
        loaded.add(collectionName);
        if (i % 2 === 1) return;
        loaded.delete(collectionName);
        const release = await releaseCollection(server.milvus, collectionName).catch(lost);
        if (release?.code === 0) released.add(collectionName);
      });
      await eventually(
        async () => released.size,
        (size) => size >= 3,
      );
      await server.kill();
      await server.start();
      await Promise.all(asked);
      const { collectionNames } = await showLoaded(server.milvus);
      for (const name of loaded) expect(collectionNames).toContain(name);
      for (const name of released) expect(collectionNames).not.toContain(name);
    });

    it('end with their collection; taken back it is not loaded', async () => {
      await create('ending');
      await loadCollection(server.milvus, { collectionName: 'ending' });
      const { collectionID } = await describeAtRoot(server.root, 'ending');
      expect(await dropAtRoot(server.root, 'ending')).toMatchObject(DONE);
      await eventually(
        () => countReplicas(collectionID),
        (count) => count === 0,
      );
      const undropped = await undropCollection(control(), { collectionName: 'ending' });
      expect(undropped.status).toMatchObject(DONE);
      expect((await pictureOf('ending')).state).toBe(LoadState.LoadStateNotLoad);
    });

    it('asked for while their collection or partition goes leave nothing behind', async () => {
      for (let round = 0; round < 5; round += 1) {
        const collectionName = `raced_${round}`;
        await create(collectionName);
        await createPartition(server.milvus, collectionName, 'p');
        const { collectionID } = await describeAtRoot(server.root, collectionName);
        await Promise.all([
          loadPartitions(server.milvus, { collectionName, partitionNames: ['p'] }),
          dropPartition(server.milvus, collectionName, 'p'),
        ]);
        await Promise.all([
          loadCollection(server.milvus, { collectionName }),
          dropAtRoot(server.root, collectionName),
        ]);
        await eventually(
          () => countReplicas(collectionID),
          (count) => count === 0,
        );
      }
    });
  });
}
