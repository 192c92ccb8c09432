import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseSchema } from '../../../../src/domain/schema/normalise-schema.js';
import { publicSchema } from '../../../../src/domain/schema/public-schema.js';
import { CollectionSchema, DataType } from '../../../../src/gen/schema.js';
import { aValidSchema } from '../../../kit/arbitrary-schema.js';
import { refusalOf } from '../../../kit/refusals.js';
import { validate } from '../../../kit/schema-rules.js';
import {
  aField,
  aFunction,
  anAnalysedText,
  anArray,
  aSchema,
  aSparseVector,
  aStruct,
} from '../../../kit/schemas.js';

const idsAndNames = (fields: readonly { fieldID: bigint; name: string }[]) =>
  fields.map(({ fieldID, name }) => [fieldID, name]);

/** Every id a normalised schema gave to something of the user's, in the order given. */
const userIds = (schema: CollectionSchema): bigint[] => [
  ...schema.fields.slice(0, -2).map((field) => field.fieldID),
  ...schema.structArrayFields.flatMap((struct) => [
    struct.fieldID,
    ...struct.fields.map((member) => member.fieldID),
  ]),
];

describe('a normalised schema', () => {
  it('numbers fields from 100, then $meta, and ends with the system fields', () => {
    const { fields } = normaliseSchema(aSchema([aField('n')], { enableDynamicField: true }));
    expect(idsAndNames(fields)).toEqual([
      [100n, 'id'],
      [101n, 'vector'],
      [102n, 'n'],
      [103n, '$meta'],
      [0n, 'RowID'],
      [1n, 'Timestamp'],
    ]);
  });

  it('describes what it added in Milvus’ words', () => {
    const added = normaliseSchema(aSchema([], { enableDynamicField: true })).fields.slice(2);
    expect(
      added.map(({ description, dataType, isDynamic }) => [description, dataType, isDynamic]),
    ).toEqual([
      ['dynamic schema', DataType.JSON, true],
      ['row id', DataType.Int64, false],
      ['time stamp', DataType.Int64, false],
    ]);
  });

  it('has no $meta without dynamic fields', () => {
    const { fields } = normaliseSchema(aSchema());
    expect(fields.map((field) => field.name)).toEqual(['id', 'vector', 'RowID', 'Timestamp']);
  });

  it('numbers each struct array after the fields and its members after it', () => {
    const structArrayFields = [
      aStruct('s', [anArray('a'), anArray('b')]),
      aStruct('t', [anArray('c')]),
    ];
    const schema = normaliseSchema(aSchema([], { enableDynamicField: true, structArrayFields }));
    expect(idsAndNames(schema.structArrayFields)).toEqual([
      [103n, 's'],
      [106n, 't'],
    ]);
    expect(schema.structArrayFields.map((struct) => idsAndNames(struct.fields))).toEqual([
      [
        [104n, 'a'],
        [105n, 'b'],
      ],
      [[107n, 'c']],
    ]);
  });

  it('numbers functions from 100 and resolves the fields they name', () => {
    const functions = [
      aFunction(),
      aFunction({ name: 'other', inputFieldNames: ['id', 'a'], outputFieldNames: [] }),
    ];
    const schema = normaliseSchema(
      aSchema([anAnalysedText(), aSparseVector('sparse')], {
        functions,
        structArrayFields: [aStruct('s', [anArray('a')])],
      }),
    );
    expect(
      schema.functions.map(({ id, inputFieldIds, outputFieldIds }) => [
        id,
        inputFieldIds,
        outputFieldIds,
      ]),
    ).toEqual([
      [100n, [102n], [103n]],
      [101n, [100n, 105n], []],
    ]);
  });

  it.each([
    ['input', { inputFieldNames: ['body'] }],
    ['output', { outputFieldNames: ['body'] }],
  ])('is refused when a function’s %s is not there → 1100', (side, changes) => {
    const schema = aSchema([anAnalysedText(), aSparseVector('sparse')], {
      functions: [aFunction(changes)],
    });
    expect(refusalOf(() => normaliseSchema(schema))).toEqual({
      code: 1100,
      text: `${side} field body of function bm25 not found: invalid parameter`,
    });
  });

  it('overrules the ids a client made up', () => {
    const schema = aSchema([aField('n', { fieldID: 7n }), aField('m', { fieldID: 7n })]);
    expect(userIds(normaliseSchema(schema))).toEqual([100n, 101n, 102n, 103n]);
  });

  it('stores a Timestamptz default in microseconds', () => {
    const dataType = DataType.Timestamptz;
    const defaultValue = { stringData: '1970-01-01T00:00:01Z' };
    const { fields } = normaliseSchema(aSchema([aField('at', { dataType, defaultValue })]));
    expect(fields[2]?.defaultValue).toEqual({ timestamptzData: 1_000_000n });
  });

  it('has unique ids without gaps, whatever the schema', () => {
    fc.assert(
      fc.property(aValidSchema, (schema) => {
        const ids = userIds(normaliseSchema(schema));
        expect(ids).toEqual(ids.map((_, index) => 100n + BigInt(index)));
      }),
    );
  });

  it('is the same every time and leaves its input alone', () => {
    fc.assert(
      fc.property(aValidSchema, (schema) => {
        const before = structuredClone(schema);
        expect(normaliseSchema(schema)).toEqual(normaliseSchema(structuredClone(schema)));
        expect(schema).toEqual(before);
      }),
    );
  });

  it('survives the wire', () => {
    fc.assert(
      fc.property(aValidSchema, (schema) => {
        const normalised = normaliseSchema(schema);
        const bytes = CollectionSchema.encode(normalised).finish();
        expect(CollectionSchema.encode(CollectionSchema.decode(bytes)).finish()).toEqual(bytes);
      }),
    );
  });
});

describe('the public schema', () => {
  const functions = [aFunction()];
  const structArrayFields = [aStruct('s', [anArray('a')])];
  const stored = normaliseSchema(
    aSchema([anAnalysedText(), aSparseVector('sparse')], {
      enableDynamicField: true,
      functions,
      structArrayFields,
    }),
  );

  it('shows no system field and no dynamic field', () => {
    const names = publicSchema(stored).fields.map((field) => field.name);
    expect(names).toEqual(['id', 'vector', 'text', 'sparse']);
  });

  it('shows no namespace field of Milvus 2.6', () => {
    const namespace = aField('$namespace_id', { fieldID: 105n, isPartitionKey: true });
    const schema = { ...stored, fields: [...stored.fields, namespace] };
    expect(publicSchema(schema)).toEqual(publicSchema(stored));
  });

  it('keeps ids, functions, struct arrays and the word that fields are dynamic', () => {
    const shown = publicSchema(stored);
    expect(shown.fields.map((field) => field.fieldID)).toEqual([100n, 101n, 102n, 103n]);
    expect(shown.functions).toEqual(stored.functions);
    expect(shown.structArrayFields).toEqual(stored.structArrayFields);
    expect(shown.enableDynamicField).toBe(true);
  });

  it('is what the client sent, but for ids and marks', () => {
    const limits = { maxVectorFieldNum: 64 };
    fc.assert(
      fc.property(aValidSchema, (schema) => {
        const accepted = validate(schema, { limits }).schema;
        const shown = publicSchema(normaliseSchema(accepted));
        const withoutIds = shown.fields.map((field) => ({ ...field, fieldID: 0n }));
        expect(withoutIds).toEqual(accepted.fields);
      }),
    );
  });
});
