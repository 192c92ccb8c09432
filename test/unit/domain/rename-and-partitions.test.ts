import { describe, expect, it } from 'vitest';
import type { DatabaseId } from '../../../src/domain/ids.js';
import {
  checkNotDefaultPartition,
  checkPartitionKeyMode,
} from '../../../src/domain/partition-rules.js';
import { renameCollection } from '../../../src/domain/rename-collection.js';
import { LATER } from '../../kit/alterations.js';
import { aRecord } from '../../kit/records.js';
import { refusalOf } from '../../kit/refusals.js';
import { aField, aSchema } from '../../kit/schemas.js';

describe('renaming a collection', () => {
  const record = aRecord();
  const here = { id: record.databaseId, name: 'default' };
  const there = { id: (2n ** 60n + 1n) as DatabaseId, name: 'library' };

  it('moves the name in record and schema, and the database with it', () => {
    expect(renameCollection(record, 'tomes', there, LATER)).toEqual({
      ...record,
      name: 'tomes',
      databaseId: there.id,
      schema: { ...record.schema, name: 'tomes', dbName: 'library' },
      updatedAt: LATER,
    });
  });

  it('is the same record under the same name in the same database', () => {
    expect(renameCollection(record, record.name, here, LATER)).toBe(record);
    expect(renameCollection(record, record.name, there, LATER).databaseId).toBe(there.id);
  });
});

describe('partitions', () => {
  it.each(['create', 'drop'] as const)('%s is refused with a partition key', (action) => {
    const keyed = aSchema([aField('tenant', { isPartitionKey: true })]);
    expect(refusalOf(() => checkPartitionKeyMode(keyed, action))).toEqual({
      code: 65535,
      text: `disable ${action} partition if partition key mode is used`,
    });
    expect(() => checkPartitionKeyMode(aSchema(), action)).not.toThrow();
  });

  it('the default one cannot be dropped', () => {
    expect(refusalOf(() => checkNotDefaultPartition('_default', '_default'))).toEqual({
      code: 65535,
      text: 'default partition cannot be deleted',
    });
    expect(() => checkNotDefaultPartition('p', '_default')).not.toThrow();
  });
});
