import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import { normaliseSchema } from '../../../../src/domain/schema/normalise-schema.js';
import {
  type CollectionDefinition,
  isSameDefinition,
  isSameSchema,
} from '../../../../src/domain/schema/schema-equality.js';
import { ConsistencyLevel } from '../../../../src/gen/common.js';
import {
  CollectionSchema,
  DataType,
  type FieldSchema,
  FunctionType,
  type ValueField,
} from '../../../../src/gen/schema.js';
import { aValidSchema } from '../../../kit/arbitrary-schema.js';
import {
  aField,
  aFunction,
  anAnalysedText,
  anArray,
  aPrimaryKey,
  aSchema,
  aSparseVector,
  aStruct,
  aVarChar,
  aVector,
  pairs,
} from '../../../kit/schemas.js';

const roundTrip = (schema: CollectionSchema): CollectionSchema =>
  CollectionSchema.decode(CollectionSchema.encode(schema).finish());

const whole = aSchema([], {
  description: 'all there is',
  enableDynamicField: true,
  properties: pairs({ a: 1, b: 2 }),
  fields: [
    aPrimaryKey({ autoID: true }),
    aVector({
      typeParams: pairs({ dim: 8, 'mmap.enabled': 'True' }),
      indexParams: pairs({ m: 4 }),
    }),
    anAnalysedText(),
    aSparseVector('sparse', { isFunctionOutput: true }),
    anArray('tags'),
    aVarChar('tenant', { isPartitionKey: true, defaultValue: { stringData: 'x' } }),
    aField('year', { isClusteringKey: true, nullable: true, defaultValue: { longData: 0n } }),
  ],
  functions: [aFunction({ description: 'words', params: pairs({ p: 1 }) })],
  structArrayFields: [
    aStruct('s', [anArray('a'), anArray('b')], { typeParams: pairs({ k: 'v' }) }),
  ],
});

const normalised = normaliseSchema(whole);

const requested: CollectionDefinition = {
  databaseId: 1n,
  name: 'books',
  schema: normalised,
  partitions: [{ name: '_default_0' }, { name: '_default_1' }],
  shardsNum: 2,
  consistencyLevel: ConsistencyLevel.Bounded,
  properties: pairs({ 'collection.ttl.seconds': 60, 'mmap.enabled': 'true' }),
};

const existing: CollectionDefinition = {
  databaseId: 1n,
  name: 'books',
  schema: roundTrip(normalised),
  partitions: [{ name: '_default_0' }, { name: '_default_1' }],
  shardsNum: 2,
  consistencyLevel: ConsistencyLevel.Bounded,
  properties: pairs({ 'mmap.enabled': 'true', 'collection.ttl.seconds': 60 }),
};

/** The whole schema with one field changed. */
const withField = (name: string, changes: Partial<FieldSchema>): CollectionSchema => ({
  ...normalised,
  fields: normalised.fields.map((field) =>
    field.name === name ? { ...field, ...changes } : field,
  ),
});

describe('a repeated create', () => {
  it('is the same definition, in whatever order properties come', () => {
    expect(isSameDefinition(existing, requested)).toBe(true);
  });

  it('is compared with what the catalog holds', () => {
    expectTypeOf<CollectionRecord>().toExtend<CollectionDefinition>();
  });

  it.each<[string, Partial<CollectionDefinition>]>([
    ['another database', { databaseId: 2n }],
    ['another name', { name: 'films' }],
    ['more shards', { shardsNum: 3 }],
    ['another consistency level', { consistencyLevel: ConsistencyLevel.Strong }],
    ['fewer partitions', { partitions: [{ name: '_default_0' }] }],
    ['other partitions', { partitions: [{ name: '_default_0' }, { name: 'p' }] }],
    [
      'partitions in another order',
      { partitions: [{ name: '_default_1' }, { name: '_default_0' }] },
    ],
    ['no properties', { properties: [] }],
    [
      'another property',
      { properties: pairs({ 'collection.ttl.seconds': 61, 'mmap.enabled': 'true' }) },
    ],
    ['another schema', { schema: withField('tags', { description: 'new' }) }],
  ])('differs by %s', (_change, changes) => {
    expect(isSameDefinition(existing, { ...requested, ...changes })).toBe(false);
  });
});

