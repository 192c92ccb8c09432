import { describe, expect, it } from 'vitest';
import type { CollectionId, PartitionId } from '../../../../src/domain/ids.js';
import type { LifecycleState, PartitionRecord } from '../../../../src/domain/records.js';
import { type Timestamp, timestamp } from '../../../../src/domain/timestamp.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import { History } from '../../../../src/root/catalog/history.js';
import {
  dueCollections,
  duePartitions,
  type KeepRules,
} from '../../../../src/root/lifecycle/due-drops.js';
import { catalogOf } from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';

const RULES: KeepRules = { undropKeepMs: 1_000, keptMax: 100, keptPartitionsMax: 100 };
const at = (ms: number): Timestamp => timestamp(ms, 0);

const aDrop = (id: number, droppedMs: number, state: LifecycleState = 'Dropping') =>
  aRecord({ id: BigInt(id) as CollectionId, state, updatedAt: at(droppedMs) });

describe('dropped collections', () => {
  // Read from a store: in order of ids.
  const catalog = catalogOf([
    aDrop(1, 300),
    aDrop(2, 100),
    aDrop(3, 200),
    aDrop(4, 50, 'Dropped'),
    aDrop(5, 50, 'Created'),
  ]);
  const due = (nowMs: number, rules: Partial<KeepRules> = {}) =>
    dueCollections(catalog, { ...RULES, ...rules }, nowMs).map(({ id }) => Number(id));

  it('are due once their time is over, in order of their drops', () => {
    expect([1_099, 1_100, 1_200, 1_300].map((nowMs) => due(nowMs))).toEqual([
      [],
      [2],
      [2, 3],
      [2, 3, 1],
    ]);
  });

  it('are due before it, the oldest first, when there are more than may be kept', () => {
    expect([3, 2, 1].map((keptMax) => due(0, { keptMax }))).toEqual([[], [2], [2, 3]]);
  });

  it('are counted once when both is so', () => {
    expect(due(1_200, { keptMax: 2 })).toEqual([2, 3]);
  });
});

describe('dropped partitions', () => {
  /** Partitions `[collection, partition, dropped at]`, in order of their drops. */
  function past(drops: readonly (readonly [number, number, number])[]): {
    catalog: Catalog;
    history: History;
  } {
    const partition = (id: number, state: LifecycleState): PartitionRecord => ({
      ...{ id: BigInt(id) as PartitionId, name: `p${id}`, createdAt: 5n as Timestamp },
      state,
    });
    const catalog = catalogOf(
      [10, 20].map((id) =>
        aRecord({
          id: BigInt(id) as CollectionId,
          name: `c${id}`,
          partitions: drops
            .filter(([owner]) => owner === id)
            .map(([, each]) => partition(each, 'Created')),
        }),
      ),
    );
    const history = new History(catalog);
    for (const [owner, id, droppedMs] of drops) {
      const change = {
        kind: 'partition' as const,
        collectionId: BigInt(owner) as CollectionId,
        databaseId: aRecord().databaseId,
        before: partition(id, 'Created'),
        after: partition(id, 'Dropping'),
      };
      const stamp = { timestamp: at(droppedMs), taskId: 1n as never, actor: 't', operation: 'o' };
      catalog.apply(change);
      history.record({ ...change, ...stamp });
    }
    return { catalog, history };
  }

  const DROPS = [
    [10, 11, 100],
    [20, 21, 200],
    [10, 12, 300],
    [10, 13, 400],
    [20, 22, 500],
  ] as const;
  const { catalog, history } = past(DROPS);
  const due = (nowMs: number, rules: Partial<KeepRules> = {}) =>
    duePartitions(catalog, history, { ...RULES, ...rules }, nowMs).map(({ partitionId }) =>
      Number(partitionId),
    );

  it('are due once their time is over, in order of their drops', () => {
    expect([1_099, 1_200, 1_400].map((nowMs) => due(nowMs))).toEqual([
      [],
      [11, 21],
      [11, 21, 12, 13],
    ]);
  });

  it('are due before it, the oldest first, when there are more than may be kept in all', () => {
    expect([5, 4, 2].map((keptMax) => due(0, { keptMax }))).toEqual([[], [11], [11, 21, 12]]);
  });

  it('are due before it, the oldest of their collection, when that has more than it may', () => {
    expect([3, 2, 1].map((keptPartitionsMax) => due(0, { keptPartitionsMax }))).toEqual([
      [],
      [11],
      [11, 21, 12],
    ]);
  });

  it('wait with their collection while that is dropped', () => {
    const { catalog: going, history: own } = past(DROPS);
    const before = going.collectionById(10n as CollectionId);
    if (!before) throw new Error('a collection');
    const after = { ...before, state: 'Dropping' as const };
    going.apply({ kind: 'collection', before, after });
    const left = duePartitions(going, own, RULES, 9_000).map(({ partitionId }) => partitionId);
    expect(left).toEqual([21n, 22n]);
  });
});
