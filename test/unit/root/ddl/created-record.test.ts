import { describe, expect, it } from 'vitest';
import type { CollectionId } from '../../../../src/domain/ids.js';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import { CollectionInfo, PartitionInfo } from '../../../../src/gen/etcd_meta.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import type { CreateCollectionCommand } from '../../../../src/root/ddl/commands.js';
import type { PlanRules } from '../../../../src/root/ddl/plan.js';
import {
  idsForCreate,
  planCreateCollection,
} from '../../../../src/root/ddl/plans/create-collection.js';
import { collectionWrites, KEYS } from '../../../kit/catalog-store.js';
import {
  aCreate,
  aPartitionedCreate,
  aStamp,
  asCommit,
  catalogOf,
  parentOf,
  RULES,
  recordOf,
  writesOf,
} from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { aField, aSchema, pairs } from '../../../kit/schemas.js';

const plan = (
  catalog: Catalog,
  command: CreateCollectionCommand,
  rules: PlanRules = RULES,
  stamp = aStamp(),
) => planCreateCollection(catalog, command, rules, stamp);

describe('the planned record', () => {
  it('has its fields numbered from 100, the dynamic field with them, system fields last', () => {
    const schema = aSchema([aField('n')], { name: 'c', enableDynamicField: true });
    const { fields } = recordOf(plan(catalogOf(), aCreate('c', { schema }))).schema;
    expect(fields.map(({ fieldID, name }) => [fieldID, name])).toEqual([
      [100n, 'id'],
      [101n, 'vector'],
      [102n, 'n'],
      [103n, '$meta'],
      [0n, 'RowID'],
      [1n, 'Timestamp'],
    ]);
  });

  it('takes the first id of its block for itself and the following ones for its partitions', () => {
    const command = aPartitionedCreate('c', 3);
    expect(idsForCreate(command, RULES)).toBe(4);
    const record = recordOf(plan(catalogOf(), command, RULES, aStamp({ firstId: 2n ** 61n })));
    expect(record.id).toBe(2n ** 61n);
    expect(record.partitions.map(({ id, name, state }) => [id - record.id, name, state])).toEqual([
      [1n, '_default_0', 'Created'],
      [2n, '_default_1', 'Created'],
      [3n, '_default_2', 'Created'],
    ]);
  });

  it('has the one default partition without a partition key, whatever number was asked for', () => {
    const record = recordOf(plan(catalogOf(), aCreate('c', { numPartitions: 7n })));
    expect(record.partitions.map(({ name }) => name)).toEqual(['_default']);
  });

  it.each([
    [0n, 2],
    [1n, 2],
    [1_024n, 1_025],
    [1_025n, 1_025],
    [2n ** 62n, 1_025],
    [-(2n ** 62n), 2],
  ])('never asks for more ids than the most it may need: %s partitions', (numPartitions, ids) => {
    expect(idsForCreate(aCreate('c', { numPartitions }), RULES)).toBe(ids);
  });

  it('is Creating, with both times those of the task', () => {
    const record = recordOf(plan(catalogOf(), aCreate('c')));
    expect(record).toMatchObject({ state: 'Creating', createdAt: 5_000n, updatedAt: 5_000n });
    expect(record.partitions[0]?.createdAt).toBe(5_000n);
  });

  it.each([0, -1])('has one shard when %s are asked for', (shardsNum) => {
    const record = recordOf(plan(catalogOf(), aCreate('c', { shardsNum })));
    expect([record.shardsNum, record.virtualChannels.length]).toEqual([1, 1]);
  });

  it('takes its consistency level from the property when there is one', () => {
    const properties = pairs({ consistency_level: 'Eventually' });
    expect(recordOf(plan(catalogOf(), aCreate('c', { properties }))).consistencyLevel).toBe(3);
  });
});

