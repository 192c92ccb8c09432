import fc from 'fast-check';
import { DEFAULT_SCHEMA_LIMITS } from '../../src/domain/schema/schema-limits.js';
import type { ActualState, DatabaseState } from '../../src/spec/catalog-state.js';
import { parseSpec } from '../../src/spec/parse-spec.js';

/** Specs as JSON values, of so few names and shapes that two of them often speak of the same. */

export const RULES = { limits: DEFAULT_SCHEMA_LIMITS, defaultPartitionName: '_default' };

const NAMES = ['c0', 'c1', 'c2'];
const collectionName = fc.constantFrom(...NAMES);
const properties = fc.dictionary(fc.constantFrom('p', 'q'), fc.constantFrom('1', 'True', 'true'), {
  maxKeys: 2,
});

const extraField = fc.constantFrom(
  undefined,
  undefined,
  { name: 'note', type: 'VarChar', max_length: '64', nullable: 'true' },
  { name: 'note', type: 'VarChar', max_length: '128', nullable: 'true' },
  { name: 'rank', type: 'Int32', nullable: 'true', default: '7' },
);

const rerank = { name: 'rerank', type: 'Rerank', inputs: ['id'], params: { reranker: 'decay' } };

const collection = fc
  .record({
    isKeyed: fc.nat(5).map((n) => n === 0),
    extra: extraField,
    dynamicField: fc.constantFrom('true', 'true', 'false'),
    vectorText: fc.constantFrom('', 'what it means'),
    functions: fc.constantFrom([], [rerank], [{ ...rerank, params: { reranker: 'boost' } }]),
    mmap: fc.option(fc.constantFrom('true', 'false'), { nil: undefined }),
    description: fc.constantFrom('', 'text'),
    consistencyLevel: fc.constantFrom('Strong', 'Bounded'),
    properties,
    partitions: fc.uniqueArray(fc.constantFrom('a', 'b', '_default')),
    aliases: fc.uniqueArray(fc.constantFrom('x', 'y', 'c2'), { maxLength: 2 }),
  })
  .map(({ isKeyed, extra, mmap, vectorText, partitions, ...rest }) => ({
    ...rest,
    ...(isKeyed ? { numPartitions: '4' } : { partitions }),
    fields: [
      { name: 'id', type: 'Int64', primaryKey: 'true' },
      {
        name: 'vector',
        type: 'FloatVector',
        dim: '8',
        description: vectorText,
        typeParams: mmap === undefined ? {} : { 'mmap.enabled': mmap },
      },
      ...(isKeyed ? [{ name: 'shelf', type: 'Int64', partitionKey: 'true' }] : []),
      ...(extra === undefined ? [] : [extra]),
    ],
  }));

const database = fc
  .record({
    properties,
    collections: fc.dictionary(collectionName, collection, { minKeys: 1, maxKeys: 3 }),
    hasRename: fc.boolean(),
  })
  .map(({ properties, collections, hasRename }) => ({
    properties,
    collections: hasRename ? withRename(collections) : collections,
  }));

/** The first collection once had a name that the spec does not use. */
function withRename<T>(collections: Record<string, T>): Record<string, T> {
  const old = NAMES.find((name) => !(name in collections));
  const [first, ...others] = Object.entries(collections);
  if (old === undefined || first === undefined) return collections;
  return Object.fromEntries([[first[0], { ...first[1], renamedFrom: old }], ...others]);
}

/** The text of a spec; some are refused, since renames and aliases may clash. */
export const aSpecText: fc.Arbitrary<string> = fc
  .dictionary(fc.constantFrom('default', 'shop'), database, { minKeys: 1, maxKeys: 2 })
  .map((databases) => JSON.stringify({ databases }));

/** A spec that is accepted. */
export const aDesiredState = aSpecText
  .map((text) => {
    try {
      return parseSpec(text, RULES);
    } catch {
      return undefined;
    }
  })
  .filter((desired) => desired !== undefined);

/** A server that has what some other spec once asked for. */
export const anActualState: fc.Arbitrary<ActualState> = aDesiredState.map(
  (desired) =>
    new Map<string, DatabaseState>([
      ['default', { name: 'default', properties: new Map(), collections: new Map() }],
      ...desired,
    ]),
);
