import { describe, expect, it } from 'vitest';
import {
  MAX_TIMESTAMP,
  physicalMsOf,
  type Timestamp,
  timestamp,
} from '../../../src/domain/timestamp.js';
import { DescribeCollectionResponse } from '../../../src/gen/milvus.js';
import type { DescribeView } from '../../../src/root/collection/describe-reply.js';
import type { RootCoord } from '../../../src/root/root-coord.js';
import { aCreate, aDrop, aPartitionedCreate } from '../../kit/ddl-fixtures.js';
import { refusalOf } from '../../kit/refusals.js';
import { anAsker, bootRuntime } from '../../kit/root-runtime.js';
import { aField, aSchema, pairs } from '../../kit/schemas.js';
import { visibleCollections } from '../../kit/visible-collections.js';

const MINUTE_MS = 60_000;

const byName = (name: string, at = 0n) => ({
  databaseName: 'default',
  collectionName: name,
  collectionId: 0n,
  at,
});
const byId = (id: bigint, at = 0n) => ({ ...byName('', at), collectionId: id });

const describeIn = (root: RootCoord, query: ReturnType<typeof byName>, view: DescribeView) =>
  DescribeCollectionResponse.decode(root.describeCollection(query, view));

const namesAt = (root: RootCoord, at: bigint) =>
  visibleCollections(root, 'default', at)
    .map(({ name }) => name)
    .sort();

/** RootCoord with a moment taken before, between and after `a` is created, dropped, created. */
async function aPast() {
  const booted = await bootRuntime();
  const { root } = booted;
  const now = async () => root.allocateTimestamps(1, 0n);
  const before = await now();
  await root.createCollection(aCreate('a'), anAsker());
  const first = describeIn(root, byName('a'), 'internal').collectionID;
  const during = await now();
  await root.dropCollection(aDrop('a'), anAsker());
  const between = await now();
  await root.createCollection(aCreate('a'), anAsker());
  const second = describeIn(root, byName('a'), 'internal').collectionID;
  const after = await now();
  return { ...booted, moments: { before, during, between, after }, first, second };
}

describe('reads', () => {
  it('by name answer for the moment they ask about', async () => {
    const { root, moments, first, second } = await aPast();
    const found = [moments.before, moments.during, moments.between, moments.after, 0n].map((at) =>
      root.hasCollection(byName('a', at))
        ? describeIn(root, byName('a', at), 'internal').collectionID
        : undefined,
    );
    expect(found).toEqual([undefined, first, undefined, second, second]);
    const listed = [moments.before, moments.during, moments.between, moments.after, 0n].map((at) =>
      namesAt(root, at),
    );
    expect(listed).toEqual([[], ['a'], [], ['a'], ['a']]);
  });

  it('by id find the collection as long as it lived, and the successor never', async () => {
    const { root, moments, first, second } = await aPast();
    const lived = (id: bigint) =>
      [moments.before, moments.during, moments.between, moments.after, 0n].map((at) =>
        root.hasCollection(byId(id, at)),
      );
    expect(lived(first)).toEqual([false, true, false, false, false]);
    expect(lived(second)).toEqual([false, false, false, true, true]);
  });

  it('of the past answer the same after a restart', async () => {
    const { root, moments, state, clock, runtime, first } = await aPast();
    const past = root.describeCollection(byName('a', moments.during), 'internal');
    runtime.abandon();
    const again = await bootRuntime({ state, clock });
    expect(again.root.describeCollection(byName('a', moments.during), 'internal')).toEqual(past);
    expect(again.root.hasCollection(byId(first, moments.between))).toBe(false);
    expect(namesAt(again.root, moments.before)).toEqual([]);
  });

  it('see a create at the very moment it is stamped with, and nothing a moment before', async () => {
    const { root, second } = await aPast();
    const { createdTimestamp } = describeIn(root, byId(second), 'internal');
    expect(root.hasCollection(byName('a', createdTimestamp))).toBe(true);
    expect(root.hasCollection(byName('a', createdTimestamp - 1n))).toBe(false);
  });

  it('mean the present when they say 0 or the largest timestamp, or look ahead', async () => {
    const { root, clock } = await aPast();
    const ahead = timestamp(clock.nowMs() + MINUTE_MS, 0);
    for (const at of [0n, MAX_TIMESTAMP, ahead]) {
      expect(root.hasCollection(byName('a', at))).toBe(true);
      expect(namesAt(root, at)).toEqual(['a']);
    }
  });
});

