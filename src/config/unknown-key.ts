import { echo } from '../domain/errors.js';
import { isSection } from './known-keys.js';
import { nearestKey } from './nearest-key.js';

/** Words for a name that is no key, with the key it may have been meant to be. */
export function unknownKey(name: string): string {
  if (isSection(name)) return `"${name}" is a group of keys and takes no value`;
  const near = nearestKey(name);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return `unknown key "${echo(name)}"${hint}`;
}
