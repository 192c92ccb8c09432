import { CoordError, echo } from './errors.js';
import { refusal } from './refusals.js';

/**
 * What may be a name (facts/rootcoord §19.1). Each function returns the name to use or throws.
 * Lengths are UTF-8 bytes, as Milvus counts them; `maxNameLength` is `proxy.maxNameLength`.
 */

const LETTER_OR_UNDERSCORE = /^[A-Za-z_]/;
const LETTER_DIGIT_OR_UNDERSCORE = /^[A-Za-z0-9_]/;
const WORD = /^[A-Za-z0-9_]*$/;
const WORD_OR_HYPHEN = /^[A-Za-z0-9_-]*$/;

/** Words of the filter language; a field of that name could not be named in a filter. */
const FIELD_KEYWORDS: ReadonlySet<string> = new Set(
  [
    ['like', 'exists', 'EXISTS', 'and', 'or', 'not', 'in'],
    ['true', 'True', 'TRUE', 'false', 'False', 'FALSE'],
    ['json_contains', 'json_contains_all', 'json_contains_any'].flatMap(bothCases),
    ['array_contains', 'array_contains_all', 'array_contains_any', 'array_length'].flatMap(
      bothCases,
    ),
  ].flat(),
);

function bothCases(word: string): readonly string[] {
  return [word, word.toUpperCase()];
}

/** True when `name` takes more than `lengthMax` bytes of UTF-8. */
const isLonger = (name: string, lengthMax: number): boolean =>
  name.length > lengthMax || Buffer.byteLength(name) > lengthMax;

/** The collection name without surrounding white space; code 1100 when it is none. */
export const checkCollectionName = (name: string, maxNameLength: number): string =>
  checkCollectionWord(name, 'name', maxNameLength);

/** The alias without surrounding white space; code 1100 when it is none. */
export const checkAlias = (alias: string, maxNameLength: number): string =>
  checkCollectionWord(alias, 'alias', maxNameLength);

function checkCollectionWord(text: string, what: 'name' | 'alias', maxNameLength: number): string {
  const word = text.trim();
  if (word === '') throw CoordError.invalid(`collection ${what} should not be empty`);
  // Milvus' texts have two spaces after the first sentence.
  const bad = (rule: string) =>
    CoordError.invalid(`Invalid collection ${what}: ${echo(word)}.  ${rule}`);
  if (isLonger(word, maxNameLength)) {
    throw bad(`the length of a collection ${what} must be less than ${maxNameLength} characters`);
  }
  if (!LETTER_OR_UNDERSCORE.test(word)) {
    throw bad(`the first character of a collection ${what} must be an underscore or letter`);
  }
  if (!WORD.test(word)) {
    throw bad(`collection ${what} can only contain numbers, letters and underscores`);
  }
  return word;
}

/** The database name as given, not trimmed; code 802 when it is none. */
export function checkDatabaseName(name: string, maxNameLength: number): string {
  const bad = (rule: string) => refusal('DatabaseInvalidName', rule, { database: name });
  if (name === '') throw bad("database name couldn't be empty");
  if (isLonger(name, maxNameLength)) {
    throw bad(`the length of a database name must be less than ${maxNameLength} characters`);
  }
  if (!LETTER_OR_UNDERSCORE.test(name)) {
    throw bad('the first character of a database name must be an underscore or letter');
  }
  if (!WORD.test(name)) {
    throw bad('database name can only contain numbers, letters and underscores');
  }
  return name;
}

/**
 * The partition name without surrounding white space; code 65535 when it is none. A digit may come
 * first and a hyphen later, although the texts say otherwise.
 */
export function checkPartitionName(name: string, maxNameLength: number): string {
  const word = name.trim();
  const bad = (rule: string) => CoordError.plain(`Invalid partition name: ${echo(word)}. ${rule}`);
  if (word === '') throw bad('Partition name should not be empty.');
  if (isLonger(word, maxNameLength)) {
    throw bad(`The length of a partition name must be less than ${maxNameLength} characters.`);
  }
  if (!LETTER_DIGIT_OR_UNDERSCORE.test(word)) {
    throw bad('The first character of a partition name must be an underscore or letter.');
  }
  if (!WORD_OR_HYPHEN.test(word)) {
    throw bad('Partition name can only contain numbers, letters and underscores.');
  }
  return word;
}

/**
 * The field name as given; code 1701 when it is none. White space around it is refused: Milvus
 * overlooks it and then stores a name that no filter can spell.
 */
export function checkFieldName(name: string, maxNameLength: number): string {
  const bad = (rule: string) => refusal('FieldInvalidName', rule, { field: name });
  if (name.trim() === '') throw bad('field name should not be empty');
  const sentence = `Invalid field name: ${echo(name)}.`;
  if (isLonger(name, maxNameLength)) {
    throw bad(
      `${sentence} The length of a field name must be less than ${maxNameLength} characters.`,
    );
  }
  if (!LETTER_OR_UNDERSCORE.test(name)) {
    throw bad(`${sentence} The first character of a field name must be an underscore or letter.`);
  }
  if (!WORD.test(name)) {
    throw bad(`${sentence} Field name can only contain numbers, letters, and underscores.`);
  }
  if (FIELD_KEYWORDS.has(name)) throw bad(`${sentence} ${name} is keyword in milvus.`);
  return name;
}