describe('what is not there', () => {
  it('is named in the refusal the way it was asked for', async () => {
    const { root } = await bootRuntime();
    expect(refusalOf(() => root.describeCollection(byName('x'), 'internal'))).toEqual({
      code: 100,
      text: 'collection not found[database=default][collection=x]',
    });
    expect(refusalOf(() => root.describeCollection(byId(7n), 'internal'))).toEqual({
      code: 100,
      text: 'collection not found[collection=7]',
    });
  });

  it('is false to those who only ask whether it is, be it the database', async () => {
    const { root } = await bootRuntime();
    const elsewhere = { ...byName('x'), databaseName: 'nowhere' };
    expect(root.hasCollection(elsewhere)).toBe(false);
    const expected = { code: 800, text: 'database not found[database=nowhere]' };
    expect(refusalOf(() => root.describeCollection(elsewhere, 'public'))).toEqual(expected);
    expect(refusalOf(() => visibleCollections(root, 'nowhere', 0n))).toEqual(expected);
  });
});

describe('the retention window', () => {
  const reads = (root: RootCoord, at: bigint) => [
    () => root.hasCollection(byName('a', at)),
    () => root.describeCollection(byName('a', at), 'public'),
    () => visibleCollections(root, 'default', at),
  ];

  it('ends in a clear refusal, to the timestamp', async () => {
    const { root, clock } = await bootRuntime({ settings: { historyRetentionMs: 5 * MINUTE_MS } });
    const horizon = timestamp(clock.nowMs() - 5 * MINUTE_MS, 0);
    expect(root.hasCollection(byName('a', horizon))).toBe(false);
    for (const read of reads(root, horizon - 1n)) {
      expect(refusalOf(read)).toEqual({
        code: 1100,
        text: `time travel to ${horizon - 1n} is not possible, history is kept since ${horizon}: invalid parameter`,
      });
    }
  });

  it('moves on with the clock', async () => {
    const settings = { historyRetentionMs: 2 * MINUTE_MS };
    const { root, clock } = await bootRuntime({ settings });
    const at = await root.allocateTimestamps(1, 0n);
    await clock.advance(MINUTE_MS);
    expect(root.hasCollection(byName('a', at))).toBe(false);
    await clock.advance(MINUTE_MS + 1);
    expect(refusalOf(() => root.hasCollection(byName('a', at))).code).toBe(1100);
  });

  it('does not grow over what was folded away: clock steps and longer retention change nothing', async () => {
    const settings = { historyRetentionMs: MINUTE_MS };
    const { root, clock, state, runtime } = await bootRuntime({ settings });
    await root.createCollection(aCreate('a'), anAsker());
    const at = await root.allocateTimestamps(1, 0n);
    await root.dropCollection(aDrop('a'), anAsker());
    await root.createCollection(aCreate('b'), anAsker());
    await clock.advance(3 * MINUTE_MS);
    clock.step(-3 * MINUTE_MS);
    for (const read of reads(root, at)) expect(refusalOf(read).code).toBe(1100);
    runtime.abandon();
    const again = await bootRuntime({
      state,
      clock,
      settings: { historyRetentionMs: 60 * MINUTE_MS },
    });
    for (const read of reads(again.root, at)) expect(refusalOf(read).code).toBe(1100);
  });

  it('keeps what never changed: an old collection is there at every moment that can be asked', async () => {
    const settings = { historyRetentionMs: MINUTE_MS };
    const { root, clock, state, runtime } = await bootRuntime({ settings });
    await root.createCollection(aCreate('old'), anAsker());
    await clock.advance(5 * MINUTE_MS);
    runtime.abandon();
    const again = await bootRuntime({ state, clock, settings });
    const horizon = timestamp(clock.nowMs() - MINUTE_MS, 0);
    expect(again.root.hasCollection(byName('old', horizon))).toBe(true);
  });
});

