import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeProperties,
  checkNotBoth,
  checkPropertyChange,
} from '../../../src/domain/property-changes.js';
import type { KeyValuePair } from '../../../src/gen/common.js';
import { refusalOf } from '../../kit/refusals.js';
import { pairs } from '../../kit/schemas.js';

const merge = (stored: readonly KeyValuePair[], given: readonly KeyValuePair[]) =>
  changeProperties(stored, { properties: given, deleteKeys: [] });

const forget = (stored: readonly KeyValuePair[], deleteKeys: readonly string[]) =>
  changeProperties(stored, { properties: [], deleteKeys });

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const pair = fc.record({ key, value: fc.string({ maxLength: 3 }) });
const given = fc.array(pair, { maxLength: 6 });
const stored = fc.uniqueArray(pair, { selector: (each) => each.key });

describe('merging properties', () => {
  it('overwrites in place and appends what is new', () => {
    expect(merge(pairs({ a: 1, b: 2 }), pairs({ c: 3, a: 4 }))).toEqual(
      pairs({ a: 4, b: 2, c: 3 }),
    );
  });

  it('is what a map does, key by key', () => {
    fc.assert(
      fc.property(stored, given, (before, change) => {
        const entries = [...before, ...change].map((each) => [each.key, each.value] as const);
        expect(merge(before, change).map((each) => [each.key, each.value])).toEqual([
          ...new Map(entries),
        ]);
      }),
    );
  });

  it('changes nothing the second time, and says so by identity', () => {
    fc.assert(
      fc.property(given, given, (before, change) => {
        const once = merge(before, change);
        expect(merge(once, change)).toBe(once);
      }),
    );
  });

  it('takes back by deleting what it added', () => {
    fc.assert(
      fc.property(stored, given, (before, change) => {
        const added = change.map((each) => ({ key: `new.${each.key}`, value: each.value }));
        const keys = added.map((each) => each.key);
        expect(forget(merge(before, added), keys)).toEqual(before);
      }),
    );
  });

  it('keeps, of a key stored twice, the value readers see', () => {
    const twice = [...pairs({ a: 'seen' }), ...pairs({ a: 'hidden' })];
    expect(merge(twice, pairs({ b: 1 }))).toEqual(pairs({ a: 'seen', b: 1 }));
  });

  it('refuses more than 128 properties with code 1102', () => {
    const full = pairs(Object.fromEntries(Array.from({ length: 128 }, (_, n) => [`k${n}`, n])));
    expect(merge(full, pairs({ k0: 'new' }))).toHaveLength(128);
    expect(refusalOf(() => merge(full, pairs({ one: 'more' })))).toEqual({
      code: 1102,
      text: '129 properties, limit is 128: parameter too large',
    });
  });

  it('refuses more than 256 KiB in all with code 1102, counted in bytes', () => {
    const large = pairs({ a: 'x'.repeat(65_535), b: 'x'.repeat(65_535), c: 'x'.repeat(65_535) });
    const merged = merge(large, pairs({ d: 'x'.repeat(65_535) }));
    expect(merged).toHaveLength(4);
    expect(refusalOf(() => merge(large, pairs({ d: 'é'.repeat(40_000) }))).code).toBe(1102);
  });
});

describe('deleting keys', () => {
  it('is the same array when none of them is there', () => {
    const before = pairs({ a: 1 });
    expect(forget(before, ['b'])).toBe(before);
    expect(forget(before, ['a', 'b'])).toEqual([]);
  });
});

describe('a property change', () => {
  const nothing = { properties: [], deleteKeys: [] };
  const both = { properties: pairs({ a: 1 }), deleteKeys: ['b'] };

  it.each([
    [
      'collection',
      'The collection properties to alter and keys to delete must not be empty at the same time',
      'can not provide properties and deletekeys at the same time',
    ],
    [
      'database',
      'alter database requires either properties or deletekeys to modify or delete keys, both cannot be empty',
      'alter database operation cannot modify properties and delete keys at the same time',
    ],
    [
      'field',
      'only support alter collection field properties, but collection field properties is empty',
      'can not provide properties and deletekeys at the same time',
    ],
  ] as const)('of a %s says one thing', (owner, neitherText, bothText) => {
    expect(refusalOf(() => checkPropertyChange(nothing, owner))).toEqual({
      code: 65535,
      text: neitherText,
    });
    expect(refusalOf(() => checkPropertyChange(both, owner))).toEqual({
      code: 65535,
      text: bothText,
    });
  });

  it('is refused by the proxy in its own words when it says two things', () => {
    expect(refusalOf(() => checkNotBoth(both))).toEqual({
      code: 1100,
      text: 'cannot provide both DeleteKeys and ExtraParams: invalid parameter',
    });
    expect(() => checkNotBoth(nothing)).not.toThrow();
  });

  it.each([
    [
      'a long key',
      { properties: pairs({ ['é'.repeat(129)]: 1 }), deleteKeys: [] },
      `property key ${'é'.repeat(129)} has 258 bytes, limit is 256`,
    ],
    [
      'a long value',
      { properties: pairs({ a: 'x'.repeat(65_536) }), deleteKeys: [] },
      'the value of property a has 65536 bytes, limit is 65535',
    ],
    [
      'a long key to delete',
      { properties: [], deleteKeys: ['k'.repeat(257)] },
      `property key ${'k'.repeat(257)} has 257 bytes, limit is 256`,
    ],
    [
      'many keys to delete',
      { properties: [], deleteKeys: Array.from({ length: 129 }, String) },
      '129 keys to delete, limit is 128',
    ],
  ])('with %s is too large', (_what, change, text) => {
    expect(refusalOf(() => checkPropertyChange(change, 'collection'))).toEqual({
      code: 1102,
      text: `${text}: parameter too large`,
    });
  });
});
