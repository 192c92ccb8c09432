import { describe, expect, it } from 'vitest';
import type { IndexId } from '../../../../src/domain/ids.js';
import { checkIndexed } from '../../../../src/domain/loads/check-indexed.js';
import {
  checkFieldsUnchanged,
  loadFieldIdsOf,
} from '../../../../src/domain/loads/requested-fields.js';
import { normaliseSchema } from '../../../../src/domain/schema/normalise-schema.js';
import { aLoad, fieldIds } from '../../../kit/load-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { refusalOf } from '../../../kit/refusals.js';
import {
  anArrayOfVector,
  aSchema,
  aSparseVector,
  aStruct,
  aVarChar,
  pairs,
} from '../../../kit/schemas.js';

const skipped = { typeParams: pairs({ max_length: 64, 'field.skipLoad': 'true' }) };

/** Ids in the order of the words; `note` is skipped unless it is named. */
const schema = normaliseSchema(
  aSchema([aVarChar('title'), aVarChar('note', skipped)], {
    enableDynamicField: true,
    structArrayFields: [aStruct('clips', [anArrayOfVector('clip')])],
  }),
);
const idOf = (name: string): bigint =>
  [...schema.fields, ...schema.structArrayFields.flatMap(({ fields }) => fields)].find(
    (field) => field.name === name,
  )?.fieldID ?? -1n;
const ids = (...names: readonly string[]) => fieldIds(...names.map(idOf));

const select = (loadFields: readonly string[], skipLoadDynamicField = false) =>
  loadFieldIdsOf(schema, { loadFields, skipLoadDynamicField });

describe('fields a load means', () => {
  it('are all that are not declared to be skipped, but no system fields', () => {
    expect(select([])).toEqual(ids('id', 'vector', 'title', '$meta', 'clip'));
    expect(select([], true)).toEqual(ids('id', 'vector', 'title', 'clip'));
  });

  it('are those it names, and the dynamic one unless it is not wanted', () => {
    expect(select(['vector', 'id', 'id'])).toEqual(ids('id', 'vector', '$meta'));
    expect(select(['vector', 'id', 'note'], true)).toEqual(ids('id', 'vector', 'note'));
    expect(select(['id', 'clips'], true)).toEqual(ids('id', 'clip'));
  });

  it.each([
    ['a field that is not there', ['id', 'vector', 'none'], 65535],
    ['no primary key', ['vector'], 1100],
    ['no vector', ['id', 'title'], 1100],
  ])('%s is refused', (_, names, code) => {
    expect(refusalOf(() => select(names)).code).toBe(code);
  });

  it('of what is loaded count only when the client names them', () => {
    const loaded = aLoad({ loadFields: ids('id', 'vector') });
    const check = (loadFields: readonly string[], wanted: readonly string[]) =>
      checkFieldsUnchanged(loaded, { loadFields, skipLoadDynamicField: false }, ids(...wanted));
    expect(() => check([], ['id', 'vector', 'title'])).not.toThrow();
    expect(() => check(['id', 'vector'], ['id', 'vector'])).not.toThrow();
    expect(refusalOf(() => check(['x'], ['id', 'vector', 'title'])).code).toBe(1100);
    expect(refusalOf(() => check(['x'], ['id', 'title'])).code).toBe(1100);
  });
});

describe('vectors of what is loaded', () => {
  const record = aRecord({
    name: 'c',
    schema: normaliseSchema(aSchema([aSparseVector('sparse'), aVarChar('title')])),
  });
  const fieldOf = (name: string) =>
    record.schema.fields.find((field) => field.name === name)?.fieldID ?? -1n;
  const named = (...names: readonly string[]) => fieldIds(...names.map(fieldOf));
  const check = (
    loaded: readonly string[],
    indexed: readonly string[],
    scope: 'collection' | 'partitions' = 'collection',
  ) => {
    const indexes = new Map(named(...indexed).map((id) => [id, 1n as IndexId]));
    checkIndexed(record, named(...loaded), indexes, scope);
  };
  const all = ['id', 'vector', 'sparse', 'title'];

  it('need an index each, those that are not loaded need none', () => {
    expect(() => check(all, ['vector', 'sparse'])).not.toThrow();
    expect(() => check(['id', 'sparse'], ['sparse'])).not.toThrow();
    expect(() => check(['id', 'sparse'], ['sparse'], 'partitions')).not.toThrow();
  });

  it.each([
    ['no index at all', [], 'collection', 700, 'index not found[collection=c]'],
    ['no index at all', [], 'partitions', 700, 'index not found[collection=c]'],
    ['only a scalar one', ['title'], 'collection', 65535, 'on field: [vector sparse]'],
    ['only a scalar one', ['title'], 'partitions', 65535, 'on collection: c,'],
    ['one of two', ['vector'], 'collection', 65535, 'on field: [sparse]'],
    ['one of two', ['vector'], 'partitions', 65535, 'on field: [sparse]'],
  ] as const)('%s %j: refused for a %s', (_, indexed, scope, code, text) => {
    const refusal = refusalOf(() => check(all, indexed, scope));
    expect(refusal.code).toBe(code);
    expect(refusal.text).toContain(text);
  });
});
