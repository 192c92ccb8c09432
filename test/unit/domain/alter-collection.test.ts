import { describe, expect, it } from 'vitest';
import { alterCollectionProperties } from '../../../src/domain/alter-collection.js';
import type { CollectionRecord } from '../../../src/domain/records.js';
import { ConsistencyLevel } from '../../../src/gen/common.js';
import { CollectionInfo } from '../../../src/gen/etcd_meta.js';
import { DataType } from '../../../src/gen/schema.js';
import { alteration, collectionOf, LATER } from '../../kit/alterations.js';
import { refusalOf } from '../../kit/refusals.js';
import { aField, aSchema, pairs } from '../../kit/schemas.js';

type Values = Readonly<Record<string, string | number>>;

const alter = (record: CollectionRecord, values: Values) =>
  alterCollectionProperties(record, { properties: pairs(values), deleteKeys: [] }, alteration);

const forget = (record: CollectionRecord, ...deleteKeys: string[]) =>
  alterCollectionProperties(record, { properties: [], deleteKeys }, alteration);

const books = collectionOf(aSchema(), { properties: pairs({ kept: 'yes' }) });

describe('altering a collection', () => {
  it('merges properties and moves nothing else but the time', () => {
    expect(alter(books, { 'collection.ttl.seconds': 60, 'made.up': 'by the client' })).toEqual({
      ...books,
      properties: pairs({ kept: 'yes', 'collection.ttl.seconds': 60, 'made.up': 'by the client' }),
      updatedAt: LATER,
    });
  });

  it('deletes keys', () => {
    expect(forget(books, 'kept', 'never there')).toEqual({
      ...books,
      properties: [],
      updatedAt: LATER,
    });
  });

  it('is the same record when nothing changes', () => {
    expect(alter(books, { kept: 'yes' })).toBe(books);
    expect(forget(books, 'never there')).toBe(books);
    expect(alter(books, { 'collection.description': '' })).toBe(books);
    expect(alter(books, { 'dynamicfield.enabled': 'false' })).toBe(books);
    const strong = alter(books, { consistency_level: 'Strong' });
    expect(alter(strong, { consistency_level: 'Strong' })).toBe(strong);
  });

  it('alters the level with consistency_level, and keeps it when the key goes', () => {
    const strong = alter(books, { consistency_level: 'Strong' });
    expect(strong.consistencyLevel).toBe(ConsistencyLevel.Strong);
    expect(alter(strong, { consistency_level: 3 }).consistencyLevel).toBe(
      ConsistencyLevel.Eventually,
    );
    expect(forget(strong, 'consistency_level').consistencyLevel).toBe(ConsistencyLevel.Strong);
  });

  it('alters the description with collection.description, and keeps it there only', () => {
    const described = alter(books, { 'collection.description': 'of all times' });
    expect(described.schema.description).toBe('of all times');
    expect(described.schema.version).toBe(0);
    expect(described.properties).toBe(books.properties);
  });

  it('keeps a stored level that no number of the contract stands for', () => {
    // Field 12 is the level; 9 stands for none.
    const { consistencyLevel } = CollectionInfo.decode(Uint8Array.of(12 << 3, 9));
    const odd = { ...books, consistencyLevel };
    expect(alter(odd, { other: 1 }).consistencyLevel).toBe(9);
  });

  it.each([
    ['collection.ttl.seconds', 'soon', 'collection TTL is not a valid positive integer'],
    ['consistency_level', 'Sometimes', 'invalid consistency_level property "Sometimes"'],
    ['timezone', 'Mars/Olympus', 'unknown or invalid IANA Time Zone ID: Mars/Olympus'],
    ['timezone', '+08:00', 'unknown or invalid IANA Time Zone ID: +08:00'],
    [
      'collection.replica.number',
      'two',
      'invalid collection property: [key=collection.replica.number] [value=two]',
    ],
    [
      'mmap.enabled',
      'on',
      'the value of mmap.enabled of the collection properties should be a boolean, but got "on"',
    ],
    [
      'rootstock.deleteProtection.enabled',
      '1',
      'the value of rootstock.deleteProtection.enabled should be true or false, but got "1"',
    ],
  ])('refuses %s=%s', (key, value, text) => {
    expect(refusalOf(() => alter(books, { [key]: value }))).toEqual({
      code: 1100,
      text: `${text}: invalid parameter`,
    });
  });

  it.each([
    ['timezone', 'Asia/Shanghai'],
    ['timezone', 'UTC'],
    ['collection.replica.number', '2'],
    ['rootstock.deleteProtection.enabled', 'True'],
    ['partitionkey.isolation', 'false'],
  ])('takes %s=%s', (key, value) => {
    expect(alter(books, { [key]: value }).properties).toEqual(pairs({ kept: 'yes', [key]: value }));
  });

  it('refuses partition-key isolation where there is no partition key', () => {
    expect(refusalOf(() => alter(books, { 'partitionkey.isolation': 'true' }))).toEqual({
      code: 105,
      text: 'partition key isolation mode is enabled but no partition key field is set. Please set the partition key first: illegal collection schema[collection=books]',
    });
  });

  it('counts the last value of a key given twice, everywhere', () => {
    const keys = ['consistency_level', 'collection.description', 'kept'];
    const first = keys.map((key) => ({ key, value: '1' }));
    const properties = [...first, ...keys.map((key) => ({ key, value: '2' }))];
    const altered = alterCollectionProperties(books, { properties, deleteKeys: [] }, alteration);
    expect(altered.consistencyLevel).toBe(2);
    expect(altered.schema.description).toBe('2');
    expect(altered.properties).toEqual(pairs({ kept: 2, consistency_level: 2 }));
    const isolation = ['false', 'true'].map((value) => ({ key: 'partitionkey.isolation', value }));
    const change = { properties: isolation, deleteKeys: [] };
    expect(refusalOf(() => alterCollectionProperties(books, change, alteration)).code).toBe(105);
  });

  it('refuses a change that says nothing or two things', () => {
    expect(refusalOf(() => forget(books)).code).toBe(65535);
    const both = { properties: pairs({ a: 1 }), deleteKeys: ['b'] };
    expect(refusalOf(() => alterCollectionProperties(books, both, alteration)).code).toBe(65535);
  });
});

