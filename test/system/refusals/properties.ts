import { type CreateRefusal, invalid, NO_DATABASE, plain, refused } from './row.js';

const badProperty = (title: string, properties: Record<string, string | number>, why: string) =>
  refused(title, [], invalid(why), { properties });

/** What a create says beside its schema (facts/rootcoord §5.1). */
export const propertyRefusals: readonly CreateRefusal[] = [
  refused('17 shards', [], plain("maximum shards's number should be limited to 16"), {
    shards_num: 17,
  }),
  badProperty(
    'a time to live that is no number',
    { 'collection.ttl.seconds': 'soon' },
    'collection TTL is not a valid positive integer',
  ),
  badProperty(
    'a time to live below -1',
    { 'collection.ttl.seconds': -2 },
    'collection TTL is out of range, expect [-1, 3155760000], got -2',
  ),
  badProperty(
    'a time to live of more than a hundred years',
    { 'collection.ttl.seconds': 3_155_760_001 },
    'collection TTL is out of range, expect [-1, 3155760000], got 3155760001',
  ),
  badProperty(
    'a consistency level nobody knows',
    { consistency_level: 'Sometimes' },
    'invalid consistency_level property "Sometimes"',
  ),
  badProperty(
    'a switch that is neither on nor off',
    { 'mmap.enabled': 'maybe' },
    'the value of mmap.enabled of the collection properties should be a boolean, but got "maybe"',
  ),
  badProperty(
    'more properties than anybody needs',
    Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`key${i}`, i])),
    "maximum property's number should be limited to 128, but is 129",
  ),
  refused(
    'a description longer than a VarChar',
    [],
    invalid('the length of the collection description should be limited to 65535, but is 65536'),
    { description: 'd'.repeat(65_536) },
  ),
  refused(
    'a database that does not exist',
    [],
    [NO_DATABASE, 'database not found[database=nowhere]'],
    { db_name: 'nowhere' },
  ),
  refused('an external collection', [], invalid('external collections are not supported'), {
    external_spec: '{}',
  }),
];
