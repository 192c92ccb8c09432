import { describe, expect, it } from 'vitest';
import type { LoadRecord } from '../../../../src/domain/loads/load-record.js';
import { type LoadGoal, planLoad } from '../../../../src/domain/loads/plan-load.js';
import { DEFAULT_RESOURCE_GROUP as GROUP } from '../../../../src/domain/loads/replica-config.js';
import { aLoad, partitionIds } from '../../../kit/load-fixtures.js';
import { refusalOf } from '../../../kit/refusals.js';

const goal = (differences: Partial<LoadGoal> = {}): LoadGoal => ({
  scope: 'collection',
  partitionIds: partitionIds(101n, 102n),
  replicas: { replicaNumber: 1, resourceGroups: [GROUP], isOwn: false },
  selection: { loadFields: [], skipLoadDynamicField: false },
  loadFields: [],
  ...differences,
});

const loadedWith = (scope: LoadRecord['scope'], ...ids: readonly bigint[]) =>
  aLoad({ scope, partitionIds: new Set(partitionIds(...ids)) });

describe('a load', () => {
  it('makes its replicas the first time', () => {
    const replicas = { replicaNumber: 2, resourceGroups: [GROUP], isOwn: true };
    const plan = planLoad(undefined, goal({ replicas }));
    expect(plan).toEqual({ kind: 'create', groups: [GROUP, GROUP] });
  });

  it.each([
    ['collection', 'collection', [101n, 102n]],
    ['partitions', 'collection', [101n, 102n]],
    ['partitions', 'collection', [101n]],
    ['partitions', 'partitions', [101n, 102n]],
  ] as const)('of %s, all loaded already as %s, has nothing to do', (scope, loadedAs, ids) => {
    const before = loadedWith(loadedAs, 101n, 102n);
    const plan = planLoad(before, goal({ scope, partitionIds: partitionIds(...ids) }));
    expect(plan).toEqual({ kind: 'nothing' });
  });

  it.each([
    ['partitions', 'partitions', 'partitions'],
    ['collection', 'partitions', 'collection'],
    ['partitions', 'collection', 'collection'],
    ['collection', 'collection', 'collection'],
  ] as const)('of %s adds what is missing to %s, which are then %s', (scope, loadedAs, after) => {
    const plan = planLoad(loadedWith(loadedAs, 101n), goal({ scope }));
    expect(plan).toEqual({
      kind: 'extend',
      added: [102n],
      after: loadedWith(after, 101n, 102n),
    });
  });

  it('of the whole takes over partitions that are all loaded one by one', () => {
    const plan = planLoad(loadedWith('partitions', 101n, 102n), goal());
    expect(plan).toEqual({
      kind: 'extend',
      added: [],
      after: loadedWith('collection', 101n, 102n),
    });
  });

  it('that says nothing of replicas leaves them as they are', () => {
    const replicas = { replicaNumber: 2, resourceGroups: [GROUP], isOwn: false };
    const before = loadedWith('collection', 101n, 102n);
    expect(planLoad(before, goal({ replicas }))).toEqual({ kind: 'nothing' });
  });

  it('of what is loaded otherwise is refused, even with nothing to add', () => {
    const replicas = { replicaNumber: 2, resourceGroups: [GROUP], isOwn: true };
    const before = loadedWith('collection', 101n, 102n);
    expect(refusalOf(() => planLoad(before, goal({ replicas }))).code).toBe(1100);
  });
});
