import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addFunction, alterFunction, dropFunction } from '../../../src/domain/alter-functions.js';
import type { CollectionRecord } from '../../../src/domain/records.js';
import { type FunctionSchema, FunctionType } from '../../../src/gen/schema.js';
import { alteration, collectionOf, LATER } from '../../kit/alterations.js';
import { refusalOf } from '../../kit/refusals.js';
import {
  aField,
  aFunction,
  anAnalysedText,
  aSchema,
  aSparseVector,
  aVector,
  pairs,
} from '../../kit/schemas.js';

const embedding = (name: string, changes: Partial<FunctionSchema> = {}) =>
  aFunction({
    name,
    type: FunctionType.TextEmbedding,
    outputFieldNames: ['vector'],
    params: pairs({ provider: 'openai' }),
    ...changes,
  });

const reranker = (name: string) =>
  aFunction({
    name,
    type: FunctionType.Rerank,
    inputFieldNames: ['age'],
    outputFieldNames: [],
  });

const fields = [anAnalysedText(), aField('age'), aSparseVector('sparse'), aVector({ name: 'v2' })];
const books = collectionOf(aSchema(fields));
const withBm25 = collectionOf(aSchema(fields, { functions: [aFunction()] }));

const add = (fn: FunctionSchema | undefined, record = books) => addFunction(record, fn, alteration);
const alter = (record: CollectionRecord, name: string, fn: FunctionSchema | undefined) =>
  alterFunction(record, name, fn, alteration);
const drop = (record: CollectionRecord, name: string) => dropFunction(record, name, LATER);

const filled = ({ schema }: CollectionRecord) =>
  schema.fields.filter((field) => field.isFunctionOutput).map(({ name }) => name);

describe('adding a function', () => {
  it('resolves its fields, marks what it fills and counts the version up', () => {
    const added = add(embedding('embed', { id: 7n }), withBm25);
    expect(added.schema.functions.map(({ name }) => name)).toEqual(['bm25', 'embed']);
    expect(added.schema.functions[0]).toEqual(withBm25.schema.functions[0]);
    expect(added.schema.functions[1]).toMatchObject({
      inputFieldIds: [102n],
      outputFieldIds: [101n],
    });
    expect(filled(added)).toEqual(['vector', 'sparse']);
    expect(added.schema.version).toBe(1);
    expect(added.updatedAt).toBe(LATER);
  });

  it('keeps ids exact beyond what a double can hold', () => {
    const high = 2n ** 60n + 1n;
    const schema = { ...books.schema, functions: [{ ...reranker('decay'), id: high }] };
    const added = add(embedding('embed'), { ...books, schema });
    expect(added.schema.functions.map(({ id }) => id)).toEqual([high, high + 1n]);
  });

  it.each([
    ['nothing', undefined, 'function schema is empty'],
    ['BM25', aFunction({ name: 'b' }), 'currently does not support adding BM25 function'],
    [
      'a field that is not there',
      embedding('e', { inputFieldNames: ['ghost'] }),
      'function input field not found: ghost',
    ],
    [
      'a system field',
      { ...reranker('r'), inputFieldNames: ['RowID'] },
      'function input field not found: RowID',
    ],
    [
      'an output without a function for it',
      embedding('e', { outputFieldNames: ['sparse'] }),
      'TextEmbedding function output field must be a FloatVector or Int8Vector field, but got SparseFloatVector',
    ],
  ])('refuses %s', (_what, fn, text) => {
    expect(refusalOf(() => add(fn))).toEqual({ code: 1100, text: `${text}: invalid parameter` });
  });

  it('refuses a name or an output that another function has', () => {
    const embedded = add(embedding('embed'));
    expect(refusalOf(() => add(reranker('embed'), embedded)).text).toBe(
      'duplicate function name: embed: invalid parameter',
    );
    expect(refusalOf(() => add(embedding('two'), embedded)).text).toBe(
      'duplicate function output field: function two, field vector: invalid parameter',
    );
  });
});

describe('altering a function', () => {
  const embedded = add(embedding('embed'));

  it('keeps its id and place, and moves the marks', () => {
    const both = add(reranker('decay'), embedded);
    const altered = alter(both, 'embed', embedding('embed', { outputFieldNames: ['v2'] }));
    expect(altered.schema.functions.map(({ name, id }) => [name, id])).toEqual(
      both.schema.functions.map(({ name, id }) => [name, id]),
    );
    expect(altered.schema.functions[0]?.outputFieldIds).toEqual([105n]);
    expect(filled(altered)).toEqual(['v2']);
    expect(altered.schema.version).toBe(3);
  });

  it('is the same record when nothing changes', () => {
    expect(alter(embedded, 'embed', embedding('embed'))).toBe(embedded);
  });

  it.each([
    ['nothing', embedded, 'embed', undefined, 'function schema is empty'],
    ['into BM25', embedded, 'bm25', aFunction(), 'currently does not support alter BM25 function'],
    [
      'what was BM25',
      withBm25,
      'bm25',
      embedding('bm25'),
      'currently does not support alter BM25 function',
    ],
    ['its name', embedded, 'embed', embedding('e'), 'invalid function config, name not match'],
    ['what is not there', books, 'embed', embedding('embed'), 'function embed not found'],
  ] as const)('refuses %s', (_what, record, name, fn, text) => {
    expect(refusalOf(() => alter(record, name, fn))).toEqual({
      code: 1100,
      text: `${text}: invalid parameter`,
    });
  });
});

describe('dropping a function', () => {
  it('leaves its output an ordinary field', () => {
    const dropped = drop(add(embedding('embed')), 'embed');
    expect(dropped.schema).toEqual({ ...books.schema, version: 2 });
    expect(dropped.updatedAt).toBe(LATER);
  });

  it('is the same record when there is none of that name', () => {
    expect(drop(books, 'embed')).toBe(books);
  });

  it('refuses BM25', () => {
    expect(refusalOf(() => drop(withBm25, 'bm25'))).toEqual({
      code: 1100,
      text: 'currently does not support droping BM25 function: invalid parameter',
    });
  });

  it('never lets an id be used again', () => {
    const step = fc.record({
      kind: fc.constantFrom('add', 'drop'),
      name: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const given: bigint[] = [];
        let record = withBm25;
        for (const { kind, name } of steps) {
          const exists = record.schema.functions.some((fn) => fn.name === name);
          if (kind === 'drop') record = drop(record, name);
          else if (!exists) {
            record = add(reranker(name), record);
            given.push(record.schema.functions.at(-1)?.id ?? 0n);
          }
        }
        expect(given).toEqual([...new Set([100n, ...given])].slice(1));
      }),
    );
  });
});
