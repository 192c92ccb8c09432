import { describe, expect, it } from 'vitest';
import { DescribeCollectionResponse } from '../../../../src/gen/milvus.js';
import type { Asker } from '../../../../src/root/asker.js';
import type { RootCoord } from '../../../../src/root/root-coord.js';
import { aCreate, aDrop, RULES } from '../../../kit/ddl-fixtures.js';
import { aPartitionCreate, aPartitionDrop } from '../../../kit/partition-fixtures.js';
import { anAsker, bootRuntime } from '../../../kit/root-runtime.js';

const expecting = (expectedVersion: bigint): Asker => ({ actor: 'test', expectedVersion });

const versionOf = (root: RootCoord, collectionName: string): bigint => {
  const query = { databaseName: 'default', collectionName, collectionId: 0n, at: 0n };
  return DescribeCollectionResponse.decode(root.describeCollection(query, 'internal'))
    .updateTimestamp;
};

const on = { databaseName: 'default', collectionName: 'c' };

/** RootCoord with a collection `c`, which has a partition and an alias. */
async function aRoot() {
  const settings = { rules: { ...RULES, undropKeepMs: 60_000 } };
  const { root } = await bootRuntime({ settings });
  await root.createCollection(aCreate('c'), anAsker());
  await root.partitions.create(aPartitionCreate('p'), anAsker());
  await root.aliases.create({ ...on, alias: 'a' }, anAsker());
  return root;
}

type Ask = (root: RootCoord, asker: Asker) => Promise<unknown>;

const onCollection: readonly (readonly [string, Ask])[] = [
  ['dropCollection', (root, asker) => root.dropCollection(aDrop('c'), asker)],
  ['createPartition', (root, asker) => root.partitions.create(aPartitionCreate('q'), asker)],
  ['dropPartition', (root, asker) => root.partitions.drop(aPartitionDrop('p'), asker)],
  [
    'alterCollection by an alias',
    (root, asker) =>
      root.alterations.alter(
        { ...on, collectionName: 'a', properties: [{ key: 'owner', value: 'x' }], deleteKeys: [] },
        asker,
      ),
  ],
  [
    'renameCollection',
    (root, asker) =>
      root.alterations.rename({ ...on, newDatabaseName: 'default', newName: 'd' }, asker),
  ],
  ['truncateCollection', (root, asker) => root.alterations.truncate(on, asker)],
];

describe.each(onCollection)('%s that expects a version', (_name, ask) => {
  it('is refused when the collection has another, and done when it has that one', async () => {
    const root = await aRoot();
    const version = versionOf(root, 'c');
    await expect(ask(root, expecting(version - 1n))).rejects.toMatchObject({
      kind: 'RecordMovedOn',
      code: 65_535,
      legacyCode: 1_000,
      retriable: false,
      message: `record moved on[expected=${version - 1n}][actual=${version}]`,
    });
    expect(versionOf(root, 'c')).toBe(version);
    await ask(root, expecting(version));
  });
});

describe('a DDL that expects a version', () => {
  it('of 0 makes what is not there, once', async () => {
    const root = await aRoot();
    await root.createCollection(aCreate('d'), expecting(0n));
    const again = root.createCollection(aCreate('d'), expecting(0n));
    await expect(again).rejects.toMatchObject({ kind: 'RecordMovedOn' });
    await root.aliases.create({ ...on, alias: 'b' }, expecting(0n));
    const alias = root.aliases.alter({ ...on, alias: 'b' }, expecting(0n));
    await expect(alias).rejects.toMatchObject({ kind: 'RecordMovedOn' });
  });

  it('takes a drop back only if it is that drop', async () => {
    const root = await aRoot();
    await root.dropCollection(aDrop('c'), anAsker());
    const [drop] = await root.droppedObjects.list('default');
    const undrop = (version: bigint) =>
      root.undrop.collection({ ...on, collectionId: 0n, newName: '' }, expecting(version));
    const droppedAt = drop?.droppedAt ?? 0n;
    await expect(undrop(droppedAt - 1n)).rejects.toMatchObject({ kind: 'RecordMovedOn' });
    await undrop(droppedAt);
    expect(versionOf(root, 'c')).toBeGreaterThan(droppedAt);
  });

  it('is refused where there is no version', async () => {
    const root = await aRoot();
    const create = root.databases.create({ databaseName: 'shop', properties: [] }, expecting(0n));
    await expect(create).rejects.toMatchObject({
      code: 1100,
      message: 'a database has no version to expect: invalid parameter',
    });
  });

  it('of several that saw the same version comes through once', async () => {
    const root = await aRoot();
    const asker = expecting(versionOf(root, 'c'));
    const outcomes = await Promise.allSettled(
      ['x', 'y', 'z'].map((value) =>
        root.alterations.alter(
          { ...on, properties: [{ key: 'owner', value }], deleteKeys: [] },
          asker,
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
