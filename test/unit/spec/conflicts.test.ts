import { describe, expect, it } from 'vitest';
import type { ActualState } from '../../../src/spec/catalog-state.js';
import { diffSpec } from '../../../src/spec/diff-spec.js';
import { parseSpec } from '../../../src/spec/parse-spec.js';
import { stepLine } from '../../../src/spec/step-line.js';
import { RULES } from '../../kit/arbitrary-spec.js';
import { applyStep } from '../../kit/spec-model.js';

interface Changes {
  readonly [key: string]: unknown;
}

const FIELDS = [
  { name: 'id', type: 'Int64', primaryKey: 'true' },
  { name: 'vector', type: 'FloatVector', dim: '8' },
];

const spec = (collections: Record<string, Changes>, changes: Changes = {}) =>
  parseSpec(
    JSON.stringify({
      databases: {
        shop: {
          ...changes,
          collections: Object.fromEntries(
            Object.entries(collections).map(([name, it]) => [name, { fields: FIELDS, ...it }]),
          ),
        },
      },
    }),
    RULES,
  );

/** A server on which the spec was applied. */
const serverOf = (desired: ReturnType<typeof spec>): ActualState =>
  diffSpec(desired, new Map(), { prune: false }).steps.reduce<ActualState>(applyStep, new Map());

function plan(before: ReturnType<typeof spec>, after: ReturnType<typeof spec>, prune = false) {
  const { steps, conflicts } = diffSpec(after, serverOf(before), { prune });
  return {
    steps: steps.map(stepLine),
    conflicts: conflicts.map(({ place, text }) => `${place}: ${text}`),
  };
}

const inPlace = (before: Changes, after: Changes, prune = false) =>
  plan(spec({ books: before }), spec({ books: after }), prune).conflicts;

const withField = (field: Changes): Changes => ({ fields: [...FIELDS, field] });

describe('diffSpec finds a conflict', () => {
  it('where only a new collection could be as the spec says', () => {
    expect(inPlace({ shards: '1' }, { shards: '2' })).toEqual([
      'shop.books: shards is 1 and should be 2; it cannot be changed',
    ]);
    expect(inPlace({ dynamicField: 'true' }, {})).toEqual([
      'shop.books: dynamicField is true and cannot become false',
    ]);
    const other = { name: 'vector', type: 'FloatVector', dim: '16' };
    expect(inPlace({}, { fields: [FIELDS[0], other] })).toEqual([
      'shop.books: field vector cannot be changed in place: type params is dim=8 and should be dim=16',
    ]);
  });

  it('where a field would have to go, or to come without being nullable', () => {
    const note = { name: 'note', type: 'VarChar', max_length: '9' };
    expect(inPlace(withField({ ...note, nullable: 'true' }), {})).toEqual([
      'shop.books: field note is not in the spec, and fields cannot be dropped',
    ]);
    expect(inPlace({}, withField(note))).toEqual([
      'shop.books: field note is new, and only a nullable field can be added',
    ]);
  });

  it('where a name is taken by the other kind', () => {
    const taken = plan(spec({ a: {}, b: {} }), spec({ a: { aliases: ['b'] } }));
    expect(taken.conflicts).toEqual(['shop.a: alias b: a collection has this name']);
    const alias = plan(spec({ a: { aliases: ['b'] } }), spec({ a: {}, b: {} }));
    expect(alias.conflicts).toEqual(['shop.b: a has an alias of this name']);
  });

  it('where both names of a rename are there', () => {
    const both = plan(spec({ a: {}, b: {} }), spec({ b: { renamedFrom: 'a' } }));
    expect(both.conflicts).toEqual([
      'shop.b: is there, and so is shop.a, which it was renamed from',
    ]);
  });

  it('where pruning would drop what is protected', () => {
    const properties = { 'rootstock.deleteProtection.enabled': 'true' };
    expect(plan(spec({ a: { properties } }), spec({}), true)).toEqual({
      steps: [],
      conflicts: ['shop.a: is not in the spec and protected (rootstock.deleteProtection.enabled)'],
    });
  });
});

describe('diffSpec', () => {
  it('renames before anything else is done to the collection', () => {
    const before = spec({ a: { aliases: ['x'] } });
    const after = spec({ b: { renamedFrom: 'a', aliases: ['a', 'x'], properties: { p: '1' } } });
    expect(plan(before, after)).toEqual({
      steps: [
        'rename collection shop.a to shop.b',
        'alter collection shop.b set p=1',
        'create alias shop.a for b',
      ],
      conflicts: [],
    });
  });

  it('drops an absent database with all that is in it, when pruning', () => {
    const before = spec({ a: { aliases: ['x'], partitions: ['p'] } });
    const after = spec({}, { absent: 'true' });
    expect(plan(before, after, true).steps).toEqual([
      'drop alias shop.x of a',
      'drop collection shop.a',
      'drop database shop',
    ]);
    expect(plan(before, after, false).steps).toEqual([]);
  });

  it('alters what can be altered', () => {
    const note = { name: 'note', type: 'VarChar', max_length: '9', nullable: 'true' };
    const before = withField({ ...note, description: 'old' });
    const after = {
      ...withField({ ...note, max_length: '99', typeParams: { 'mmap.enabled': 'true' } }),
      description: 'new',
      consistencyLevel: 'Strong',
      dynamicField: 'true',
    };
    expect(plan(spec({ books: before }), spec({ books: after })).steps).toEqual([
      'alter collection shop.books set consistency_level=Strong collection.description=new',
      'alter collection shop.books set dynamicfield.enabled=true',
      'alter field shop.books.note set max_length=99 mmap.enabled=true field.description=""',
    ]);
  });

  it('takes True for true, as pymilvus writes it', () => {
    const before = { properties: { 'mmap.enabled': 'True' } };
    const after = { properties: { 'mmap.enabled': 'true' } };
    expect(plan(spec({ books: before }), spec({ books: after })).steps).toEqual([]);
  });
});