describe('a description', () => {
  const schema = aSchema([aField('key', { isPartitionKey: true })], {
    name: 'c',
    enableDynamicField: true,
    description: 'all of it',
  });
  const command = {
    ...aPartitionedCreate('c', 3),
    schema,
    shardsNum: 2,
    properties: pairs({ 'collection.ttl.seconds': 60 }),
  };

  it('says everything about the collection', async () => {
    const { root } = await bootRuntime();
    await root.createCollection(command, anAsker());
    const reply = describeIn(root, byName('c'), 'internal');
    const { collectionID, createdTimestamp } = reply;
    expect(reply).toMatchObject({
      status: { errorCode: 0, code: 0 },
      collectionName: 'c',
      dbName: 'default',
      dbId: 1n,
      shardsNum: 2,
      numPartitions: 3n,
      consistencyLevel: 2,
      virtualChannelNames: [0, 1].map((i) => `by-dev-rootcoord-dml_${i}_${collectionID}v${i}`),
      physicalChannelNames: ['by-dev-rootcoord-dml_0', 'by-dev-rootcoord-dml_1'],
      createdUtcTimestamp: BigInt(physicalMsOf(createdTimestamp as Timestamp)),
      updateTimestamp: createdTimestamp,
      aliases: [],
    });
    expect(reply.properties).toMatchObject([{ key: 'collection.ttl.seconds', value: '60' }]);
    expect(reply.schema).toMatchObject({ name: 'c', description: 'all of it' });
  });

  it('shows coordinators every field, and clients only their own', async () => {
    const { root } = await bootRuntime();
    await root.createCollection(command, anAsker());
    const namesIn = (view: DescribeView) =>
      describeIn(root, byName('c'), view).schema?.fields.map(({ name }) => name);
    expect(namesIn('internal')).toEqual(['id', 'vector', 'key', '$meta', 'RowID', 'Timestamp']);
    expect(namesIn('public')).toEqual(['id', 'vector', 'key']);
    expect(describeIn(root, byName('c'), 'public').schema?.enableDynamicField).toBe(true);
  });

  it('is encoded once, and is the same bytes until the collection is another', async () => {
    const { root } = await bootRuntime();
    await root.createCollection(command, anAsker());
    const bytes = (view: DescribeView) => root.describeCollection(byName('c'), view);
    const { collectionID } = describeIn(root, byName('c'), 'internal');
    for (const view of ['internal', 'public'] as const) {
      const first = bytes(view);
      expect(bytes(view)).toBe(first);
      expect(root.describeCollection(byId(collectionID), view)).toBe(first);
    }
    const stale = bytes('public');
    await root.createCollection(aCreate('other'), anAsker());
    expect(bytes('public')).toBe(stale);
    await root.dropCollection(aDrop('c'), anAsker());
    await root.createCollection(command, anAsker());
    expect(bytes('public')).not.toEqual(stale);
  });

  it('of the past is what it was when it was the present, and made once while it is looked at', async () => {
    const { root } = await bootRuntime();
    await root.createCollection(command, anAsker());
    const at = await root.allocateTimestamps(1, 0n);
    const present = root.describeCollection(byName('c'), 'public');
    expect(root.describeCollection(byName('c', at), 'public')).toBe(present);
    await root.dropCollection(aDrop('c'), anAsker());
    const past = root.describeCollection(byName('c', at), 'public');
    expect(past).toEqual(present);
    expect(root.describeCollection(byName('c', at), 'public')).toBe(past);
  });
});

describe('allocation', () => {
  it('hands out blocks that never meet, across a restart', async () => {
    const { root, state, clock, runtime } = await bootRuntime();
    const blocks: bigint[] = [];
    for (let i = 0; i < 5; i++) blocks.push(await root.allocateIds(1_000));
    runtime.abandon();
    const again = await bootRuntime({ state, clock });
    for (let i = 0; i < 5; i++) blocks.push(await again.root.allocateIds(1_000));
    for (const [i, first] of blocks.entries()) {
      if (i > 0) expect(first - (blocks[i - 1] ?? 0n)).toBeGreaterThanOrEqual(1_000n);
    }
  });

  it('waits for a block timestamp by a timer, and answers with a larger one', async () => {
    const { root, clock } = await bootRuntime();
    const block = timestamp(clock.nowMs() + 500, 7);
    let answer: bigint | undefined;
    void Promise.resolve(root.allocateTimestamps(3, block)).then((ts) => {
      answer = ts;
    });
    await clock.advance(400);
    expect(answer).toBeUndefined();
    await clock.advance(300);
    expect(answer).toBeGreaterThan(block);
  });
});
