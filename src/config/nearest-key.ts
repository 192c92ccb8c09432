import { editDistance } from '../domain/edit-distance.js';
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
