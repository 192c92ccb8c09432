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
import { type Course, killAmid, mayBe } from '../../kit/torn-work.js';

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
      const names = Array.from({ length: 200 }, (_, i) => `p${i}`);
      const courses = names.map((name, i): Course => {
        const create = () => createPartition(server.milvus, 'torn', name);
        const drop = () => dropPartition(server.milvus, 'torn', name);
        return i % 2 === 0 ? [create, drop] : [create];
      });
      const ends = await killAmid(server, courses);
      await server.start(sets);
      const { collectionID } = await describeAtRoot(server.root, 'torn');
      // Creating ones are undone and Dropping ones finished: only what clients see is left.
      const [stored] = await eventually(
        async () => [
          (await showPartitionsInternal(server.root, { collectionID })).partitionNames,
          await namesOf('torn'),
        ],
        ([all, visible]) => all?.length === visible?.length,
      );
      expect(stored).toContain('_default');
      for (const [i, end] of ends.entries()) {
        const isThere = stored?.includes(names[i] ?? '');
        expect(mayBe(end, [false, true, false])).toContain(isThere);
      }
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
