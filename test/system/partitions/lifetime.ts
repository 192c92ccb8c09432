import { describe, expect, it } from 'vitest';
import { eventually } from '../../kit/eventually.js';
import {
  createPartition,
  dropPartition,
  showPartitions,
  showPartitionsInternal,
} from '../../kit/partition-calls.js';
import { createAtRoot, describeAtRoot, dropAtRoot } from '../../kit/root-calls.js';
import type { StoreKind } from '../../kit/stores.js';
import { SuiteServer } from '../../kit/suite-server.js';

/** Milvus' own default is 1 024; one of them is the default partition. */
const PARTITIONS_MAX = 1_001;
const OK = { code: 0 };

/** Partitions over crashes, races and up to the limit. */
export function partitionLifetimeSuite(kind: StoreKind): void {
  describe('partitions', () => {
    const sets = [`rootCoord.maxPartitionNum=${PARTITIONS_MAX}`, 'rootstock.undrop.keepSeconds=0'];
    const server = SuiteServer.on(kind, sets);
    const namesOf = async (collectionName: string) =>
      (await showPartitions(server.root, { collectionName })).partitionNames;
    const restart = async () => {
      await server.kill();
      await server.start(sets);
    };

    it('fill a collection up to the limit, and only live ones count', async () => {
      await createAtRoot(server.root, 'full');
      const names = Array.from({ length: PARTITIONS_MAX - 1 }, (_, i) => `p${i}`);
      const answers = await Promise.all(
        names.map((name) => createPartition(server.root, 'full', name)),
      );
      expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([0]));
      const { partitionNames, partitionIDs } = await showPartitions(server.root, {
        collectionName: 'full',
      });
      expect([...partitionNames].sort()).toEqual(['_default', ...names].sort());
      expect(new Set(partitionIDs).size).toBe(PARTITIONS_MAX);
      expect(await createPartition(server.root, 'full', 'one_more')).toMatchObject({
        code: 65535,
        reason: `partition number (${PARTITIONS_MAX}) exceeds max configuration (${PARTITIONS_MAX}), collection: full`,
      });
      expect(await createPartition(server.root, 'full', 'p0')).toMatchObject(OK);
      expect(await dropPartition(server.root, 'full', 'p0')).toMatchObject(OK);
      expect(await createPartition(server.root, 'full', 'one_more')).toMatchObject(OK);
      const { numPartitions } = await describeAtRoot(server.root, 'full');
      expect(numPartitions).toBe(BigInt(PARTITIONS_MAX));
    });

    it('are all there after a kill, with their ids', async () => {
      const before = await showPartitions(server.root, { collectionName: 'full' });
      await restart();
      expect(await showPartitions(server.root, { collectionName: 'full' })).toEqual(before);
      await dropAtRoot(server.root, 'full');
    });

    it('that were answered for survive a kill in the middle, the others wholly or not at all', async () => {
      await createAtRoot(server.root, 'torn');
      const created = new Set<string>();
      const dropped = new Set<string>();
      const lost = () => undefined;
      const asked = Array.from({ length: 200 }, async (_, i) => {
        const name = `p${i}`;
        const answer = await createPartition(server.root, 'torn', name).catch(lost);
        if (answer?.code !== 0) return;
        created.add(name);
        if (i % 2 === 1) return;
        created.delete(name);
        const gone = await dropPartition(server.root, 'torn', name).catch(lost);
        if (gone?.code === 0) dropped.add(name);
      });
      await eventually(
        async () => dropped.size,
        (size) => size >= 20,
      );
      await restart();
      await Promise.all(asked);
      const { collectionID } = await describeAtRoot(server.root, 'torn');
      // Creating ones are undone and Dropping ones finished: only what clients see is left.
      const left = await eventually(
        async () => (await showPartitionsInternal(server.root, { collectionID })).partitionNames,
        (names) => names.every((name) => !dropped.has(name)),
      );
      await eventually(
        async () => [
          (await showPartitionsInternal(server.root, { collectionID })).partitionNames.length,
          (await namesOf('torn')).length,
        ],
        ([all, visible]) => all === visible,
      );
      const names = await namesOf('torn');
      expect(names).toEqual(expect.arrayContaining([...created]));
      expect(names.filter((name) => dropped.has(name))).toEqual([]);
      expect(left).toContain('_default');
    });

    it('being created while their collection is dropped are either there or refused', async () => {
      for (let round = 0; round < 20; round += 1) {
        const name = `raced_${round}`;
        await createAtRoot(server.root, name);
        const creates = Array.from({ length: 10 }, (_, i) =>
          createPartition(server.root, name, `p${i}`),
        );
        const drop = dropAtRoot(server.root, name);
        const codes = (await Promise.all(creates)).map(({ code }) => code);
        expect(codes.filter((code) => code !== 0 && code !== 100)).toEqual([]);
        expect(await drop).toMatchObject(OK);
        expect((await showPartitions(server.root, { collectionName: name })).status).toMatchObject({
          code: 100,
        });
      }
      await restart();
      // Restarts in quick succession put the timestamp window ahead of the clock, and that is said.
      const unexpected = server.process.log.filter(
        ({ level, msg }) => level === 'warn' && msg !== 'the clock is far behind the saved window',
      );
      expect(unexpected).toEqual([]);
    });
  });
}
