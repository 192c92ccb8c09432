import { describe, expect, it } from 'vitest';
import type { CreateIndexCommand } from '../../../src/data/indexes/indexes.js';
import type { FieldId, PartitionId, SegmentId } from '../../../src/domain/ids.js';
import type { Timestamp } from '../../../src/domain/timestamp.js';
import { SegmentIndex } from '../../../src/gen/index_coord.js';
import { DataWorld } from '../../kit/data-world.js';
import { aDefinition } from '../../kit/indexes.js';
import { aRecord } from '../../kit/records.js';
import { pairs } from '../../kit/schemas.js';
import { settled } from '../../kit/virtual-clock.js';

const COLLECTION = aRecord();
const collectionId = COLLECTION.id;
const VECTOR = COLLECTION.schema.fields.find(({ name }) => name === 'vector')?.fieldID as FieldId;
const PREFIX = `by-dev/meta/segment-index/${collectionId}/`;
const all = { collectionId, name: '' };
const LARGE = 2_000n;

const command = (changes: Partial<CreateIndexCommand> = {}): CreateIndexCommand => ({
  ...aDefinition({ fieldId: VECTOR }),
  collectionId,
  at: 0n,
  ...changes,
});

const aSegment = (id: bigint, rows = LARGE) => ({
  id: id as SegmentId,
  partitionId: 7n as PartitionId,
  rows,
  lastExpireAt: 1n as Timestamp,
});

/** A DataCoord with these segments and one index. */
async function aWorld(...segments: ReturnType<typeof aSegment>[]) {
  const world = new DataWorld();
  world.collections.push(COLLECTION);
  world.segments.push(...segments);
  const runtime = await world.run();
  const { indexes, indexBuilds } = runtime.dataCoord;
  await indexes.create(command());
  await quiet();
  return { world, runtime, indexes, indexBuilds, nodes: world.indexNodes };
}

