import { describe, expect, it } from 'vitest';
import { checkRootPreconditions } from '../../../../src/domain/schema/root-preconditions.js';
import {
  DEFAULT_VALUE_LENGTH_MAX,
  DESCRIPTION_LENGTH_MAX,
  FIELDS_MAX,
  FUNCTION_FIELDS_MAX,
  FUNCTIONS_MAX,
  PARAM_KEY_LENGTH_MAX,
  PARAM_VALUE_LENGTH_MAX,
  PARAMS_MAX,
  PROPERTIES_LENGTH_MAX,
  PROPERTIES_MAX,
} from '../../../../src/domain/schema/schema-bounds.js';
import { type CollectionSchema, DataType, FieldSchema } from '../../../../src/gen/schema.js';
import { refusalOf } from '../../../kit/refusals.js';
import { refusesAsInvalid, validate } from '../../../kit/schema-rules.js';
import {
  aField,
  aFunction,
  anArray,
  aSchema,
  aStruct,
  aVarChar,
  aVector,
  pairs,
} from '../../../kit/schemas.js';

const many = (count: number) =>
  pairs(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v'])));
const long = (max: number) => 'x'.repeat(max + 1);

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe('an absurd schema is refused before anything is worked out', () => {
  const key = long(PARAM_KEY_LENGTH_MAX);
  const value = long(PARAM_VALUE_LENGTH_MAX);
  const description = long(DESCRIPTION_LENGTH_MAX);
  refusesAsInvalid([
    [
      'functions',
      aSchema([], { functions: names(FUNCTIONS_MAX + 1).map((name) => aFunction({ name })) }),
      "maximum function's number should be limited to 64, but is 65",
    ],
    [
      'inputs of a function',
      aSchema([], { functions: [aFunction({ inputFieldNames: names(FUNCTION_FIELDS_MAX + 1) })] }),
      "maximum function input field's number should be limited to 64, but is 65",
    ],
    [
      'outputs of a function',
      aSchema([], { functions: [aFunction({ outputFieldNames: names(FUNCTION_FIELDS_MAX + 1) })] }),
      "maximum function output field's number should be limited to 64, but is 65",
    ],
    [
      'params of a function',
      aSchema([], { functions: [aFunction({ params: many(PARAMS_MAX + 1) })] }),
      "maximum function param's number should be limited to 64, but is 65",
    ],
    [
      'type params',
      aSchema([aField('f', { typeParams: many(PARAMS_MAX + 1) })]),
      "maximum type param's number should be limited to 64, but is 65",
    ],
    [
      'index params',
      aSchema([aField('f', { indexParams: many(PARAMS_MAX + 1) })]),
      "maximum index param's number should be limited to 64, but is 65",
    ],
    [
      'type params of a struct array',
      aSchema([], {
        structArrayFields: [aStruct('s', [anArray('a')], { typeParams: many(PARAMS_MAX + 1) })],
      }),
      "maximum type param's number should be limited to 64, but is 65",
    ],
    [
      'type params of a member',
      aSchema([], {
        structArrayFields: [aStruct('s', [anArray('a', { typeParams: many(PARAMS_MAX + 1) })])],
      }),
      "maximum type param's number should be limited to 64, but is 65",
    ],
    [
      'properties',
      aSchema(),
      "maximum property's number should be limited to 128, but is 129",
      { properties: many(PROPERTIES_MAX + 1) },
    ],
    [
      'properties of the schema',
      aSchema([], { properties: many(PROPERTIES_MAX + 1) }),
      "maximum property's number should be limited to 128, but is 129",
    ],
    [
      'a long property key',
      aSchema(),
      'the length of a property key should be limited to 256, but is 257',
      { properties: pairs({ [key]: 'v' }) },
    ],
    [
      'a long property value',
      aSchema(),
      'the length of a property value should be limited to 65535, but is 65536',
      { properties: pairs({ k: value }) },
    ],
    [
      'long properties together',
      aSchema(),
      'the length of all properties should be limited to 262144, but is 262150',
      {
        properties: pairs(
          Object.fromEntries(names(5).map((name) => [name, 'x'.repeat(PROPERTIES_LENGTH_MAX / 5)])),
        ),
      },
    ],
    [
      'a long type param value',
      aSchema([aVarChar('t', { typeParams: pairs({ max_length: 8, analyzer_params: value }) })]),
      'the length of a type param value should be limited to 65535, but is 65536',
    ],
    [
      'a long description',
      aSchema([], { description }),
      'the length of the collection description should be limited to 65535, but is 65536',
    ],
    [
      'a long field description',
      aSchema([aField('f', { description })]),
      'the length of a field description should be limited to 65535, but is 65536',
    ],
    [
      'a long function description',
      aSchema([], { functions: [aFunction({ description })] }),
      'the length of a function description should be limited to 65535, but is 65536',
    ],
    [
      'a long default value',
      aSchema([aVarChar('t', { defaultValue: { stringData: long(DEFAULT_VALUE_LENGTH_MAX) } })]),
      'the length of a default value should be limited to 65535, but is 65536',
    ],
    [
      'a long database name',
      aSchema([], { dbName: key }),
      'the length of the database name should be limited to 256, but is 257',
    ],
  ]);

  it('but everything at its greatest size is taken', () => {
    const field = aField('f', {
      description: long(DESCRIPTION_LENGTH_MAX - 1),
      typeParams: many(PARAMS_MAX),
    });
    const properties = pairs({ k: long(PARAM_VALUE_LENGTH_MAX - 1) });
    expect(() => validate(aSchema([field]), { properties })).not.toThrow();
  });
});

describe('RootCoord checks for itself', () => {
  const root = (schema: CollectionSchema) =>
    refusalOf(() => checkRootPreconditions('books', schema));

  it('how many fields there are', () => {
    expect(root(aSchema(names(FIELDS_MAX).map((name) => aField(name)))).text).toBe(
      "maximum field's number should be limited to 1024, but is 1026: invalid parameter",
    );
  });

  /** A field `f` as a newer client sends it: tag 2 holds the name, tag 5 the data type 999. */
  const fromTheFuture = FieldSchema.decode(Uint8Array.of(0x12, 1, 0x66, 0x28, 0xe7, 0x07));

  it.each([
    ['None', aField('f', { dataType: DataType.None })],
    ['999', fromTheFuture],
  ])('that data type %s is unknown', (type, field) => {
    expect(root(aSchema([field]))).toEqual({
      code: 1100,
      text: `field f: invalid parameter[expected=valid field][actual=field data type: ${type} is not supported]`,
    });
  });

  it.each(['$meta', 'RowID', 'Timestamp'])('that no field is called %s', (name) => {
    expect(root(aSchema([aField(name)])).text).toBe(
      "schema contains system field: RowID, Timestamp, $meta: invalid parameter[expected=schema don't contains system field][actual=contains]",
    );
  });

  it('that both names agree', () => {
    expect(root(aSchema([], { name: 'films' })).text).toBe(
      "collection name = books, schema.Name=films: invalid parameter[expected=collection name matches schema name][actual=don't match]",
    );
  });

  it('default values, nulls and keys', () => {
    expect(root(aSchema([aField('f', { defaultValue: { boolData: true } })])).code).toBe(1100);
    expect(root(aSchema([aVector({ name: 'v', nullable: true })])).code).toBe(1100);
    expect(root(aSchema([aField('f', { typeParams: [...many(1), ...many(1)] })])).text).toBe(
      'duplicated type param key "k0": invalid parameter',
    );
  });

  it('that members of a struct array are arrays', () => {
    const structArrayFields = [aStruct('s', [aField('a')])];
    expect(root(aSchema([], { structArrayFields })).text).toBe(
      'Fields in StructArrayField can only be array or array of vector, but field a is Int64: invalid parameter',
    );
  });

  it('nothing else: a schema without vectors is the proxy’s matter', () => {
    expect(() => checkRootPreconditions('books', aSchema([], { fields: [] }))).not.toThrow();
  });
});