describe('channels', () => {
  const on = (id: number, ...indexes: number[]): CollectionRecord =>
    aRecord({
      id: BigInt(id) as CollectionId,
      physicalChannels: indexes.map((i) => `by-dev-rootcoord-dml_${i}`),
      state: id % 2 === 0 ? 'Dropping' : 'Created',
    });
  const channelsOf = (catalog: Catalog, shardsNum: number) =>
    recordOf(plan(catalog, aCreate('c', { shardsNum }))).physicalChannels.map((name) =>
      Number(name.split('_').at(-1)),
    );

  it('are distinct, and the first ones of an empty pool', () => {
    expect(channelsOf(catalogOf(), 3)).toEqual([0, 1, 2]);
    expect(new Set(channelsOf(catalogOf(), 8)).size).toBe(8);
  });

  it('are the least referenced, the lower index first among equals', () => {
    const busy = [on(1_001, 0, 1), on(1_003, 0, 2), on(1_005, 3), on(1_007, 4, 5)];
    expect(channelsOf(catalogOf(busy), 4)).toEqual([6, 7, 1, 2]);
  });

  it('stay referenced by what is being dropped until its last key is gone', () => {
    expect(channelsOf(catalogOf([on(1_002, 0), on(1_004, 1)]), 2)).toEqual([2, 3]);
  });

  it('are named after shard and collection', () => {
    const record = recordOf(plan(catalogOf(), aCreate('c', { shardsNum: 2 })));
    expect(record.virtualChannels).toEqual([
      'by-dev-rootcoord-dml_0_400v0',
      'by-dev-rootcoord-dml_1_400v1',
    ]);
  });

  it('spread evenly when nothing is ever dropped', () => {
    const catalog = catalogOf();
    for (let i = 0; i < 40; i++) {
      const stamp = aStamp({ firstId: BigInt(10_000 + 10 * i) });
      const after = recordOf(plan(catalog, aCreate(`c${i}`, { shardsNum: 3 }), RULES, stamp));
      catalog.apply({ kind: 'collection', before: undefined, after });
    }
    const references = Array.from({ length: 8 }, (_, i) =>
      catalog.channelReferences(`by-dev-rootcoord-dml_${i}`),
    );
    expect(references).toEqual([15, 15, 15, 15, 15, 15, 15, 15]);
  });
});

describe('the planned writes', () => {
  const command = aPartitionedCreate('c', 3);
  const commit = asCommit(plan(catalogOf(), command));

  it('are exactly the keys of the record, the collection first', () => {
    const record = recordOf(commit);
    expect(writesOf(commit)).toEqual(collectionWrites(record));
    expect(commit.order).toBe('parentFirst');
    expect(commit.followUp).toEqual({ kind: 'summon', record, origin: 'ddl' });
  });

  it('stand under the keys of Milvus 2.2', () => {
    const record = recordOf(commit);
    expect(parentOf(commit).key).toBe('by-dev/meta/root-coord/database/collection-info/1/400');
    expect(commit.children.map(({ key }) => key)).toEqual([
      'by-dev/meta/root-coord/partitions/400/401',
      'by-dev/meta/root-coord/partitions/400/402',
      'by-dev/meta/root-coord/partitions/400/403',
      ...[100, 101, 102, 0, 1].map((id) => `by-dev/meta/root-coord/fields/400/${id}`),
    ]);
    expect(KEYS.collection(record.databaseId, record.id)).toBe(parentOf(commit).key);
  });

  it('hold what Milvus 2.2 reads', () => {
    const [partition] = commit.children;
    expect(stored(parentOf(commit), CollectionInfo)).toMatchObject({
      ID: 400n,
      dbId: 1n,
      createTime: 5_000n,
      state: 1,
      shardsNum: 1,
      partitionIDs: [],
      schema: { name: 'c', fields: [] },
    });
    expect(stored(partition, PartitionInfo)).toMatchObject({
      partitionID: 401n,
      partitionName: '_default_0',
      collectionId: 400n,
      partitionCreatedTimestamp: 5_000n,
      state: 0,
    });
  });

  it('are one change of history, born of nothing', () => {
    expect(commit.changes).toEqual([
      {
        kind: 'collection',
        operation: 'collection.creating',
        before: undefined,
        after: recordOf(commit),
        timestamp: 5_000n,
        taskId: 1n,
        actor: 'test',
      },
    ]);
  });
});

interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

function stored<T>(
  write: { kind: string; value?: Uint8Array } | undefined,
  { decode }: Decoder<T>,
) {
  if (!write?.value) throw new Error('expected a put');
  return decode(write.value);
}
