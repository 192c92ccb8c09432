import { CoordError, echo } from '../errors.js';

const FIRST = /^[A-Za-z_]/;
const WORD = /^[A-Za-z0-9_]*$/;

/**
 * The index name without surrounding white space, empty when none is given; code 65535 when it is
 * none. Lengths are UTF-8 bytes; `maxNameLength` is `proxy.maxNameLength`.
 */
export function checkIndexName(name: string, maxNameLength: number): string {
  const word = name.trim();
  if (word === '') return '';
  const bad = (rule: string) => CoordError.plain(`Invalid index name: ${echo(word)}. ${rule}`);
  if (Buffer.byteLength(word) > maxNameLength) {
    throw bad(`The length of a index name must be less than ${maxNameLength} characters.`);
  }
  if (!FIRST.test(word)) {
    throw bad('The first character of a index name must be an underscore or letter.');
  }
  if (!WORD.test(word)) {
    throw bad('Index name can only contain numbers, letters, and underscores.');
  }
  return word;
}
