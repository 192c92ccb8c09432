import { describe, expect, it } from 'vitest';
import { ConsistencyLevel } from '../../../src/gen/common.js';
import { diffSpec } from '../../../src/spec/diff-spec.js';
import { parseSpec } from '../../../src/spec/parse-spec.js';
import { SpecError } from '../../../src/spec/spec-error.js';
import { stepLine } from '../../../src/spec/step-line.js';
import { RULES } from '../../kit/arbitrary-spec.js';

const parse = (text: string) => parseSpec(text, RULES);

function problemsOf(text: string): string[] {
  try {
    parse(text);
  } catch (caught) {
    if (caught instanceof SpecError) return caught.message.split('\n').slice(1);
    throw caught;
  }
  return [];
}

/** A spec of one collection, with more lines of it. */
const books = (...lines: string[]): string =>
  [
    'databases:',
    '  shop:',
    '    collections:',
    '      books:',
    '        fields:',
    '          - { name: id, type: Int64, primaryKey: true }',
    '          - { name: vector, type: FloatVector, dim: 8 }',
    ...lines.map((line) => `        ${line}`),
  ].join('\n');

describe('parseSpec', () => {
  it('fills in what is not said', () => {
    const collection = parse(books()).get('shop')?.collections.get('books');
    expect(collection).toMatchObject({
      name: 'books',
      shardsNum: 1,
      consistencyLevel: ConsistencyLevel.Bounded,
      numPartitions: 0,
      renamedFrom: undefined,
    });
    expect(collection?.schema.enableDynamicField).toBe(false);
  });

  it('keeps the spelling of values, so that no number is changed', () => {
    const spec = books('properties: { a: 1.10, b: 9007199254740993, c: yes, d: 007 }');
    const collection = parse(spec).get('shop')?.collections.get('books');
    expect([...(collection?.properties ?? [])]).toEqual([
      ['a', '1.10'],
      ['b', '9007199254740993'],
      ['c', 'yes'],
      ['d', '007'],
    ]);
  });

  it('reads JSON, anchors, and keys with nothing after them', () => {
    expect([...parse('{"databases": {"shop": {}}}').keys()]).toEqual(['shop']);
    expect(parse('databases:\n  shop:\n').get('shop')?.collections.size).toBe(0);
    const twins = `${books().replace('books:', 'books: &it')}\n      twins: *it`;
    expect([...(parse(twins).get('shop')?.collections.keys() ?? [])]).toEqual(['books', 'twins']);
  });

  it('does not list the default partition among those to make', () => {
    const collection = parse(books('partitions: [_default, a]'))
      .get('shop')
      ?.collections.get('books');
    expect([...(collection?.partitions ?? [])]).toEqual(['a']);
  });

  const refused: readonly (readonly [rule: string, text: string, problems: string[]])[] = [
    [
      'an unknown key, with the nearest one',
      books('shard: 2'),
      ['  line 8, databases.shop.collections.books: unknown key "shard"; did you mean "shards"?'],
    ],
    [
      'an unknown type, with the nearest one',
      books().replace('FloatVector', 'FlotVector'),
      [
        '  line 7, databases.shop.collections.books.fields[1].type: "FlotVector" is no type of Milvus; did you mean "FloatVector"?',
      ],
    ],
    [
      'a number that is none, and a list that is none',
      books('shards: many', 'aliases: { a: b }'),
      [
        '  line 8, databases.shop.collections.books.shards: must be a whole number from 1 to 2147483647, not "many"',
        '  line 9, databases.shop.collections.books.aliases: must be a list',
      ],
    ],
    [
      'a collection the server would refuse, in its words',
      books('numPartitions: 4'),
      [
        '  line 4, databases.shop.collections.books: num_partitions should only be specified with partition key field enabled',
      ],
    ],
    [
      'a name with a bad letter',
      books('aliases: ["bo oks"]'),
      [
        '  line 8, databases.shop.collections.books.aliases: Invalid collection alias: bo oks.  collection alias can only contain numbers, letters and underscores: invalid parameter',
      ],
    ],
    [
      'an alias with the name of a collection',
      books('aliases: [books]'),
      ['  line 8, databases.shop.collections.books.aliases: books is a collection, too'],
    ],
    [
      'an old name that the spec uses',
      `${books('renamedFrom: tomes')}\n${books().split('\n').slice(3).join('\n').replace('books', 'tomes')}`,
      [
        '  line 8, databases.shop.collections.books.renamedFrom: the spec has a collection shop.tomes; rename first, then add it',
      ],
    ],
    [
      'properties that have a word of their own',
      books('properties: { consistency_level: Strong }'),
      [
        '  line 4, databases.shop.collections.books: say consistencyLevel instead of the property consistency_level',
      ],
    ],
    [
      'a default that is none of its type',
      books().concat('\n          - { name: n, type: Int8, nullable: true, default: 1.5 }'),
      [
        '  line 4, databases.shop.collections.books: default of field n must be a whole number, not "1.5"',
      ],
    ],
    [
      'a key that occurs twice',
      'databases:\n  shop: {}\n  shop: {}\n',
      ['  line 3, databases.shop: is said twice'],
    ],
    [
      'an anchor that is not there yet, also in itself',
      'databases: &all\n  shop: *all\n',
      ['  line 2, databases.shop: nothing before is named &all'],
    ],
    [
      'anchors that stand for more than there is',
      `a: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`,
      ['  line 23, b21: has more than 10000000 parts', '  line 1: has more than 10000000 parts'],
    ],
    ['what is no YAML', 'databases: { shop: [\n', ['  line 2: deficient indentation']],
    [
      'more than one document',
      'databases: {}\n---\ndatabases: {}\n',
      ['  line 1: has more than one document'],
    ],
    [
      'keys that are no text',
      'databases:\n  ? [shop]\n  : {}\n',
      ['  line 1, databases: has a key that is no text'],
    ],
    [
      'the default database as absent',
      'databases: { default: { absent: true } }',
      ['  line 1, databases.default: the default database cannot be absent'],
    ],
  ];

  it.each(refused)('refuses %s', (_rule, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('refuses more objects than its limit', () => {
    const partitions = Array.from({ length: 100_000 }, (_, i) => `p${i}`).join(',');
    expect(problemsOf(books(`partitions: [${partitions}]`))).toEqual([
      '  databases: has 100002 objects; at most 100000 are taken',
    ]);
  });

  it('tells twenty problems and counts the others', () => {
    const shards = Array.from({ length: 30 }, (_, i) => `b${i}: { oops: 1 }`);
    const problems = problemsOf(`databases: { shop: { collections: { ${shards.join(', ')} } } }`);
    expect(problems).toHaveLength(21);
    expect(problems[20]).toBe('  and 10 more');
  });
});

describe('stepLine', () => {
  it('says everything a create carries', () => {
    const spec = books(
      'shards: 2',
      'dynamicField: true',
      'description: what we sell',
      'properties: { collection.ttl.seconds: 60 }',
      'aliases: [tomes]',
    );
    const { steps } = diffSpec(parse(spec), new Map(), { prune: false });
    expect(steps.map(stepLine)).toEqual([
      'create database shop',
      'create collection shop.books (id Int64 primary, vector FloatVector dim=8) shards=2 consistency=Bounded dynamic description="what we sell" properties collection.ttl.seconds=60',
      'create alias shop.tomes for books',
    ]);
  });
});
