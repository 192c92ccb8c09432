import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId } from '../../../../src/domain/ids.js';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import { DataType } from '../../../../src/gen/schema.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import type { CreateCollectionCommand } from '../../../../src/root/ddl/commands.js';
import type { PlanRules } from '../../../../src/root/ddl/plan.js';
import { planCreateCollection } from '../../../../src/root/ddl/plans/create-collection.js';
import { aDatabase } from '../../../kit/catalog-store.js';
import {
  aCreate,
  aPartitionedCreate,
  aStamp,
  catalogOf,
  RULES,
  recordOf,
  withLimits,
} from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { refusalOf } from '../../../kit/refusals.js';
import { aField, aPrimaryKey, aSchema, pairs } from '../../../kit/schemas.js';

const plan = (
  catalog: Catalog,
  command: CreateCollectionCommand,
  rules: PlanRules = RULES,
  stamp = aStamp(),
) => planCreateCollection(catalog, command, rules, stamp);

const refused = (catalog: Catalog, command: CreateCollectionCommand, rules?: PlanRules) =>
  refusalOf(() => plan(catalog, command, rules));

const neighbours = (count: number): CollectionRecord[] =>
  Array.from({ length: count }, (_, i) => aRecord({ id: BigInt(1_000 + 10 * i) as CollectionId }));

const schemaWith = (...fields: Parameters<typeof aField>[]) =>
  aSchema(
    fields.map((field) => aField(...field)),
    { name: 'c' },
  );

const withKey = schemaWith(['key', { isPartitionKey: true }]);

describe('preconditions of a create, in the order of facts/rootcoord §5.1', () => {
  /** Everything is wrong with it; each step mends the first thing that is. */
  const steps: [text: string, code: number, mend: Partial<CreateCollectionCommand>][] = [
    ['database not found[database=nowhere]', 800, { databaseName: 'default' }],
    ['shard num (9) exceeds max configuration (8)', 65535, { shardsNum: 8 }],
    ['shard num (8) exceeds system limit (4)', 65535, { shardsNum: 4 }],
    [
      "collection name = c, schema.Name=d: invalid parameter[expected=collection name matches schema name][actual=don't match]",
      1100,
      {
        schema: schemaWith(
          ['null', { dataType: DataType.FloatVector, nullable: true }],
          ['RowID'],
          ['odd', { dataType: 77 as DataType }],
          ['key', { isPartitionKey: true }],
        ),
      },
    ],
    [
      'vector type not support null, type:FloatVector, name:null: invalid parameter',
      1100,
      {
        schema: schemaWith(
          ['tiny', { dataType: DataType.Int8, defaultValue: { intData: 128 } }],
          ['RowID'],
          ['odd', { dataType: 77 as DataType }],
          ['key', { isPartitionKey: true }],
        ),
      },
    ],
    [
      'default value out of range: invalid parameter[128 out of range -128 <= value <= 127]',
      1100,
      {
        schema: schemaWith(
          ['RowID'],
          ['odd', { dataType: 77 as DataType }],
          ['key', { isPartitionKey: true }],
        ),
      },
    ],
    [
      "schema contains system field: RowID, Timestamp, $meta: invalid parameter[expected=schema don't contains system field][actual=contains]",
      1100,
      {
        schema: schemaWith(
          ['odd', { dataType: 77 as DataType }],
          ['key', { isPartitionKey: true }],
        ),
      },
    ],
    [
      'field odd: invalid parameter[expected=valid field][actual=field data type: 77 is not supported]',
      1100,
      { schema: withKey },
    ],
    [
      'the specified partitions should be greater than 0 if partition key is used',
      65535,
      { numPartitions: 33n },
    ],
    [
      'partition number (33) exceeds max configuration (32): invalid parameter',
      1100,
      { numPartitions: 32n },
    ],
  ];

  it('are checked one after the other, each with its code and text', () => {
    const rules = withLimits({ maxShardNum: 4, maxPartitionNum: 32 });
    let command = aCreate('c', {
      databaseName: 'nowhere',
      schema: aSchema([], { name: 'd' }),
      shardsNum: 9,
      numPartitions: 0n,
    });
    for (const [text, code, mend] of steps) {
      expect(refused(catalogOf(), command, rules)).toEqual({ code, text });
      command = { ...command, ...mend };
    }
    expect(plan(catalogOf(), command, rules).kind).toBe('commit');
  });

  it('put the counts after the shards and before the schema', () => {
    const catalog = catalogOf(neighbours(3));
    const bad = aCreate('c', { schema: aSchema([], { name: 'd' }) });
    const limits = { maxCollectionNumPerDatabase: 3, maxCollectionNum: 3, maxGeneralCapacity: 3 };
    const rules = withLimits(limits);
    expect(refused(catalog, { ...bad, shardsNum: 9 }, rules).text).toMatch(/^shard num/);
    expect(refused(catalog, bad, rules)).toEqual({
      code: 102,
      text: 'exceeded the limit number of collections[dbName=default][limit=3]',
    });
    const perDatabase = withLimits({ ...limits, maxCollectionNumPerDatabase: 4 });
    expect(refused(catalog, bad, perDatabase)).toEqual({
      code: 102,
      text: 'exceeded the limit number of collections[dbName=default][limit=3]',
    });
    const total = withLimits({ maxGeneralCapacity: 3 });
    expect(refused(catalog, bad, total)).toEqual({
      code: 250,
      text: 'general capacity exceeded[current=4][limit=3]',
    });
    expect(refused(catalog, bad).text).toMatch(/^collection name = c/);
  });

  it('let a property of the database replace the limit per database', () => {
    const database = aDatabase({ properties: pairs({ 'database.max.collections': 2 }) });
    expect(refused(catalogOf(neighbours(2), database), aCreate('c'))).toEqual({
      code: 102,
      text: 'exceeded the limit number of collections[dbName=default][limit=2]',
    });
    expect(plan(catalogOf(neighbours(1), database), aCreate('c')).kind).toBe('commit');
    const nonsense = aDatabase({ properties: pairs({ 'database.max.collections': 'many' }) });
    expect(plan(catalogOf(neighbours(2), nonsense), aCreate('c')).kind).toBe('commit');
  });

  it('count what is being created, but not what is being dropped', () => {
    const rules = withLimits({ maxCollectionNum: 1 });
    const creating = aRecord({ state: 'Creating' });
    const dropping = aRecord({ state: 'Dropping' });
    expect(refused(catalogOf([creating]), aCreate('c'), rules).code).toBe(102);
    expect(plan(catalogOf([dropping]), aCreate('c'), rules).kind).toBe('commit');
  });

  it('count partitions times shards as capacity, up to the last place', () => {
    const command = { ...aPartitionedCreate('c', 10), shardsNum: 3 };
    expect(plan(catalogOf(), command, withLimits({ maxGeneralCapacity: 30 })).kind).toBe('commit');
    expect(refused(catalogOf(), command, withLimits({ maxGeneralCapacity: 29 }))).toEqual({
      code: 250,
      text: 'general capacity exceeded[current=30][limit=29]',
    });
  });

  it.each([
    ['a default on the primary key', aPrimaryKey({ defaultValue: { longData: 1n } })],
    ['null on the primary key', aPrimaryKey({ nullable: true })],
    ['a default of another type', aField('f', { defaultValue: { stringData: 'x' } })],
    [
      'a default on JSON',
      aField('f', { dataType: DataType.JSON, defaultValue: { boolData: true } }),
    ],
    ['one param twice', aField('f', { typeParams: [...pairs({ a: 1 }), ...pairs({ a: 2 })] })],
    ['the name of the dynamic field', aField('$meta')],
    ['the name Timestamp', aField('Timestamp')],
  ])('refuse with code 1100: %s', (_title, field) => {
    const schema = aSchema([], { name: 'c', fields: [field] });
    expect(refused(catalogOf(), aCreate('c', { schema })).code).toBe(1100);
  });
});