describe('a schema', () => {
  it('is itself after the wire, default values included (facts/rootcoord §24)', () => {
    fc.assert(
      fc.property(aValidSchema, (schema) => {
        const mine = normaliseSchema(schema);
        expect(isSameSchema(mine, roundTrip(mine))).toBe(true);
        expect(isSameSchema(mine, normaliseSchema(roundTrip(schema)))).toBe(true);
      }),
    );
  });

  it('is another as soon as the wire tells them apart', () => {
    const bytesOf = (schema: CollectionSchema) => CollectionSchema.encode(schema).finish();
    fc.assert(
      fc.property(aValidSchema, aValidSchema, (a, b) => {
        const [mine, theirs] = [normaliseSchema(a), normaliseSchema(b)];
        const isEqual = Buffer.compare(bytesOf(mine), bytesOf(theirs)) === 0;
        expect(isSameSchema(mine, theirs)).toBe(isEqual);
      }),
    );
  });

  it('is itself in the order a store hands its fields back', () => {
    const shuffled = {
      ...normalised,
      fields: [...normalised.fields].reverse(),
      structArrayFields: [...normalised.structArrayFields].reverse(),
    };
    expect(isSameSchema(shuffled, normalised)).toBe(true);
  });

  it('is itself with params in another order', () => {
    const typeParams = pairs({ 'mmap.enabled': 'True', dim: 8 });
    expect(isSameSchema(withField('vector', { typeParams }), normalised)).toBe(true);
  });

  it('differs when two fields change places', () => {
    const [first, second, ...rest] = whole.fields;
    const fields = first && second ? [second, first, ...rest] : [];
    expect(isSameSchema(normaliseSchema({ ...whole, fields }), normalised)).toBe(false);
  });

  it.each<[string, Partial<FieldSchema>]>([
    ['name', { name: 'labels' }],
    ['id', { fieldID: 999n }],
    ['description', { description: 'new' }],
    ['data type', { dataType: DataType.JSON }],
    ['element type', { elementType: DataType.Int64 }],
    ['a type param', { typeParams: pairs({ max_capacity: 9 }) }],
    ['one more type param', { typeParams: pairs({ max_capacity: 8, 'mmap.enabled': 'true' }) }],
    ['an index param', { indexParams: pairs({ index_type: 'INVERTED' }) }],
    ['primary key', { isPrimaryKey: true }],
    ['auto id', { autoID: true }],
    ['dynamic', { isDynamic: true }],
    ['partition key', { isPartitionKey: true }],
    ['clustering key', { isClusteringKey: true }],
    ['nullable', { nullable: true }],
    ['function output', { isFunctionOutput: true }],
    ['null elements', { elementNullable: true }],
    ['external field', { externalField: 'x' }],
    ['type schema', { typeSchema: { typeParams: [], nullable: false } }],
    ['a default value', { defaultValue: { boolData: false } }],
  ])('differs by a field’s %s', (_what, changes) => {
    expect(isSameSchema(withField('tags', changes), normalised)).toBe(false);
  });

  it.each<[string, Partial<CollectionSchema>]>([
    ['name', { name: 'films' }],
    ['description', { description: '' }],
    ['auto id', { autoID: true }],
    ['dynamic fields', { enableDynamicField: false }],
    ['namespace', { enableNamespace: true }],
    ['external source', { externalSource: 's3://b' }],
    ['external spec', { externalSpec: '{}' }],
    ['a property', { properties: pairs({ a: 1, b: 3 }) }],
    ['properties crossed', { properties: pairs({ a: 2, b: 1 }) }],
    ['a field less', { fields: normalised.fields.slice(1) }],
    ['no functions', { functions: [] }],
    ['another function type', { functions: [aFunction({ type: FunctionType.MinHash })] }],
    ['no struct arrays', { structArrayFields: [] }],
  ])('differs by its %s', (_what, changes) => {
    expect(isSameSchema({ ...normalised, ...changes }, normalised)).toBe(false);
  });

  it.each([
    ['name', { name: 'other' }],
    ['id', { id: 101n }],
    ['description', { description: '' }],
    ['type', { type: FunctionType.TextEmbedding }],
    ['input', { inputFieldNames: ['tenant'] }],
    ['output', { outputFieldNames: [] }],
    ['params', { params: [] }],
  ])('differs by a function’s %s', (_what, changes) => {
    const functions = normalised.functions.map((fn) => ({ ...fn, ...changes }));
    expect(isSameSchema({ ...normalised, functions }, normalised)).toBe(false);
  });

  it.each([
    ['name', { name: 'other' }],
    ['id', { fieldID: 7n }],
    ['description', { description: 'new' }],
    ['nulls', { nullable: true }],
    ['type params', { typeParams: [] }],
    ['members', { fields: [] }],
  ])('differs by a struct array’s %s', (_what, changes) => {
    const structArrayFields = normalised.structArrayFields.map((each) => ({ ...each, ...changes }));
    expect(isSameSchema({ ...normalised, structArrayFields }, normalised)).toBe(false);
  });
});

describe('default values', () => {
  const withDefault = (defaultValue: ValueField | undefined) => withField('year', { defaultValue });

  it.each<[string, ValueField]>([
    ['false', { boolData: false }],
    ['0', { intData: 0 }],
    ['0n', { longData: 0n }],
    ['float 0.1', { floatData: 0.1 }],
    ['float NaN', { floatData: Number.NaN }],
    ['double NaN', { doubleData: Number.NaN }],
    ['empty text', { stringData: '' }],
    ['bytes', { bytesData: Buffer.from([0, 255]) }],
    ['timestamptz', { timestamptzData: 5n }],
    ['date', { dateData: 5 }],
    ['time', { timeData: 5n }],
  ])('%s equals itself after the wire and differs from none', (_value, defaultValue) => {
    const schema = withDefault(defaultValue);
    expect(isSameSchema(schema, roundTrip(schema))).toBe(true);
    expect(isSameSchema(schema, withDefault(undefined))).toBe(false);
    expect(isSameSchema(schema, withDefault({}))).toBe(false);
  });

  it.each<[ValueField, ValueField]>([
    [{ boolData: false }, { boolData: true }],
    [{ intData: 0 }, { longData: 0n }],
    [{ intData: 1 }, { dateData: 1 }],
    [{ longData: 1n }, { longData: 2n }],
    [{ longData: 1n }, { timestamptzData: 1n }],
    [{ floatData: 0.1 }, { doubleData: 0.1 }],
    [{ floatData: 0.1 }, { floatData: 0.2 }],
    [{ doubleData: 0 }, { doubleData: -0 }],
    [{ stringData: '' }, { stringData: 'a' }],
    [{ stringData: 'a' }, { bytesData: Buffer.from('a') }],
    [{ bytesData: Buffer.from('a') }, { bytesData: Buffer.from('b') }],
    [{ timeData: 1n }, { timeData: 2n }],
    [{ timestamptzData: 1n }, { timestamptzData: 2n }],
  ])('%o differs from %o', (mine, theirs) => {
    expect(isSameSchema(withDefault(mine), withDefault(theirs))).toBe(false);
  });
});
