import { createHash } from 'node:crypto';
import type { Asker } from '../../src/root/asker.js';

/** Somebody whose request has an idempotency key; another `request` is another request. */
export const keyedAsker = (key: string, request = key): Asker => ({
  actor: 'test',
  idempotency: { key, requestDigest: createHash('sha256').update(request).digest() },
});
