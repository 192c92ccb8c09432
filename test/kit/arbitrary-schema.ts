import fc from 'fast-check';
import {
  type CollectionSchema,
  DataType,
  type FieldSchema,
  type ValueField,
} from '../../src/gen/schema.js';
import {
  aField,
  aFunction,
  anAnalysedText,
  anArray,
  anArrayOfVector,
  aPrimaryKey,
  aSchema,
  aSparseVector,
  aStruct,
  aVarChar,
  aVector,
  pairs,
} from './schemas.js';

/** Schemas a proxy accepts, of many shapes; field names are given by position so that none clash. */

const scalarDefaults: readonly [DataType, fc.Arbitrary<ValueField>][] = [
  [DataType.Bool, fc.boolean().map((boolData) => ({ boolData }))],
  [DataType.Int8, fc.integer({ min: -128, max: 127 }).map((intData) => ({ intData }))],
  [DataType.Int16, fc.integer({ min: -32768, max: 32767 }).map((intData) => ({ intData }))],
  [DataType.Int32, fc.integer().map((intData) => ({ intData }))],
  [
    DataType.Int64,
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((longData) => ({ longData })),
  ],
  [DataType.Float, fc.double({ min: -1e38, max: 1e38 }).map((floatData) => ({ floatData }))],
  [DataType.Double, fc.double().map((doubleData) => ({ doubleData }))],
  [
    DataType.Timestamptz,
    fc.bigInt({ min: 0n, max: 2n ** 62n }).map((timestamptzData) => ({ timestamptzData })),
  ],
  [DataType.Date, fc.integer().map((dateData) => ({ dateData }))],
  [DataType.Time, fc.bigInt({ min: 0n, max: 86_399_999_999n }).map((timeData) => ({ timeData }))],
];

const aScalar: fc.Arbitrary<FieldSchema> = fc.oneof(
  ...scalarDefaults.map(([dataType, value]) =>
    fc
      .record({ defaultValue: fc.option(value, { nil: undefined }), nullable: fc.boolean() })
      .map((changes) => aField('', { dataType, ...changes })),
  ),
);

const aText: fc.Arbitrary<FieldSchema> = fc
  .record({
    defaultValue: fc.option(
      fc.string({ maxLength: 16 }).map((stringData) => ({ stringData })),
      { nil: undefined },
    ),
    description: fc.string({ maxLength: 20 }),
  })
  .map((changes) => aVarChar('', changes));

const anOther: fc.Arbitrary<FieldSchema> = fc.constantFrom(
  anArray(''),
  aField('', { dataType: DataType.JSON, nullable: true }),
  aField('', { dataType: DataType.Geometry }),
  aVector({
    dataType: DataType.BinaryVector,
    typeParams: pairs({ 'mmap.enabled': 'True', dim: 16 }),
  }),
  aVector({ dataType: DataType.Float16Vector }),
);

const someFields = fc
  .array(fc.oneof(aScalar, aText, anOther), { maxLength: 6 })
  .map((fields) => fields.map((field, index) => ({ ...field, name: `f${index}` })));

const someStructs = fc
  .array(fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }), { maxLength: 2 })
  .map((structs) =>
    structs.map((members, index) =>
      aStruct(
        `s${index}`,
        members.map((isVector, at) =>
          isVector ? anArrayOfVector(`m${index}_${at}`) : anArray(`m${index}_${at}`),
        ),
      ),
    ),
  );

const bm25 = { fields: [anAnalysedText(), aSparseVector('sparse')], functions: [aFunction()] };

/** Limits are Milvus' own, except that any number of vectors may occur. */
export const aValidSchema: fc.Arbitrary<CollectionSchema> = fc
  .record({
    fields: someFields,
    structArrayFields: someStructs,
    isAutoId: fc.boolean(),
    hasFunction: fc.boolean(),
    enableDynamicField: fc.boolean(),
    description: fc.string({ maxLength: 20 }),
  })
  .map(({ fields, structArrayFields, isAutoId, hasFunction, ...rest }) =>
    aSchema([], {
      ...rest,
      structArrayFields,
      fields: [
        aPrimaryKey({ autoID: isAutoId }),
        aVector(),
        ...fields,
        ...(hasFunction ? bm25.fields : []),
      ],
      functions: hasFunction ? bm25.functions : [],
    }),
  );
