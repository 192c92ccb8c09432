import { describe, expect, it } from 'vitest';
import type { PropertyChange } from '../../../../src/domain/property-changes.js';
import type { LoadView } from '../../../../src/ports/peers.js';
import type { AlterationCommand } from '../../../../src/root/ddl/alteration-commands.js';
import type { PlanRules } from '../../../../src/root/ddl/plan.js';
import { planAlteration } from '../../../../src/root/ddl/plans/alter-collection.js';
import { planDropPartition } from '../../../../src/root/ddl/plans/partitions.js';
import { aStamp, catalogOf, RULES } from '../../../kit/ddl-fixtures.js';
import {
  aCollectionWith,
  aPartition,
  aPartitionDrop,
  COLLECTION_ID,
} from '../../../kit/partition-fixtures.js';
import { refusalOf } from '../../../kit/refusals.js';
import { pairs } from '../../../kit/schemas.js';

const LOADED_PARTITION = 900n;
const loads: LoadView = {
  isCollectionLoaded: (id) => id === COLLECTION_ID,
  isPartitionLoaded: (id, partition) => id === COLLECTION_ID && partition === LOADED_PARTITION,
};
const whileLoaded: PlanRules = { ...RULES, loads };

const catalog = catalogOf([
  aCollectionWith(
    [aPartition('p', 'Created', LOADED_PARTITION), aPartition('q', 'Created', 901n)],
    { properties: pairs({ 'mmap.enabled': 'true', 'lazyload.enabled': 'true' }) },
  ),
]);

const subject = { databaseName: 'default', collectionName: 'c' };
const nothing: PropertyChange = { properties: [], deleteKeys: [] };

const altering = (change: Partial<PropertyChange>): AlterationCommand => ({
  kind: 'alterCollection',
  ...subject,
  ...nothing,
  ...change,
});
const alteringField = (properties: Readonly<Record<string, string>>): AlterationCommand => ({
  kind: 'alterCollectionField',
  ...subject,
  ...nothing,
  fieldName: 'vector',
  properties: pairs(properties),
});

const ALTER = 'can not alter mmap properties if collection loaded';
const DELETE = 'can not delete mmap properties if collection loaded';

describe('a loaded collection', () => {
  it.each([
    [altering({ properties: pairs({ 'mmap.enabled': 'false' }) }), ALTER],
    [altering({ properties: pairs({ 'lazyload.enabled': 'false' }) }), ALTER],
    [altering({ properties: pairs({ a: 'b', 'mmap.enabled': 'true' }) }), ALTER],
    [altering({ deleteKeys: ['mmap.enabled'] }), DELETE],
    [altering({ deleteKeys: ['a', 'lazyload.enabled'] }), DELETE],
    [alteringField({ 'mmap.enabled': 'true' }), ALTER],
    [alteringField({ mmap_enabled: 'true' }), ALTER],
  ])('refuses %j', (command, context) => {
    expect(refusalOf(() => planAlteration(catalog, command, whileLoaded, aStamp()))).toEqual({
      code: 104,
      text: `${context}: collection already loaded[collection=c]`,
    });
    expect(() => planAlteration(catalog, command, RULES, aStamp())).not.toThrow();
  });

  it('takes every other alteration', () => {
    const command = altering({ properties: pairs({ 'collection.ttl.seconds': '60' }) });
    expect(planAlteration(catalog, command, whileLoaded, aStamp()).kind).toBe('commit');
  });

  it('keeps the partitions that are loaded, and lets the others go', () => {
    const drop = (name: string, rules: PlanRules) =>
      planDropPartition(catalog, aPartitionDrop(name), rules, aStamp());
    expect(refusalOf(() => drop('p', whileLoaded))).toEqual({
      code: 65535,
      text: 'partition cannot be dropped, partition is loaded, please release it first',
    });
    expect(drop('q', whileLoaded).kind).toBe('commit');
    expect(drop('p', RULES).kind).toBe('commit');
  });
});
