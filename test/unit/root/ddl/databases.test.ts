import { describe, expect, it } from 'vitest';
import { DELETE_PROTECTION_KEY } from '../../../../src/domain/delete-protection.js';
import type { CollectionId, DatabaseId } from '../../../../src/domain/ids.js';
import type { DatabaseRecord } from '../../../../src/domain/records.js';
import { timestamp } from '../../../../src/domain/timestamp.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import { decodeDatabase } from '../../../../src/root/catalog/database.codec.js';
import { orderKeysOf } from '../../../../src/root/ddl/commands.js';
import type { DatabaseCommand } from '../../../../src/root/ddl/database-commands.js';
import { planDatabase } from '../../../../src/root/ddl/plans/databases.js';
import { aDatabase, KEYS } from '../../../kit/catalog-store.js';
import {
  aStamp,
  asCommit,
  catalogOf,
  parentOf,
  RULES,
  withLimits,
} from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { refusalOf } from '../../../kit/refusals.js';
import { pairs } from '../../../kit/schemas.js';

const ID = 7n as DatabaseId;
const library = aDatabase({ id: ID, name: 'library', properties: pairs({ owner: 'me' }) });
const NOTHING = { kind: 'nothing' };

/** The default database, `library` and one collection of it in this state, if any. */
function catalogWith(state?: 'Creating' | 'Created' | 'Dropping', database = library): Catalog {
  const catalog = catalogOf();
  catalog.apply({ kind: 'database', before: undefined, after: database });
  const after = state && aRecord({ id: 100n as CollectionId, databaseId: ID, name: 'c', state });
  if (after) catalog.apply({ kind: 'collection', before: undefined, after });
  return catalog;
}

const create = (name: string, properties: Record<string, string> = {}): DatabaseCommand => ({
  kind: 'createDatabase',
  databaseName: name,
  properties: pairs(properties),
});
const drop = (databaseName: string): DatabaseCommand => ({ kind: 'dropDatabase', databaseName });
const alter = (
  databaseName: string,
  properties: Record<string, string>,
  deleteKeys: string[] = [],
): DatabaseCommand => ({
  kind: 'alterDatabase',
  databaseName,
  properties: pairs(properties),
  deleteKeys,
});

const planned = (command: DatabaseCommand, catalog = catalogWith(), rules = RULES) =>
  planDatabase(catalog, command, rules, aStamp());

describe('a database that is created', () => {
  it('is stamped in nanoseconds with the task’s own time and settles with its key', () => {
    const stamp = aStamp({ timestamp: timestamp(1_700_000_000_123, 9), firstId: 42n });
    const command = create('shop', { 'database.max.collections': '3' });
    const plan = asCommit(planDatabase(catalogWith(), command, RULES, stamp));
    const record: DatabaseRecord = {
      id: 42n as DatabaseId,
      name: 'shop',
      createdUnixNs: 1_700_000_000_123_000_000n,
      properties: pairs({ 'database.max.collections': '3' }),
    };
    expect(plan.changes).toEqual([
      {
        kind: 'database',
        operation: 'database.created',
        before: undefined,
        after: record,
        timestamp: stamp.timestamp,
        taskId: 1n,
        actor: 'test',
      },
    ]);
    const write = parentOf(plan);
    expect(write.key).toBe(KEYS.database(record.id));
    expect(write.kind === 'put' && decodeDatabase(write.value)).toMatchObject(record);
    expect(plan.followUp).toEqual({ kind: 'settle', record: undefined });
  });

  it.each([
    ['its name is taken', create('library'), RULES, 65535, 'database already exist: library'],
    [
      'there are as many as there may be, the default one among them',
      create('shop'),
      withLimits({ maxDatabaseNum: 2 }),
      801,
      'exceeded the limit number of database[limit=2]',
    ],
    [
      'a property cannot mean what it says',
      create('shop', { 'database.max.collections': 'many' }),
      RULES,
      1100,
      'invalid database property: [key=database.max.collections] [value=many]: invalid parameter',
    ],
  ])('is refused when %s', (_, command, rules, code, text) => {
    expect(refusalOf(() => planned(command, catalogWith(), rules))).toMatchObject({
      code,
      text,
    });
  });
});

describe('a database that is dropped', () => {
  it.each([undefined, 'Dropping' as const])('goes when its collection is %s', (state) => {
    const plan = asCommit(planned(drop('library'), catalogWith(state)));
    expect(plan.changes).toMatchObject([
      { kind: 'database', operation: 'database.dropped', before: library, after: undefined },
    ]);
    expect(plan.writes).toEqual([{ kind: 'remove', key: KEYS.database(ID) }]);
    expect(plan.followUp).toEqual({ kind: 'expireDatabase', databaseName: 'library' });
  });

  it.each(['Creating' as const, 'Created' as const])('stays when its collection is %s', (state) => {
    expect(refusalOf(() => planned(drop('library'), catalogWith(state)))).toMatchObject({
      code: 65535,
      text: 'database:library not empty, must drop all collections before drop database',
    });
  });

  it('may be missing', () => {
    expect(planned(drop('nowhere'))).toEqual(NOTHING);
  });

  it('is never the default one', () => {
    expect(refusalOf(() => planned(drop('default'))).text).toBe('can not drop default database');
  });

  it('is told to be protected before it is told to be in use', () => {
    const guarded = { ...library, properties: pairs({ [DELETE_PROTECTION_KEY]: 'true' }) };
    expect(
      refusalOf(() => planned(drop('library'), catalogWith('Created', guarded))).text,
    ).toContain('deletion of database[library] is refused');
  });
});

describe('a database that is altered', () => {
  it('keeps everything but its properties, and proxies forget it', () => {
    const plan = asCommit(planned(alter('library', { 'database.max.collections': '1' })));
    const after = {
      ...library,
      properties: pairs({ owner: 'me', 'database.max.collections': '1' }),
    };
    expect(plan.changes).toMatchObject([
      { kind: 'database', operation: 'database.altered', before: library, after },
    ]);
    expect(plan.followUp).toEqual({ kind: 'expireDatabase', databaseName: 'library' });
  });

  it.each([
    ['a value it has', alter('library', { owner: 'me' })],
    ['a key it does not have', alter('library', {}, ['color'])],
  ])('is left alone for %s', (_, command) => {
    expect(planned(command)).toEqual(NOTHING);
  });

  it.each([
    ['', 'alter database failed, database name does not exists'],
    ['nowhere', 'database not found[database=nowhere]'],
  ])('must be there: "%s"', (name, message) => {
    expect(refusalOf(() => planned(alter(name, { a: 'b' }))).text).toBe(message);
  });
});

it('commands about one database wait for each other, and for no other', () => {
  const catalog = catalogWith();
  for (const command of [create('a'), drop('a'), alter('a', {})]) {
    expect(orderKeysOf(catalog, command)).toEqual(['database:a']);
  }
});