describe('a repeated create', () => {
  const first = (command: CreateCollectionCommand): CollectionRecord => ({
    ...recordOf(plan(catalogOf(), command)),
    state: 'Created',
  });
  const full = withLimits({
    maxCollectionNum: 1,
    maxCollectionNumPerDatabase: 1,
    maxGeneralCapacity: 1,
  });

  it('changes nothing when it is equal, even at the limits', () => {
    const command = aCreate('c');
    expect(plan(catalogOf([first(command)]), command, full)).toEqual({ kind: 'nothing' });
  });

  it('is equal with other ids, channels and times, and with its properties in another order', () => {
    const command = aCreate('c', { properties: pairs({ a: 1, b: 2 }), shardsNum: 2 });
    const again = { ...command, properties: pairs({ b: 2, a: 1 }) };
    const existing = first(command);
    const catalog = catalogOf([existing, ...neighbours(5)]);
    const stamp = aStamp({ firstId: 9_000n });
    expect(plan(catalog, again, RULES, stamp)).toEqual({ kind: 'nothing' });
  });

  it('is equal with default values, functions and 0 shards asked for', () => {
    const schema = schemaWith(['n', { defaultValue: { longData: 2n ** 62n } }]);
    const command = aCreate('c', { schema });
    expect(plan(catalogOf([first(command)]), { ...command, shardsNum: 0 })).toEqual({
      kind: 'nothing',
    });
  });

  it.each<[string, Partial<CreateCollectionCommand>]>([
    ['one shard more', { shardsNum: 2 }],
    ['another consistency level', { consistencyLevel: 0 }],
    ['a property', { properties: pairs({ 'mmap.enabled': 'true' }) }],
    ['a field', { schema: schemaWith(['n']) }],
    ['a description', { schema: aSchema([], { name: 'c', description: 'other' }) }],
    ['a default', { schema: schemaWith(['n', { defaultValue: { longData: 1n } }]) }],
    ['a partition key', { schema: withKey, numPartitions: 2n }],
  ])('is refused when it differs by %s, at the limits, too', (_title, difference) => {
    const text = 'create duplicate collection with different parameters, collection: c';
    const schema = aSchema([], { name: 'c' });
    const existing = first(aCreate('c', { schema }));
    const differing = aCreate('c', { schema, ...difference });
    expect(refused(catalogOf([existing]), differing, full)).toEqual({ code: 65535, text });
  });

  it('sees neither a predecessor that is being dropped nor a namesake of another database', () => {
    const command = aCreate('c');
    const dropping = { ...first(command), state: 'Dropping' as const };
    const elsewhere = { ...first(command), databaseId: 10n as DatabaseId, id: 77n as CollectionId };
    expect(plan(catalogOf([dropping, elsewhere]), command).kind).toBe('commit');
  });
});
