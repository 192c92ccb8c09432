import { describe, expect, it } from 'vitest';
import { alterField } from '../../../src/domain/alter-field.js';
import { DataType } from '../../../src/gen/schema.js';
import { alteration, collectionOf, LATER } from '../../kit/alterations.js';
import { refusalOf } from '../../kit/refusals.js';
import { anArray, aSchema, aStruct, aVarChar, pairs } from '../../kit/schemas.js';

type Values = Readonly<Record<string, string | number>>;

const books = collectionOf(
  aSchema(
    [
      aVarChar('title', { defaultValue: { stringData: 'untitled' } }),
      anArray('pages'),
      anArray('tags', {
        elementType: DataType.VarChar,
        typeParams: pairs({ max_capacity: 8, max_length: 64 }),
      }),
    ],
    { structArrayFields: [aStruct('parts', [anArray('part')])] },
  ),
);

const alter = (name: string, values: Values, record = books) =>
  alterField(record, name, { properties: pairs(values), deleteKeys: [] }, alteration);

const field = (name: string, record = books) =>
  record.schema.fields.find((each) => each.name === name);

describe('altering a field', () => {
  it('changes its params, the version and the time, and no other field', () => {
    const altered = alter('title', { max_length: 128, mmap_enabled: 'true' });
    expect(field('title', altered)?.typeParams).toEqual(
      pairs({ max_length: 128, 'mmap.enabled': 'true' }),
    );
    expect(altered.schema.version).toBe(1);
    expect(altered.updatedAt).toBe(LATER);
    expect(field('pages', altered)).toBe(field('pages'));
  });

  it('deletes mmap.enabled under either name', () => {
    const mapped = alter('title', { 'mmap.enabled': 'true' });
    const change = { properties: [], deleteKeys: ['mmap_enabled'] };
    const plain = alterField(mapped, 'title', change, alteration);
    expect(field('title', plain)?.typeParams).toEqual(pairs({ max_length: 64 }));
    expect(alterField(plain, 'title', change, alteration)).toBe(plain);
  });

  it('alters the description and keeps it there only', () => {
    const altered = alter('title', { 'field.description': 'on the cover' });
    expect(field('title', altered)).toEqual({ ...field('title'), description: 'on the cover' });
  });

  it('alters the length and the capacity of an array of texts', () => {
    const altered = alter('tags', { max_length: 10, max_capacity: 4096 });
    expect(field('tags', altered)?.typeParams).toEqual(
      pairs({ max_capacity: 4096, max_length: 10 }),
    );
  });

  it('is the same record when nothing changes', () => {
    expect(alter('title', { max_length: 64 })).toBe(books);
    expect(alter('title', { 'field.description': '' })).toBe(books);
  });

  const capacity = 'the maximum capacity specified for a Array should be in (0, 4096]';
  it.each([
    ['ghost', { max_length: 1 }, 'field ghost does not exist in collection'],
    ['RowID', { 'mmap.enabled': 'true' }, 'field RowID does not exist in collection'],
    ['part', { 'mmap.enabled': 'true' }, 'field part does not exist in collection'],
    ['title', { dim: 8 }, 'dim does not allow update in collection field param'],
    ['id', { max_length: 8 }, 'id can not modify the maxlength for non-string types'],
    ['pages', { max_length: 8 }, 'pages can not modify the maxlength for non-string types'],
    ['title', { max_length: 'long' }, 'max_length should be an integer, but got "long"'],
    ['title', { max_length: 65_536 }, '65536 exceeds the maximum allowed value 65535'],
    [
      'title',
      { max_length: 0 },
      'the maximum length specified for a VarChar should be in (0, 65535]',
    ],
    ['title', { max_capacity: 8 }, 'title can not modify the maxcapacity for non-array types'],
    [
      'pages',
      { max_capacity: 'x' },
      'the value for max_capacity of field pages must be an integer',
    ],
    ['pages', { max_capacity: 0 }, capacity],
    ['pages', { max_capacity: 4097 }, capacity],
    [
      'title',
      { 'mmap.enabled': 'on' },
      'the value of mmap.enabled of field title should be a boolean, but got "on"',
    ],
  ] as const)('%s to %o is refused', (name, values, text) => {
    expect(refusalOf(() => alter(name, values))).toEqual({
      code: 1100,
      text: `${text}: invalid parameter`,
    });
  });

  it('refuses a length shorter than the default value', () => {
    expect(refusalOf(() => alter('title', { max_length: 4 })).text).toContain(
      'the length (8) of string exceeds max length (4)',
    );
  });

  it('refuses to delete a size', () => {
    const change = { properties: [], deleteKeys: ['max_length'] };
    expect(refusalOf(() => alterField(books, 'title', change, alteration))).toEqual({
      code: 1100,
      text: 'max_length is not allowed to drop in collection field param: invalid parameter',
    });
  });

  it('refuses a change without a field or without a wish', () => {
    expect(refusalOf(() => alter('', { max_length: 1 }))).toEqual({
      code: 65535,
      text: 'alter collection field failed, filed name does not exists',
    });
    expect(refusalOf(() => alter('title', {})).code).toBe(65535);
  });
});
