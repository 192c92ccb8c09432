import { CoordError, isKind } from '../domain/errors.js';

/** SDKs of every age look for these words (facts/wire-surface §2.3). */
export function inClientsWords(caught: unknown): unknown {
  if (!isKind(caught, 'CollectionNotFound')) return caught;
  const reason = caught.message.replace('collection not found', "can't find collection");
  return new CoordError('CollectionNotFound', reason, { cause: caught });
}
