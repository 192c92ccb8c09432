import type { KeyValuePair } from '../gen/common.js';
import { CoordError, echo } from './errors.js';

/** Set to `true` on a collection or a database, this property refuses its drop. */
export const DELETE_PROTECTION_KEY = 'rootstock.deleteProtection.enabled';

/** A client may send `True`, as Python spells it. */
const isTrue = (text: string): boolean => text.toLowerCase() === 'true';
const isFalse = (text: string): boolean => text.toLowerCase() === 'false';

/** True when the owner of these properties may not be dropped. */
export const isDeleteProtected = (properties: readonly KeyValuePair[]): boolean =>
  properties.some(({ key, value }) => key === DELETE_PROTECTION_KEY && isTrue(value));

/**
 * Refuses, with code 1100, a protection that is neither on nor off: a misspelt one would be taken
 * for a protection that is not there.
 */
export function checkDeleteProtection(properties: readonly KeyValuePair[]): void {
  for (const { key, value } of properties) {
    if (key !== DELETE_PROTECTION_KEY || isTrue(value) || isFalse(value)) continue;
    throw CoordError.invalid(
      `the value of ${DELETE_PROTECTION_KEY} should be true or false, but got "${echo(value)}"`,
    );
  }
}

/** Refuses, with code 65535, to drop what is protected; the text says how to lift it. */
export function checkDeletable(
  kind: 'collection' | 'database',
  { name, properties }: { readonly name: string; readonly properties: readonly KeyValuePair[] },
): void {
  if (!isDeleteProtected(properties)) return;
  throw CoordError.plain(
    `deletion of ${kind}[${echo(name)}] is refused: ${DELETE_PROTECTION_KEY} is set; ` +
      'set it to false or delete the key first',
  );
}
