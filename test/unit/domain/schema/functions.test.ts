import { describe, expect, it } from 'vitest';
import { type CollectionSchema, DataType, FunctionType } from '../../../../src/gen/schema.js';
import { refusesAsInvalid, validate } from '../../../kit/schema-rules.js';
import {
  aField,
  aFunction,
  anAnalysedText,
  anArray,
  aSchema,
  aSparseVector,
  aVarChar,
  aVector,
  pairs,
} from '../../../kit/schemas.js';

type FunctionChanges = Parameters<typeof aFunction>[0];

/** `text`, `sparse`, and one BM25 function between them, with these differences. */
const withFunction = (
  changes: FunctionChanges,
  text = anAnalysedText(),
  sparse = aSparseVector('sparse'),
): CollectionSchema => aSchema([text, sparse], { functions: [aFunction(changes)] });

const embedding = (changes: FunctionChanges): CollectionSchema =>
  withFunction({
    name: 'embed',
    type: FunctionType.TextEmbedding,
    outputFieldNames: ['vector'],
    params: pairs({ provider: 'openai' }),
    ...changes,
  });

const reranker = (changes: FunctionChanges): CollectionSchema =>
  aSchema([aField('age')], {
    functions: [
      aFunction({
        name: 'decay',
        type: FunctionType.Rerank,
        inputFieldNames: ['age'],
        outputFieldNames: [],
        ...changes,
      }),
    ],
  });

describe('a function', () => {
  const two = [anAnalysedText(), aVarChar('title'), aSparseVector('sparse'), aSparseVector('s2')];
  refusesAsInvalid([
    ['without a name', withFunction({ name: ' ' }), 'function name cannot be empty'],
    [
      'with too long a name',
      withFunction({ name: 'f'.repeat(256) }),
      'the length of a function name must be less than 255 characters',
    ],
    [
      'with the name of another',
      aSchema(two, { functions: [aFunction(), aFunction({ outputFieldNames: ['s2'] })] }),
      'duplicate function name: bm25',
    ],
    [
      'without input',
      withFunction({ inputFieldNames: [] }),
      'function input field names cannot be empty, function: bm25',
    ],
    [
      'without output',
      withFunction({ outputFieldNames: [] }),
      'function output field names cannot be empty, function: bm25',
    ],
    [
      'with an empty input name',
      withFunction({ inputFieldNames: [''] }),
      'function input field name cannot be empty string, function: bm25',
    ],
    [
      'with an empty output name',
      withFunction({ outputFieldNames: [''] }),
      'function output field name cannot be empty string, function: bm25',
    ],
    [
      'reading a field twice',
      withFunction({ inputFieldNames: ['text', 'text'] }),
      'each function input field should be used exactly once in the same function, function: bm25, input field: text',
    ],
    [
      'filling a field twice',
      withFunction({ outputFieldNames: ['sparse', 'sparse'] }),
      'each function output field should be used exactly once in the same function, function: bm25, output field: sparse',
    ],
    [
      'reading what it fills',
      withFunction({ outputFieldNames: ['text'] }),
      'a single field cannot be both input and output in the same function, function: bm25, field: text',
    ],
    [
      'reading a field that is not there',
      withFunction({ inputFieldNames: ['body'] }),
      'function input field not found: body',
    ],
    [
      'filling a field that is not there',
      withFunction({ outputFieldNames: ['body'] }),
      'function output field not found: body',
    ],
    [
      'reading a nullable field',
      withFunction({}, anAnalysedText({ nullable: true })),
      'function input field cannot be nullable: function bm25, field text',
    ],
    [
      'filling a nullable field',
      withFunction({}, anAnalysedText(), aSparseVector('sparse', { nullable: true })),
      'function output field cannot be nullable: function bm25, field sparse',
    ],
    [
      'filling the primary key',
      withFunction({ outputFieldNames: ['id'] }),
      'function output field cannot be primary key: function bm25, field id',
    ],
    [
      'filling the partition key',
      withFunction({}, anAnalysedText(), aSparseVector('sparse', { isPartitionKey: true })),
      'function output field cannot be partition key or clustering key: function bm25, field sparse',
    ],
    [
      'filling the clustering key',
      withFunction({}, anAnalysedText(), aSparseVector('sparse', { isClusteringKey: true })),
      'function output field cannot be partition key or clustering key: function bm25, field sparse',
    ],
    [
      'filling what another fills',
      aSchema(two, { functions: [aFunction(), aFunction({ name: 'again' })] }),
      'duplicate function output field: function again, field sparse',
    ],
    [
      'of type Unknown',
      withFunction({ type: FunctionType.Unknown }),
      'unknown function type 0 of function bm25',
    ],
  ]);

  it('is the only one that may mark a field as its output', () => {
    const marked = aSparseVector('sparse', { isFunctionOutput: true });
    expect(() => validate(aSchema([marked]))).toThrow(
      "field sparse is marked as function output, but is no function's output: invalid parameter",
    );
  });

  it('marks its output, whether the client did or not', () => {
    for (const isFunctionOutput of [true, false]) {
      const sparse = aSparseVector('sparse', { isFunctionOutput });
      const { fields } = validate(withFunction({}, anAnalysedText(), sparse)).schema;
      expect(fields.filter((field) => field.isFunctionOutput)).toHaveLength(1);
      expect(fields.find((field) => field.name === 'sparse')?.isFunctionOutput).toBe(true);
    }
  });
});

