import { knownNames } from './known-keys.js';

/** Longer names are no typing mistakes, and comparing them would take time. */
const NAME_LENGTH_MAX = 120;

/** One letter in four may be wrong; with more, a suggestion is a guess. */
const LETTERS_PER_MISTAKE = 4;

/**
 * The known name that `name` most likely means: the only one that ends in it (`dmlChannelNum`), or
 * the one fewest typing mistakes away. Undefined when none is near.
 */
export function nearestKey(name: string): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const wanted = name.toLowerCase();
  const [owner, ...others] = knownNames.filter((known) =>
    known.toLowerCase().endsWith(`.${wanted}`),
  );
  if (owner !== undefined && others.length === 0) return owner;
  let nearest: string | undefined;
  let fewest = Math.floor(name.length / LETTERS_PER_MISTAKE) + 1;
  for (const known of knownNames) {
    if (Math.abs(known.length - name.length) >= fewest) continue;
    const mistakes = editDistance(wanted, known.toLowerCase());
    if (mistakes < fewest) [nearest, fewest] = [known, mistakes];
  }
  return nearest;
}

/** Letters to insert, remove or replace to turn one word into the other (Levenshtein). */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = from[row - 1] === to[column - 1] ? 0 : 1;
      current[column] = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + replaced,
      );
    }
    previous = current;
  }
  return at(previous, to.length);
}

const at = (costs: readonly number[], column: number): number => costs[column] ?? Number.NaN;
