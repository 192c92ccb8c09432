import { describe, expect, it } from 'vitest';
import {
  checkAlias,
  checkCollectionName,
  checkDatabaseName,
  checkFieldName,
  checkPartitionName,
} from '../../../src/domain/names.js';
import { refusalOf } from '../../kit/refusals.js';

const MAX = 255;
const longest = 'a'.repeat(MAX);
const tooLong = 'a'.repeat(MAX + 1);
const tooManyBytes = `a${'é'.repeat(127)}b`;

describe('a collection name', () => {
  it.each([
    ['a', 'a'],
    ['_hidden', '_hidden'],
    ['Books_2025', 'Books_2025'],
    [' \tbooks\n', 'books'],
    [longest, longest],
  ])('%j is taken as %j', (name, taken) => {
    expect(checkCollectionName(name, MAX)).toBe(taken);
  });

  const first = 'the first character of a collection name must be an underscore or letter';
  const rest = 'collection name can only contain numbers, letters and underscores';
  const length = 'the length of a collection name must be less than 255 characters';
  it.each([
    ['', 'collection name should not be empty'],
    [' \t ', 'collection name should not be empty'],
    ['1st', `Invalid collection name: 1st.  ${first}`],
    ['$meta', `Invalid collection name: $meta.  ${first}`],
    ['-a', `Invalid collection name: -a.  ${first}`],
    ['été', `Invalid collection name: été.  ${first}`],
    [' 1st ', `Invalid collection name: 1st.  ${first}`],
    ['a-b', `Invalid collection name: a-b.  ${rest}`],
    ['a.b', `Invalid collection name: a.b.  ${rest}`],
    ['a b', `Invalid collection name: a b.  ${rest}`],
    ['caf\u00e9', `Invalid collection name: caf\u00e9.  ${rest}`],
    ['a\nb', `Invalid collection name: a\nb.  ${rest}`],
    ['a\n\n b\n', `Invalid collection name: a\n\n b.  ${rest}`],
    [tooLong, `Invalid collection name: ${tooLong}.  ${length}`],
    [tooManyBytes, `Invalid collection name: ${tooManyBytes}.  ${length}`],
  ])('%j is refused with 1100', (name, text) => {
    expect(refusalOf(() => checkCollectionName(name, MAX))).toEqual({
      code: 1100,
      text: `${text}: invalid parameter`,
    });
  });

  it('of a megabyte comes back cut in the refusal', () => {
    const { text } = refusalOf(() => checkCollectionName('x'.repeat(1 << 20), MAX));
    expect(text.length).toBeLessThan(500);
    expect(text).toContain('(1048576 characters)');
  });
});

describe('an alias', () => {
  it('is trimmed', () => {
    expect(checkAlias(' latest ', MAX)).toBe('latest');
  });

  it.each([
    ['', 'collection alias should not be empty'],
    [
      '9',
      'Invalid collection alias: 9.  the first character of a collection alias must be an underscore or letter',
    ],
    [
      'a/b',
      'Invalid collection alias: a/b.  collection alias can only contain numbers, letters and underscores',
    ],
    [
      tooLong,
      `Invalid collection alias: ${tooLong}.  the length of a collection alias must be less than 255 characters`,
    ],
  ])('%j is refused with 1100', (alias, text) => {
    expect(refusalOf(() => checkAlias(alias, MAX))).toEqual({
      code: 1100,
      text: `${text}: invalid parameter`,
    });
  });
});

describe('a database name', () => {
  it.each(['default', '_db1', longest])('%j is taken', (name) => {
    expect(checkDatabaseName(name, MAX)).toBe(name);
  });

  const first = 'the first character of a database name must be an underscore or letter';
  const rest = 'database name can only contain numbers, letters and underscores';
  it.each([
    ['', "database name couldn't be empty"],
    [' db', first],
    ['1db', first],
    ['db ', rest],
    ['db-1', rest],
    ['db\n', rest],
    [tooLong, 'the length of a database name must be less than 255 characters'],
  ])('%j is refused with 802, not trimmed', (name, text) => {
    expect(refusalOf(() => checkDatabaseName(name, MAX))).toEqual({
      code: 802,
      text: `${text}: invalid database name[database=${name}]`,
    });
  });
});

describe('a partition name', () => {
  it.each([
    ['p', 'p'],
    ['2025-11-20', '2025-11-20'],
    ['_default_0', '_default_0'],
    [' p1 ', 'p1'],
  ])('%j is taken as %j', (name, taken) => {
    expect(checkPartitionName(name, MAX)).toBe(taken);
  });

  const rest = 'Partition name can only contain numbers, letters and underscores.';
  it.each([
    ['', 'Invalid partition name: . Partition name should not be empty.'],
    ['  ', 'Invalid partition name: . Partition name should not be empty.'],
    [
      '-p',
      'Invalid partition name: -p. The first character of a partition name must be an underscore or letter.',
    ],
    [
      '#p',
      'Invalid partition name: #p. The first character of a partition name must be an underscore or letter.',
    ],
    ['p#', `Invalid partition name: p#. ${rest}`],
    ['p q', `Invalid partition name: p q. ${rest}`],
    [
      tooLong,
      `Invalid partition name: ${tooLong}. The length of a partition name must be less than 255 characters.`,
    ],
  ])('%j is refused with 65535', (name, text) => {
    expect(refusalOf(() => checkPartitionName(name, MAX))).toEqual({ code: 65535, text });
  });
});

describe('a field name', () => {
  it.each(['id', '_x', 'F1', 'Like', 'null', 'NOT', longest])('%j is taken', (name) => {
    expect(checkFieldName(name, MAX)).toBe(name);
  });

  const first = 'The first character of a field name must be an underscore or letter.';
  const rest = 'Field name can only contain numbers, letters, and underscores.';
  it.each([
    ['', 'field name should not be empty'],
    [' ', 'field name should not be empty'],
    ['$meta', `Invalid field name: $meta. ${first}`],
    ['1f', `Invalid field name: 1f. ${first}`],
    [' f', `Invalid field name:  f. ${first}`],
    ['f ', `Invalid field name: f . ${rest}`],
    ['f-1', `Invalid field name: f-1. ${rest}`],
    ['s[f]', `Invalid field name: s[f]. ${rest}`],
    [
      tooLong,
      `Invalid field name: ${tooLong}. The length of a field name must be less than 255 characters.`,
    ],
  ])('%j is refused with 1701', (name, text) => {
    expect(refusalOf(() => checkFieldName(name, MAX))).toEqual({
      code: 1701,
      text: `${text}: field name invalid[field=${name}]`,
    });
  });

  it.each([
    ...['like', 'exists', 'EXISTS', 'and', 'or', 'not', 'in'],
    ...['true', 'True', 'TRUE', 'false', 'False', 'FALSE'],
    ...['json_contains', 'json_contains_all', 'json_contains_any'],
    ...['JSON_CONTAINS', 'JSON_CONTAINS_ALL', 'JSON_CONTAINS_ANY'],
    ...['array_contains', 'array_contains_all', 'array_contains_any', 'array_length'],
    ...['ARRAY_CONTAINS', 'ARRAY_CONTAINS_ALL', 'ARRAY_CONTAINS_ANY', 'ARRAY_LENGTH'],
  ])('%j is a word of the filter language and refused with 1701', (name) => {
    expect(refusalOf(() => checkFieldName(name, MAX))).toEqual({
      code: 1701,
      text: `Invalid field name: ${name}. ${name} is keyword in milvus.: field name invalid[field=${name}]`,
    });
  });
});