describe('BM25', () => {
  refusesAsInvalid([
    [
      'of a number',
      withFunction({}, aField('text')),
      'BM25 function input field must be a VARCHAR field, got 1 field with type Int64',
    ],
    [
      'of two fields',
      aSchema([anAnalysedText(), anAnalysedText({ name: 'title' }), aSparseVector('sparse')], {
        functions: [aFunction({ inputFieldNames: ['text', 'title'] })],
      }),
      'BM25 function input field must be a VARCHAR field, got 2 field with type VarChar, VarChar',
    ],
    [
      'of an array of text',
      withFunction({}, anArray('text', { elementType: DataType.VarChar })),
      'BM25 function input field must be a VARCHAR field, got 1 field with type Array',
    ],
    [
      'without an analyzer',
      withFunction({}, aVarChar('text')),
      'BM25 function input field must set enable_analyzer to true',
    ],
    [
      'with the analyzer off',
      withFunction(
        {},
        anAnalysedText({ typeParams: pairs({ max_length: 8, enable_analyzer: 'false' }) }),
      ),
      'BM25 function input field must set enable_analyzer to true',
    ],
    [
      'into a dense vector',
      withFunction({ outputFieldNames: ['vector'] }),
      'BM25 function output field must be a SparseFloatVector field, but got FloatVector',
    ],
    [
      'into two fields',
      withFunction({ outputFieldNames: ['sparse', 'vector'] }),
      'BM25 function only need 1 output field, but got 2',
    ],
    [
      'with params',
      withFunction({ params: pairs({ k1: 1.2 }) }),
      'BM25 function accepts no params',
    ],
  ]);

  it.each(['true', 'True', 'TRUE', '1'])('reads a field with enable_analyzer=%s', (value) => {
    const text = anAnalysedText({ typeParams: pairs({ max_length: 8, enable_analyzer: value }) });
    expect(() => validate(withFunction({}, text))).not.toThrow();
  });
});

describe('TextEmbedding', () => {
  refusesAsInvalid([
    [
      'without params',
      embedding({ params: [] }),
      'TextEmbedding function needs params that name a provider',
    ],
    [
      'of a number',
      embedding({ inputFieldNames: ['id'] }),
      'TextEmbedding function input field must be a VARCHAR/TEXT field, got 1 field with type Int64',
    ],
    [
      'into a sparse vector',
      embedding({ outputFieldNames: ['sparse'] }),
      'TextEmbedding function output field must be a FloatVector or Int8Vector field, but got SparseFloatVector',
    ],
  ]);

  it('fills a dense vector', () => {
    expect(() => validate(embedding({}))).not.toThrow();
  });
});

describe('other kinds', () => {
  refusesAsInvalid([
    [
      'a reranker that fills a field',
      reranker({ outputFieldNames: ['vector'] }),
      'Rerank function should not have output field',
    ],
    [
      'a reranker of a vector',
      reranker({ inputFieldNames: ['vector'] }),
      'Rerank function input field cannot be a vector, but got FloatVector',
    ],
    [
      'MinHash into a float vector',
      embedding({ type: FunctionType.MinHash }),
      'MinHash function output field must be a BinaryVector field, but got FloatVector',
    ],
    [
      'MolFingerprint of text',
      embedding({ type: FunctionType.MolFingerprint }),
      'MolFingerprint function input field must be a Mol field, got 1 field with type VarChar',
    ],
  ]);

  it.each([
    ['a reranker', reranker({})],
    [
      'MinHash',
      aSchema([aVarChar('t'), aVector({ name: 'hash', dataType: DataType.BinaryVector })], {
        functions: [
          aFunction({
            type: FunctionType.MinHash,
            inputFieldNames: ['t'],
            outputFieldNames: ['hash'],
          }),
        ],
      }),
    ],
    [
      'MolFingerprint',
      aSchema(
        [
          aField('m', { dataType: DataType.Mol }),
          aVector({ name: 'print', dataType: DataType.BinaryVector }),
        ],
        {
          functions: [
            aFunction({
              type: FunctionType.MolFingerprint,
              inputFieldNames: ['m'],
              outputFieldNames: ['print'],
            }),
          ],
        },
      ),
    ],
  ])('%s is taken', (_kind, schema) => {
    expect(() => validate(schema)).not.toThrow();
  });
});
