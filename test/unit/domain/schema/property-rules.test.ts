import { describe, expect, it } from 'vitest';
import { consistencyLevelOf } from '../../../../src/domain/schema/collection-properties.js';
import { ConsistencyLevel } from '../../../../src/gen/common.js';
import { refusalOf } from '../../../kit/refusals.js';
import { refusesAsInvalid, validate } from '../../../kit/schema-rules.js';
import { aSchema, pairs } from '../../../kit/schemas.js';

describe('properties', () => {
  const ttl = (value: string) => ({ properties: pairs({ 'collection.ttl.seconds': value }) });
  const notInteger = 'collection TTL is not a valid positive integer';
  refusesAsInvalid([
    ['a TTL of words', aSchema(), notInteger, ttl('soon')],
    ['an empty TTL', aSchema(), notInteger, ttl('')],
    ['a fractional TTL', aSchema(), notInteger, ttl('1.5')],
    [
      'a TTL of -2',
      aSchema(),
      'collection TTL is out of range, expect [-1, 3155760000], got -2',
      ttl('-2'),
    ],
    [
      'a TTL of more than a century',
      aSchema(),
      'collection TTL is out of range, expect [-1, 3155760000], got 3155760001',
      ttl('3155760001'),
    ],
    [
      'mmap.enabled that is no boolean',
      aSchema(),
      'the value of mmap.enabled of the collection properties should be a boolean, but got "on"',
      { properties: pairs({ 'mmap.enabled': 'on' }) },
    ],
    [
      'an isolation that is no boolean',
      aSchema(),
      'failed to parse partition key isolation: strconv.ParseBool: parsing "maybe": invalid syntax',
      { properties: pairs({ 'partitionkey.isolation': 'maybe' }) },
    ],
    [
      'an unknown consistency level',
      aSchema(),
      'invalid consistency_level property "Sometimes"',
      { properties: pairs({ consistency_level: 'Sometimes' }) },
    ],
  ]);

  it.each([
    ['collection.ttl.seconds', '3600'],
    ['collection.ttl.seconds', '0'],
    ['collection.ttl.seconds', '-1'],
    ['mmap.enabled', 'True'],
    ['consistency_level', 'Strong'],
    ['consistency_level', '2'],
    ['partitionkey.isolation', 'False'],
    ['made.up.by.the.client', 'anything'],
  ])('%s=%s is taken', (key, value) => {
    expect(() => validate(aSchema(), { properties: pairs({ [key]: value }) })).not.toThrow();
  });
});

describe('the consistency level', () => {
  it.each([
    [{}, ConsistencyLevel.Bounded],
    [{ consistency_level: 'Strong' }, ConsistencyLevel.Strong],
    [{ consistency_level: '3' }, ConsistencyLevel.Eventually],
    [{ consistency_level: '0' }, ConsistencyLevel.Strong],
  ])('is the property’s before the request’s: %o', (properties, level) => {
    expect(consistencyLevelOf(ConsistencyLevel.Bounded, pairs(properties))).toBe(level);
  });

  it.each(['', 'strong', '5', '-1', '2.0'])('%j is none → 1100', (value) => {
    const properties = pairs({ consistency_level: value });
    expect(refusalOf(() => consistencyLevelOf(ConsistencyLevel.Bounded, properties))).toEqual({
      code: 1100,
      text: `invalid consistency_level property "${value}": invalid parameter`,
    });
  });
});
