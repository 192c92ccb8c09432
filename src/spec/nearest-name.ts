import { editDistance } from '../domain/edit-distance.js';

/** Longer names are no typing mistakes, and comparing them would take time. */
const NAME_LENGTH_MAX = 64;

/** One letter in three may be wrong; with more, a suggestion is a guess. */
const LETTERS_PER_MISTAKE = 3;

/** `; did you mean "x"?` for the word of `known` that `name` most likely means, or nothing. */
export function hintFor(name: string, known: readonly string[]): string {
  if (name.length > NAME_LENGTH_MAX) return '';
  const wanted = plain(name);
  let nearest: string | undefined;
  let fewest = Math.floor(name.length / LETTERS_PER_MISTAKE) + 1;
  for (const candidate of known) {
    const mistakes = editDistance(wanted, plain(candidate));
    if (mistakes < fewest) [nearest, fewest] = [candidate, mistakes];
  }
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/** `primary_key`, `primaryKey` and `PrimaryKey` are one mistake at most. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[._-]/g, '');
