import { describe, expect, it } from 'vitest';
import { controlClients } from '../../kit/control-session.js';
import { eventually } from '../../kit/eventually.js';
import {
  createPartition,
  dropPartition,
  showPartitionsInternal,
} from '../../kit/partition-calls.js';
import { createAtRoot, describeAtRoot, dropAtRoot } from '../../kit/root-calls.js';
import type { StoreKind } from '../../kit/stores.js';
import { SuiteServer } from '../../kit/suite-server.js';
import { listDropped, undropCollection, undropPartition } from '../../kit/undrop-calls.js';

const KEEP_MS = 1_000;
/** The sweep that wakes final drops comes every five seconds. */
const PURGED_WITHIN_MS = 15_000;

/** The end of the keep time, on a server that keeps drops for one second. */
export function keepTimeSuite(kind: StoreKind): void {
  describe('after the keep time', () => {
    const sets = ['rootstock.undrop.keepSeconds=1'];
    const server = SuiteServer.on(kind, sets);
    const control = controlClients(server);
    /** Partitions RootCoord has a record of; undefined when there is none of the collection. */
    const recordOf = async (collectionID: bigint) => {
      const { status, partitionNames } = await showPartitionsInternal(server.root, {
        collectionID,
      });
      return status?.code === 0 ? partitionNames : undefined;
    };
    const dropNow = async (name: string) => {
      await createAtRoot(server.root, name);
      const { collectionID } = await describeAtRoot(server.root, name);
      await dropAtRoot(server.root, name);
      return { collectionID, endsMs: Date.now() + KEEP_MS };
    };

    it('a drop is refused to be taken back, and everything of it goes', async () => {
      const { collectionID } = await dropNow('late');
      expect(await recordOf(collectionID)).toEqual(['_default']);
      const gone = await eventually(
        () => recordOf(collectionID),
        (names) => names === undefined,
        PURGED_WITHIN_MS,
      );
      expect(gone).toBeUndefined();
      expect(await undropCollection(control.atProxy(), { collectionName: 'late' })).toMatchObject({
        status: {
          code: 100,
          reason:
            'collection not found[database=default][collection=late]: ' +
            'no dropped collection of this name or id is kept',
        },
      });
      expect((await listDropped(control.atProxy())).objects).toEqual([]);
    });

    it('a dropped partition is purged, too, and its collection stays', async () => {
      await createAtRoot(server.root, 'stays');
      const { collectionID } = await describeAtRoot(server.root, 'stays');
      await createPartition(server.root, 'stays', 'p');
      await dropPartition(server.root, 'stays', 'p');
      expect(await recordOf(collectionID)).toEqual(['_default', 'p']);
      await eventually(
        () => recordOf(collectionID),
        (names) => names?.length === 1,
        PURGED_WITHIN_MS,
      );
      const request = { collectionName: 'stays', partitionName: 'p' };
      expect(await undropPartition(control.atProxy(), request)).toMatchObject({
        status: { code: 200 },
      });
    });

    it('many undrops at its very end each win for good or lose for good', async () => {
      const names = Array.from({ length: 24 }, (_, i) => `edge_${i}`);
      const drops = await Promise.all(names.map(dropNow));
      const isBack = await Promise.all(
        names.map(async (collectionName, i) => {
          const aimMs = (drops[i]?.endsMs ?? 0) - 120 + i * 10;
          await eventually(
            async () => Date.now(),
            (nowMs) => nowMs >= aimMs,
          );
          const { status } = await undropCollection(control.atProxy(), { collectionName });
          if (status?.code !== 0) expect(status?.code).toBe(100);
          return status?.code === 0;
        }),
      );
      await eventually(
        async () => Promise.all(drops.map(({ collectionID }) => recordOf(collectionID))),
        (records) => records.every((record, i) => (record !== undefined) === isBack[i]),
        PURGED_WITHIN_MS,
      );
      for (const [i, name] of names.entries()) {
        const { status, collectionID } = await describeAtRoot(server.root, name);
        expect(status?.code).toBe(isBack[i] ? 0 : 100);
        if (isBack[i]) expect(collectionID).toBe(drops[i]?.collectionID);
      }
    });

    it('a drop that was kept when the server was killed is purged by the next one', async () => {
      const { collectionID } = await dropNow('orphan');
      await server.kill();
      await server.start(sets);
      await eventually(
        () => recordOf(collectionID),
        (names) => names === undefined,
        PURGED_WITHIN_MS,
      );
      expect(server.process.log.filter(({ level }) => level === 'warn')).toEqual([]);
    });
  });
}
