import { describe, expect, it } from 'vitest';
import type { ReplicaId } from '../../../../src/domain/ids.js';
import {
  checkReplicasUnchanged,
  DEFAULT_RESOURCE_GROUP as GROUP,
  replicaConfigOf,
  spawnedGroups,
} from '../../../../src/domain/loads/replica-config.js';
import { aLoad } from '../../../kit/load-fixtures.js';
import { refusalOf } from '../../../kit/refusals.js';
import { pairs } from '../../../kit/schemas.js';

const NOTHING = { replicaNumber: 0, resourceGroups: [] };
const DEFAULT = { replicaNumber: 1, resourceGroups: [GROUP] };

describe('how many replicas a load makes', () => {
  it.each([
    ['nothing is said anywhere', NOTHING, {}, {}, { ...DEFAULT, isOwn: false }],
    ['a negative number', { ...NOTHING, replicaNumber: -3 }, {}, {}, { ...DEFAULT, isOwn: false }],
    [
      'the request says a number',
      { ...NOTHING, replicaNumber: 2 },
      { 'collection.replica.number': 5, 'collection.resource_groups': 'a' },
      {},
      { ...DEFAULT, replicaNumber: 2, isOwn: true },
    ],
    [
      'the request says groups',
      { replicaNumber: 0, resourceGroups: ['b'] },
      { 'collection.replica.number': 5 },
      {},
      { replicaNumber: 1, resourceGroups: ['b'], isOwn: true },
    ],
    [
      'the collection says both',
      NOTHING,
      { 'collection.replica.number': 2, 'collection.resource_groups': ' a, b ,' },
      { 'database.replica.number': 7, 'database.resource_groups': 'z' },
      { replicaNumber: 2, resourceGroups: ['a', 'b'], isOwn: false },
    ],
    [
      'the database says what the collection leaves open',
      NOTHING,
      { 'collection.replica.number': 0 },
      { 'database.replica.number': 3, 'database.resource_groups': 'z' },
      { replicaNumber: 3, resourceGroups: ['z'], isOwn: false },
    ],
    [
      'a text that is no number',
      NOTHING,
      {},
      { 'database.replica.number': 'many' },
      { ...DEFAULT, isOwn: false },
    ],
  ])('%s', (_, asked, collection, database, expected) => {
    expect(replicaConfigOf(asked, pairs(collection), pairs(database))).toEqual(expected);
  });
});

describe('the group of each replica', () => {
  const spawn = (replicaNumber: number, resourceGroups: readonly string[]) =>
    spawnedGroups({ replicaNumber, resourceGroups, isOwn: true });

  it('is the one there is, named once or for each', () => {
    expect(spawn(3, [GROUP])).toEqual([GROUP, GROUP, GROUP]);
    expect(spawn(2, [GROUP, GROUP])).toEqual([GROUP, GROUP]);
    expect(spawn(64, [GROUP])).toHaveLength(64);
  });

  it.each([
    ['two groups for three replicas', 3, [GROUP, GROUP], 65535],
    ['the number of groups is judged before they are looked for', 3, ['a', 'b'], 65535],
    ['a group that is not there', 1, ['a'], 300],
    ['one of two is not there', 2, [GROUP, 'a'], 300],
    ['more than are kept', 65, [GROUP], 304],
  ])('%s is refused', (_, replicaNumber, groups, code) => {
    expect(refusalOf(() => spawn(replicaNumber, groups)).code).toBe(code);
  });
});

describe('replicas of what is loaded', () => {
  const two = aLoad({
    replicas: [
      { id: 1n as ReplicaId, resourceGroup: GROUP },
      { id: 2n as ReplicaId, resourceGroup: GROUP },
    ],
  });
  const check = (replicaNumber: number, resourceGroups: readonly string[]) =>
    checkReplicasUnchanged(two, { replicaNumber, resourceGroups, isOwn: true });

  it('may be asked for again, in the same groups however often they are named', () => {
    expect(() => check(2, [GROUP])).not.toThrow();
    expect(() => check(2, [GROUP, GROUP])).not.toThrow();
  });

  it.each([
    [1, [GROUP]],
    [3, [GROUP]],
    [2, ['a']],
    [2, [GROUP, 'a']],
  ])('%i in %j are refused', (replicaNumber, groups) => {
    expect(refusalOf(() => check(replicaNumber, groups)).code).toBe(1100);
  });
});