describe('dynamicfield.enabled', () => {
  it('adds $meta before the system fields and counts the version up', () => {
    const dynamic = alter(books, { 'dynamicfield.enabled': 'true' });
    expect(dynamic.schema.enableDynamicField).toBe(true);
    expect(dynamic.schema.version).toBe(1);
    expect(dynamic.properties).toBe(books.properties);
    expect(dynamic.schema.fields.map(({ name, fieldID }) => [name, fieldID])).toEqual([
      ['id', 100n],
      ['vector', 101n],
      ['$meta', 102n],
      ['RowID', 0n],
      ['Timestamp', 1n],
    ]);
    const added = dynamic.schema.fields.find(({ name }) => name === '$meta');
    expect(added).toMatchObject({ isDynamic: true, nullable: true, dataType: DataType.JSON });
    expect(added?.defaultValue?.bytesData?.toString()).toBe('{}');
    expect(alter(dynamic, { 'dynamicfield.enabled': 'True' })).toBe(dynamic);
  });

  const dynamic = collectionOf(aSchema([], { enableDynamicField: true }));
  it.each([
    [
      'off again',
      () => alter(dynamic, { 'dynamicfield.enabled': 'false' }),
      'dynamic schema cannot supported to be disabled',
    ],
    [
      'with others',
      () => alter(books, { 'dynamicfield.enabled': 'true', other: 1 }),
      'cannot alter dynamic schema with other properties at the same time',
    ],
    [
      'deleted',
      () => forget(books, 'dynamicfield.enabled'),
      'cannot delete key dynamicfield.enabled',
    ],
    [
      'in a full schema',
      () =>
        alter(collectionOf(aSchema(Array.from({ length: 62 }, (_, n) => aField(`f${n}`)))), {
          'dynamicfield.enabled': 'true',
        }),
      'The number of fields has reached the maximum value 64',
    ],
  ])('is refused %s', (_when, attempt, text) => {
    expect(refusalOf(attempt)).toEqual({ code: 1100, text: `${text}: invalid parameter` });
  });
});
