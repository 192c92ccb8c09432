import { describe, expect, it } from 'vitest';
import type { FieldId, PartitionId, SegmentId } from '../../src/domain/ids.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import { SegmentIndex } from '../../src/gen/index_coord.js';
import { DataWorld } from '../kit/data-world.js';
import { aDefinition } from '../kit/indexes.js';
import { aRecord } from '../kit/records.js';
import { settled } from '../kit/virtual-clock.js';

const COLLECTION = aRecord();
const collectionId = COLLECTION.id;
const fieldId = COLLECTION.schema.fields.find(({ name }) => name === 'vector')?.fieldID as FieldId;
const FINISHED = 3;
/** Longer than every pause of a build that broke down twice. */
const RECOVERY_MS = 5_000;

const segments = [900n, 901n].map((id) => ({
  id: id as SegmentId,
  partitionId: 7n as PartitionId,
  rows: 2_000n,
  lastExpireAt: 1n as Timestamp,
}));

/** Nodes finish what they have until nothing changes any more; the first node goes half-way. */
async function play(world: DataWorld, isNodeLost: boolean): Promise<void> {
  const { indexNodes: nodes, clock } = world;
  nodes.join(3n);
  for (let round = 0; round < 6; round += 1) {
    for (let turn = 0; turn < 10; turn += 1) await settled();
    if (round === 0 && isNodeLost) {
      nodes.leave();
      nodes.join(4n);
    }
    for (const { build } of nodes.jobs.values()) {
      nodes.end(build.id, { kind: 'finished', fileKeys: [`${build.id}`], bytes: 1n });
    }
    await clock.advance(RECOVERY_MS);
  }
}

async function storedBuilds(world: DataWorld): Promise<SegmentIndex[]> {
  const builds: SegmentIndex[] = [];
  for await (const page of world.store.scan('by-dev/meta/segment-index/')) {
    builds.push(...page.map(({ value }) => SegmentIndex.decode(value)));
  }
  return builds;
}

/** @param dieAt from this commit on all hang for ever, it itself written or not; -1 for none. */
async function live(dieAt: number, isWritten: boolean): Promise<DataWorld> {
  const world = new DataWorld();
  world.collections.push(COLLECTION);
  world.segments.push(...segments);
  world.store.faults = {
    onCommit: (index) =>
      dieAt >= 0 && index >= dieAt
        ? { kind: 'hang', isWritten: isWritten && index === dieAt }
        : undefined,
  };
  const first = await world.run();
  const create = () =>
    first.dataCoord.indexes.create({ ...aDefinition({ fieldId }), collectionId, at: 0n });
  // It never answers when it is the one that hangs.
  void create();
  await play(world, true);
  if (dieAt < 0) return world;
  // Whatever the dead one had under way hangs in a commit for ever; its actors go with it.
  void first.dataCoord.indexBuilds.stop();
  world.store.faults = {};
  const { indexes } = await world.start();
  await indexes.create({ ...aDefinition({ fieldId }), collectionId, at: 0n });
  await play(world, false);
  return world;
}

const whole = await live(-1, true);
const commits = whole.store.commitCount;

describe('a DataCoord that dies at any commit of its index builds', () => {
  it('makes enough of them', () => expect(commits).toBeGreaterThanOrEqual(11));

  it.each(
    Array.from({ length: commits }, (_, i) => [
      { dieAt: i, isWritten: false },
      { dieAt: i, isWritten: true },
    ]).flat(),
  )('at commit $dieAt, written: $isWritten, builds each index once', async (death) => {
    const world = await live(death.dieAt, death.isWritten);
    const builds = await storedBuilds(world);
    expect(builds.map(({ segmentID, state }) => [segmentID, state])).toEqual([
      [900n, FINISHED],
      [901n, FINISHED],
    ]);
    for (const { buildID, indexFileKeys } of builds) expect(indexFileKeys).toEqual([`${buildID}`]);
    expect(world.indexNodes.jobs.size).toBe(0);
    expect(world.broken).toEqual([]);
  });
});
