import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addField } from '../../../src/domain/add-field.js';
import { alterCollectionProperties } from '../../../src/domain/alter-collection.js';
import { DataType, type FieldSchema } from '../../../src/gen/schema.js';
import { alteration, collectionOf, LATER } from '../../kit/alterations.js';
import { refusalOf } from '../../kit/refusals.js';
import {
  aField,
  anArray,
  anArrayOfVector,
  aSchema,
  aStruct,
  aVarChar,
  aVector,
  pairs,
} from '../../kit/schemas.js';

const books = collectionOf(
  aSchema([aField('age')], {
    enableDynamicField: true,
    structArrayFields: [aStruct('parts', [anArray('part')])],
  }),
);

const nullable = (name: string, changes: Partial<FieldSchema> = {}) =>
  aField(name, { nullable: true, ...changes });

const add = (field: FieldSchema, record = books) => addField(record, field, alteration);

describe('adding a field', () => {
  it('numbers it past fields and struct arrays, before the system fields', () => {
    const added = add(nullable('year', { fieldID: 7n }));
    expect(added.schema.fields.map(({ name, fieldID }) => [name, fieldID])).toEqual([
      ['id', 100n],
      ['vector', 101n],
      ['age', 102n],
      ['$meta', 103n],
      ['year', 106n],
      ['RowID', 0n],
      ['Timestamp', 1n],
    ]);
    expect(added.schema.version).toBe(1);
    expect(added.updatedAt).toBe(LATER);
    expect({ ...added, schema: books.schema, updatedAt: books.updatedAt }).toEqual(books);
  });

  it('keeps ids exact beyond what a double can hold', () => {
    const high = 2n ** 60n + 1n;
    const schema = {
      ...books.schema,
      fields: books.schema.fields.map((each) =>
        each.name === 'age' ? { ...each, fieldID: high } : each,
      ),
    };
    const added = add(nullable('year'), { ...books, schema });
    expect(added.schema.fields.find(({ name }) => name === 'year')?.fieldID).toBe(high + 1n);
  });

  it('never gives an id twice, and counts one version per field', () => {
    const steps = fc.array(fc.constantFrom('field', 'dynamic'), { maxLength: 12 });
    fc.assert(
      fc.property(steps, (kinds) => {
        let record = collectionOf(aSchema());
        for (const [n, kind] of kinds.entries()) {
          const change = { properties: pairs({ 'dynamicfield.enabled': 'true' }), deleteKeys: [] };
          record =
            kind === 'field'
              ? add(nullable(`f${n}`), record)
              : alterCollectionProperties(record, change, alteration);
        }
        const ids = record.schema.fields.map(({ fieldID }) => fieldID);
        expect(new Set(ids).size).toBe(ids.length);
        expect(record.schema.version).toBe(ids.length - 4);
      }),
    );
  });

  it.each([
    ['a number with a default', nullable('year', { defaultValue: { longData: 2n ** 60n + 1n } })],
    ['a text', aVarChar('title', { nullable: true })],
    ['an array', anArray('pages', { nullable: true })],
    ['JSON', nullable('extra', { dataType: DataType.JSON })],
    ['a clustering key', nullable('year', { isClusteringKey: true })],
  ])('takes %s', (_what, field) => {
    const stored = add(field).schema.fields.find(({ name }) => name === field.name);
    expect(stored).toEqual({ ...field, fieldID: 106n });
  });

  it('stores a default time in microseconds of the collection', () => {
    const time = nullable('at', {
      dataType: DataType.Timestamptz,
      defaultValue: { stringData: '2025-01-02T03:04:05Z' },
    });
    expect(add(time).schema.fields.find(({ name }) => name === 'at')?.defaultValue).toEqual({
      timestamptzData: 1_735_787_045_000_000n,
    });
  });

  const named = 'field name = f';
  it.each([
    ['f', { nullable: false }, `added field must be nullable, please check it, ${named}`],
    ['f', { isPrimaryKey: true }, `not support to add pk field, ${named}`],
    ['f', { isPartitionKey: true }, 'not support to add partition key field, field name  = f'],
    ['f', { autoID: true }, `only primary field can speficy AutoID with true, ${named}`],
    [
      'f',
      { isFunctionOutput: true },
      "field f is marked as function output, but is no function's output",
    ],
    ['age', {}, 'duplicated field name age'],
    ['part', {}, 'duplicated field name part'],
    ['parts', {}, 'duplicated field name parts'],
    ['$meta', {}, 'not support to add system field, field name = $meta'],
    ['RowID', {}, 'not support to add system field, field name = RowID'],
    ['$namespace_id', {}, 'not support to add system field, field name = $namespace_id'],
    ['f', { externalField: 'x' }, 'external fields are not supported, field name = f'],
  ] as const)('named %s with %o is refused', (name, changes, text) => {
    expect(refusalOf(() => add(nullable(name, changes)))).toEqual({
      code: 1100,
      text: `${text}: invalid parameter`,
    });
  });

  it.each([
    ['a vector', aVector({ name: 'v2', nullable: true }), 1100, 'not support to add vector field'],
    ['an array of vectors', anArrayOfVector('v2'), 1100, 'not support to add vector field'],
    ['an unknown type', nullable('f', { dataType: DataType.None }), 1100, 'None is not supported'],
    ['a dynamic field', nullable('f', { isDynamic: true }), 65535, 'cannot explicitly set'],
    ['a bad name', nullable('1st'), 1701, 'The first character of a field name'],
    ['a text without a length', nullable('f', { dataType: DataType.VarChar }), 65535, 'max_length'],
    [
      'a long text',
      aVarChar('f', { nullable: true, typeParams: pairs({ max_length: 65_536 }) }),
      1100,
      '(0, 65535]',
    ],
    [
      'a default of another type',
      nullable('f', { defaultValue: { boolData: true } }),
      1100,
      'default_value',
    ],
    [
      'a JSON clustering key',
      nullable('f', { dataType: DataType.JSON, isClusteringKey: true }),
      105,
      'unsupported data type JSON',
    ],
    [
      'a clustering key that is not loaded',
      nullable('f', { isClusteringKey: true, typeParams: pairs({ 'field.skipLoad': 'true' }) }),
      1100,
      'cannot skip loading',
    ],
  ])('refuses %s', (_what, field, code, text) => {
    const refused = refusalOf(() => add(field));
    expect(refused.code).toBe(code);
    expect(refused.text).toContain(text);
  });

  it('refuses a second clustering key', () => {
    const clustered = add(nullable('year', { isClusteringKey: true }));
    expect(refusalOf(() => add(nullable('f', { isClusteringKey: true }), clustered)).text).toBe(
      'already has another clustering key field, field name: f: invalid parameter',
    );
  });

  it('takes the last field the limit allows, and no more', () => {
    const almost = collectionOf(aSchema(Array.from({ length: 61 }, (_, n) => aField(`f${n}`))));
    const full = add(nullable('last'), almost);
    expect(refusalOf(() => add(nullable('more'), full))).toEqual({
      code: 1100,
      text: 'The number of fields has reached the maximum value 64: invalid parameter',
    });
  });
});
