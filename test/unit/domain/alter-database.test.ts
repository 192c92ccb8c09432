import { describe, expect, it } from 'vitest';
import { alterDatabaseProperties } from '../../../src/domain/alter-database.js';
import { checkDeletable, isDeleteProtected } from '../../../src/domain/delete-protection.js';
import { DEFAULT_DATABASE_ID } from '../../../src/domain/ids.js';
import type { DatabaseRecord } from '../../../src/domain/records.js';
import { refusalOf } from '../../kit/refusals.js';
import { pairs } from '../../kit/schemas.js';

const database: DatabaseRecord = {
  id: DEFAULT_DATABASE_ID,
  name: 'default',
  createdUnixNs: 2n ** 60n + 1n,
  properties: pairs({ kept: 'yes' }),
};

const alter = (values: Readonly<Record<string, string>>) =>
  alterDatabaseProperties(database, { properties: pairs(values), deleteKeys: [] });

describe('altering a database', () => {
  it('merges properties and keeps the rest', () => {
    expect(alter({ 'database.max.collections': '7', 'made.up': 'x' })).toEqual({
      ...database,
      properties: pairs({ kept: 'yes', 'database.max.collections': 7, 'made.up': 'x' }),
    });
  });

  it('is the same record when nothing changes', () => {
    expect(alter({ kept: 'yes' })).toBe(database);
    expect(alterDatabaseProperties(database, { properties: [], deleteKeys: ['no'] })).toBe(
      database,
    );
  });

  it.each([
    ['database.max.collections', '-1'],
    ['database.max.collections', 'many'],
    ['database.replica.number', '1.5'],
    ['database.diskQuota.mb', '10 MB'],
    ['database.force.deny.writing', 'on'],
    ['database.force.deny.collectionDDL', ''],
  ])('refuses %s=%s', (key, value) => {
    expect(refusalOf(() => alter({ [key]: value }))).toEqual({
      code: 1100,
      text: `invalid database property: [key=${key}] [value=${value}]: invalid parameter`,
    });
  });

  it.each([
    ['database.max.collections', '0'],
    ['database.diskQuota.mb', '10.5'],
    ['database.diskQuota.mb', '-1'],
    ['database.force.deny.reading', 'True'],
    ['database.resource_groups', 'rg1,rg2'],
  ])('takes %s=%s', (key, value) => {
    expect(alter({ [key]: value }).properties).toContainEqual({ key, value });
  });

  it('refuses a protection that is neither true nor false', () => {
    expect(refusalOf(() => alter({ 'rootstock.deleteProtection.enabled': 'yes' })).code).toBe(1100);
  });
});

describe('delete protection', () => {
  const key = 'rootstock.deleteProtection.enabled';

  it.each([
    ['true', true],
    ['True', true],
    ['false', false],
    ['1', false],
  ])('%s protects: %s', (value, isProtected) => {
    expect(isDeleteProtected(pairs({ [key]: value }))).toBe(isProtected);
  });

  it('refuses the drop and says how to lift it', () => {
    const owner = { name: 'books', properties: pairs({ [key]: 'true' }) };
    expect(refusalOf(() => checkDeletable('collection', owner))).toEqual({
      code: 65535,
      text: 'deletion of collection[books] is refused: rootstock.deleteProtection.enabled is set; set it to false or delete the key first',
    });
    expect(() => checkDeletable('database', { ...owner, properties: [] })).not.toThrow();
  });
});
