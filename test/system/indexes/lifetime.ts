import { describe, expect, it } from 'vitest';
import { controlClients } from '../../kit/control-client.js';
import { eventually } from '../../kit/eventually.js';
import { createIndex, describeIndex, dropIndex, listAtData } from '../../kit/index-calls.js';
import { createAtRoot, describeAtRoot, dropAtRoot } from '../../kit/root-calls.js';
import { pairs } from '../../kit/schemas.js';
import type { StoreKind } from '../../kit/stores.js';
import { SuiteServer } from '../../kit/suite-server.js';
import { undropCollection } from '../../kit/undrop-calls.js';

const extraParams = pairs({ index_type: 'HNSW', metric_type: 'L2', M: 8 });
const OK = { code: 0 };

/** Indexes over restarts, crashes and the end of their collection. */
export function indexLifetimeSuite(kind: StoreKind): void {
  describe('indexes', () => {
    const sets = ['rootstock.undrop.keepSeconds=0'];
    const server = SuiteServer.on(kind, sets);
    const build = async (collectionName: string) => {
      await createAtRoot(server.root, collectionName);
      return createIndex(server.milvus, { collectionName, fieldName: 'vector', extraParams });
    };
    const described = (collectionName: string) => describeIndex(server.milvus, { collectionName });

    it('survive a restart and a kill, word for word', async () => {
      expect(await build('lasting')).toMatchObject(OK);
      const before = await described('lasting');
      expect(before.indexDescriptions).toHaveLength(1);
      await server.stop();
      await server.start(sets);
      expect(await described('lasting')).toEqual(before);
      await server.kill();
      await server.start(sets);
      expect(await described('lasting')).toEqual(before);
    });

    it('that were answered for survive a kill in the middle, dropped ones stay away', async () => {
      const there = new Set<string>();
      const gone = new Set<string>();
      const lost = () => undefined;
      const names = Array.from({ length: 60 }, (_, i) => `torn_${i}`);
      await Promise.all(names.map((name) => createAtRoot(server.root, name)));
      const asked = names.map(async (collectionName, i) => {
        const request = { collectionName, fieldName: 'vector', extraParams };
        if ((await createIndex(server.milvus, request).catch(lost))?.code !== 0) return;
        there.add(collectionName);
        if (i % 2 === 1) return;
        there.delete(collectionName);
        const dropped = await dropIndex(server.milvus, { collectionName }).catch(lost);
        if (dropped?.code === 0) gone.add(collectionName);
      });
      await eventually(
        async () => gone.size,
        (size) => size >= 5,
      );
      await server.kill();
      await server.start(sets);
      await Promise.all(asked);
      for (const name of there) expect((await described(name)).status).toMatchObject(OK);
      for (const name of gone) expect((await described(name)).status).toMatchObject({ code: 700 });
    });

    it('go with their collection for good, and a new one of its name has none', async () => {
      await build('ending');
      const { collectionID } = await describeAtRoot(server.root, 'ending');
      expect(await dropAtRoot(server.root, 'ending')).toMatchObject(OK);
      await eventually(
        async () => (await listAtData(server.data, collectionID)).indexInfos,
        (infos) => infos.length === 0,
      );
      await createAtRoot(server.root, 'ending');
      expect((await described('ending')).status).toMatchObject({ code: 700 });
    });

    it('being created while their collection is dropped leave nothing behind', async () => {
      for (let round = 0; round < 10; round += 1) {
        const name = `raced_${round}`;
        await createAtRoot(server.root, name);
        const { collectionID } = await describeAtRoot(server.root, name);
        const request = { collectionName: name, fieldName: 'vector', extraParams };
        const creates = Array.from({ length: 5 }, () => createIndex(server.milvus, request));
        const drop = dropAtRoot(server.root, name);
        const codes = (await Promise.all(creates)).map(({ code }) => code);
        expect(codes.filter((code) => code !== 0 && code !== 100)).toEqual([]);
        expect(await drop).toMatchObject(OK);
        await eventually(
          async () => (await listAtData(server.data, collectionID)).indexInfos,
          (infos) => infos.length === 0,
        );
      }
    });
  });

  describe('indexes of a dropped collection that is kept', () => {
    const server = SuiteServer.on(kind);
    const control = controlClients(server);

    it('are still there when the drop is taken back, even after a kill', async () => {
      await createAtRoot(server.root, 'kept');
      const request = { collectionName: 'kept', fieldName: 'vector', extraParams };
      await createIndex(server.milvus, request);
      const before = await describeIndex(server.milvus, { collectionName: 'kept' });
      const { collectionID } = await describeAtRoot(server.root, 'kept');
      await dropAtRoot(server.root, 'kept');
      expect(await createIndex(server.milvus, request)).toMatchObject({ code: 100 });
      await server.kill();
      await server.start();
      expect((await listAtData(server.data, collectionID)).indexInfos).toHaveLength(1);
      const { status } = await undropCollection(control(), { collectionName: 'kept' });
      expect(status).toMatchObject(OK);
      expect(await describeIndex(server.milvus, { collectionName: 'kept' })).toEqual(before);
    });
  });
}