/** Everything that needs no time to pass has happened. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settled();
}

async function storedBuilds(world: DataWorld): Promise<SegmentIndex[]> {
  const builds: SegmentIndex[] = [];
  for await (const page of world.store.scan(PREFIX)) {
    builds.push(...page.map(({ value }) => SegmentIndex.decode(value)));
  }
  return builds;
}

const [UNISSUED, IN_PROGRESS, FINISHED, FAILED, RETRY] = [1, 2, 3, 4, 5];

describe('the build of an index of a segment', () => {
  it('waits without an index node, and says why', async () => {
    const { world, indexes, indexBuilds } = await aWorld(aSegment(900n));
    expect(await storedBuilds(world)).toMatchObject([
      { segmentID: 900n, partitionID: 7n, numRows: LARGE, nodeID: -1n, state: UNISSUED },
    ]);
    const reason = 'node lacks: there is no index node';
    expect(indexBuilds.buildsOf(collectionId)).toMatchObject([{ state: 'Unissued', reason }]);
    expect(indexes.segmentStates(all, [900n])).toMatchObject([{ state: 'Unissued', reason }]);
    expect(indexes.only(all).progress).toMatchObject({ state: 'InProgress', pendingRows: LARGE });
    expect(indexBuilds.residentCount).toBe(1);
  });

  it('begins as soon as a node joins, and ends with what the node made', async () => {
    const { world, indexes, indexBuilds, nodes } = await aWorld(aSegment(900n));
    nodes.join(3n);
    await quiet();
    const [job] = nodes.jobs.values();
    expect(job).toMatchObject({ build: { nodeId: 3n, version: 1n }, index: { fieldId: VECTOR } });
    expect(await storedBuilds(world)).toMatchObject([{ state: IN_PROGRESS, nodeID: 3n }]);
    if (!job) throw new Error('no job');
    nodes.end(job.build.id, { kind: 'finished', fileKeys: ['a', 'b'], bytes: 12n });
    await quiet();
    expect(await storedBuilds(world)).toMatchObject([
      { state: FINISHED, indexFileKeys: ['a', 'b'], serializeSize: 12n, numRows: LARGE },
    ]);
    expect(indexes.only(all).progress).toMatchObject({ state: 'Finished', indexedRows: LARGE });
    expect(nodes.jobs.size).toBe(0);
    expect(indexBuilds.residentCount).toBe(0);
  });

  it.each([
    ['of few rows', aSegment(900n, 1_023n), {}],
    ['of a type that needs none', aSegment(900n), { indexParams: pairs({ index_type: 'FLAT' }) }],
  ])('%s is finished without a node', async (_title, segment, definition) => {
    const world = new DataWorld();
    world.collections.push(COLLECTION);
    world.segments.push(segment);
    const { indexes, indexBuilds } = await world.start();
    await indexes.create(command(definition));
    await quiet();
    expect(await storedBuilds(world)).toMatchObject([{ state: FINISHED, indexFileKeys: [] }]);
    expect(indexBuilds.residentCount).toBe(0);
  });

  it('that fails says why until its index is dropped', async () => {
    const { world, indexes, indexBuilds, nodes } = await aWorld(aSegment(900n));
    nodes.join(3n);
    await quiet();
    for (const { build } of nodes.jobs.values()) {
      nodes.end(build.id, { kind: 'failed', reason: 'bad data' });
    }
    await quiet();
    expect(indexes.only(all).progress).toMatchObject({
      state: 'Failed',
      failReason: '900: bad data;',
    });
    expect(await storedBuilds(world)).toMatchObject([{ state: FAILED, failReason: 'bad data' }]);
    await indexes.drop({ ...all, dropAll: true });
    await quiet();
    expect(indexBuilds.buildsOf(collectionId)).toEqual([]);
  });

  it('whose node goes is placed again at the next', async () => {
    const { world, nodes } = await aWorld(aSegment(900n));
    nodes.join(3n);
    await quiet();
    nodes.leave();
    await quiet();
    expect(await storedBuilds(world)).toMatchObject([
      { state: RETRY, failReason: 'the node is gone' },
    ]);
    nodes.join(4n);
    await world.clock.advance(1_000);
    await quiet();
    expect(await storedBuilds(world)).toMatchObject([
      { state: IN_PROGRESS, nodeID: 4n, indexVersion: 2n },
    ]);
  });

  it('goes on after a restart where it was', async () => {
    const { world, runtime, nodes } = await aWorld(aSegment(900n));
    nodes.join(3n);
    await quiet();
    const [before] = await storedBuilds(world);
    await runtime.stop();
    const { indexBuilds } = await world.start();
    await quiet();
    expect(indexBuilds.buildsOf(collectionId)).toMatchObject([{ state: 'InProgress' }]);
    for (const { build } of nodes.jobs.values()) {
      nodes.end(build.id, { kind: 'finished', fileKeys: ['a'], bytes: 1n });
    }
    await quiet();
    expect(await storedBuilds(world)).toMatchObject([
      { buildID: before?.buildID, state: FINISHED, indexVersion: 1n },
    ]);
  });

  it('is abandoned with its index: the node forgets the job', async () => {
    const { indexes, indexBuilds, nodes } = await aWorld(aSegment(900n));
    nodes.join(3n);
    await quiet();
    expect(nodes.jobs.size).toBe(1);
    await indexes.drop({ ...all, dropAll: true });
    await quiet();
    expect(nodes.jobs.size).toBe(0);
    expect(indexBuilds.residentCount).toBe(0);
  });

  it('whose segment is gone after a restart has no job any more, the others have', async () => {
    const { world, runtime, nodes } = await aWorld(aSegment(900n), aSegment(901n));
    nodes.join(3n);
    await quiet();
    expect(nodes.jobs.size).toBe(2);
    runtime.abandon();
    world.segments.shift();
    const { indexBuilds } = await world.start();
    await quiet();
    expect([...nodes.jobs.values()].map(({ build }) => build.segmentId)).toEqual([901n]);
    expect(indexBuilds.buildsOf(collectionId)).toMatchObject([{ segmentId: 901n }]);
  });
});

describe('an abandoned DataCoord', () => {
  it('leaves builds where they are', async () => {
    const { world, runtime, indexBuilds, nodes } = await aWorld(aSegment(900n));
    runtime.abandon();
    expect(world.clock.timerCount).toBe(0);
    nodes.join(3n);
    await world.clock.advance(60_000);
    expect(nodes.jobs.size).toBe(0);
    expect(indexBuilds.residentCount).toBe(0);
    expect(await storedBuilds(world)).toMatchObject([{ state: UNISSUED }]);
  });

  it('offers the store nothing again that it refused', async () => {
    const { world, runtime, indexBuilds } = await aWorld();
    world.segments.push(aSegment(900n));
    world.store.faults = { onCommit: () => ({ kind: 'refuse' }) };
    indexBuilds.coverSoon(collectionId);
    await quiet();
    runtime.abandon();
    expect(world.clock.timerCount).toBe(0);
  });

  it('refuses index DDL', async () => {
    const { runtime, indexes } = await aWorld();
    runtime.abandon();
    await expect(indexes.dropAll(collectionId)).rejects.toMatchObject({ code: 1 });
  });
});

describe('segments', () => {
  it('flushed later are covered when somebody says so, each once', async () => {
    const { world, indexBuilds } = await aWorld(aSegment(900n));
    world.segments.push(aSegment(901n));
    await Promise.all([indexBuilds.cover(collectionId), indexBuilds.cover(collectionId)]);
    await quiet();
    expect((await storedBuilds(world)).map(({ segmentID }) => segmentID)).toEqual([900n, 901n]);
  });

  it('are covered when the store is back', async () => {
    const { world, indexBuilds } = await aWorld();
    world.segments.push(aSegment(900n));
    world.store.faults = { onCommit: () => ({ kind: 'refuse' }) };
    indexBuilds.coverSoon(collectionId);
    await quiet();
    expect(await storedBuilds(world)).toEqual([]);
    world.store.faults = {};
    await world.clock.advance(1_000);
    await quiet();
    expect(await storedBuilds(world)).toHaveLength(1);
    expect(world.broken).toEqual([]);
  });
});

describe('the record of a dropped index', () => {
  const HOUR_MS = 3_600_000;
  const key = `by-dev/meta/field-index/${collectionId}`;
  const fieldIndexes = async (world: DataWorld) =>
    (await world.keys()).filter((own) => own.startsWith(key));

  it('stays while segments have builds of it, and goes when the last is gone', async () => {
    const { world, indexes } = await aWorld(aSegment(900n));
    await indexes.drop({ ...all, dropAll: true });
    expect(await fieldIndexes(world)).toHaveLength(1);
    await world.clock.advance(HOUR_MS);
    await quiet();
    expect(await fieldIndexes(world)).toHaveLength(1);
    for (const own of await world.keys()) if (own.startsWith(PREFIX)) await world.remove(own);
    await world.clock.advance(HOUR_MS);
    await quiet();
    expect(await fieldIndexes(world)).toEqual([]);
  });

  it('is not looked for once DataCoord has stopped', async () => {
    const { world, runtime } = await aWorld();
    await runtime.stop();
    expect(world.clock.timerCount).toBe(0);
  });
});

describe('an index that stays on disk', () => {
  const disk = command({ indexParams: pairs({ index_type: 'DISKANN', metric_type: 'L2' }) });

  it('needs a node that can build it; the same again does not', async () => {
    const world = new DataWorld();
    world.collections.push(COLLECTION);
    const { indexes } = await world.start();
    await expect(indexes.create(disk)).rejects.toMatchObject({
      code: 701,
      message: 'index type not supported[indexType=DISKANN]',
    });
    world.indexNodes.hasDisk = true;
    const record = await indexes.create(disk);
    world.indexNodes.hasDisk = false;
    expect(await indexes.create(disk)).toEqual(record);
  });
});
