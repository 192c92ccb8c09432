import { describe, expect, it } from 'vitest';
import { alterIndex, checkAlteration } from '../../../../src/domain/indexes/alter-index.js';
import { checkIndexName } from '../../../../src/domain/indexes/index-names.js';
import { anIndex } from '../../../kit/indexes.js';
import { refusalOf } from '../../../kit/refusals.js';
import { pairs } from '../../../kit/schemas.js';

describe('an alteration of an index', () => {
  it.each([
    [
      { params: pairs({ M: 9 }), deleteKeys: [] },
      'M is not a configable index property: invalid parameter',
    ],
    [
      { params: pairs({ 'mmap.enabled': 'true', nlist: 9 }), deleteKeys: [] },
      'nlist is not a configable index property: invalid parameter',
    ],
    [
      { params: [], deleteKeys: ['index_type'] },
      'index_type is not a configable index property: invalid parameter',
    ],
    [
      { params: pairs({ 'mmap.enabled': 'true' }), deleteKeys: ['mmap.enabled'] },
      'cannot provide both DeleteKeys and ExtraParams: invalid parameter',
    ],
    [
      { params: [], deleteKeys: [] },
      'the index params to alter and the keys to delete are both empty: invalid parameter',
    ],
    [
      {
        params: [...pairs({ 'mmap.enabled': 'true' }), ...pairs({ 'mmap.enabled': 'true' })],
        deleteKeys: [],
      },
      'duplicated index param key "mmap.enabled": invalid parameter',
    ],
  ])('%# is refused with the reason', (alteration, text) => {
    expect(refusalOf(() => checkAlteration(alteration))).toEqual({ code: 1100, text });
  });

  it('sets and forgets a switch, in what it is built with and in what the user said', () => {
    const on = alterIndex(anIndex(), { params: pairs({ 'mmap.enabled': 'True' }), deleteKeys: [] });
    const pair = { key: 'mmap.enabled', value: 'True' };
    expect(on.indexParams).toContainEqual(pair);
    expect(on.userIndexParams).toContainEqual(pair);
    expect(alterIndex(on, { params: [], deleteKeys: ['mmap.enabled'] })).toEqual(anIndex());
  });

  it('that changes nothing leaves the very record', () => {
    const index = anIndex();
    expect(alterIndex(index, { params: [], deleteKeys: ['mmap.enabled'] })).toBe(index);
  });

  it.each([
    ['HNSW', 'yes', 'invalid mmap.enabled value: yes, expected: true, false: invalid parameter'],
    ['DISKANN', 'true', 'index type DISKANN does not support mmap: invalid parameter'],
    ['STL_SORT', 'TRUE', 'index type STL_SORT does not support mmap: invalid parameter'],
  ])('of a %s to mmap.enabled=%s is refused', (type, value, text) => {
    const index = anIndex({ indexParams: pairs({ index_type: type }) });
    const alteration = { params: pairs({ 'mmap.enabled': value }), deleteKeys: [] };
    expect(refusalOf(() => alterIndex(index, alteration))).toEqual({ code: 1100, text });
  });
});

describe('an index name', () => {
  it.each([
    ['', ''],
    ['  ', ''],
    [' a_1 ', 'a_1'],
    ['_default_idx', '_default_idx'],
  ])('"%s" is "%s"', (given, used) => {
    expect(checkIndexName(given, 255)).toBe(used);
  });

  it.each([
    ['1a', 'The first character of a index name must be an underscore or letter.'],
    ['a-b', 'Index name can only contain numbers, letters, and underscores.'],
    ['a b', 'Index name can only contain numbers, letters, and underscores.'],
    ['ä', 'The first character of a index name must be an underscore or letter.'],
  ])('"%s" is none', (name, rule) => {
    expect(refusalOf(() => checkIndexName(name, 255))).toEqual({
      code: 65535,
      text: `Invalid index name: ${name}. ${rule}`,
    });
  });

  it('has so many bytes at most', () => {
    expect(checkIndexName('a'.repeat(255), 255)).toHaveLength(255);
    expect(refusalOf(() => checkIndexName('a'.repeat(256), 255)).text).toMatch(/less than 255/);
  });
});
