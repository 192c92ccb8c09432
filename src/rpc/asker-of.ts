import { createHash } from 'node:crypto';
import { CoordError } from '../domain/errors.js';
import type { Asker } from '../root/asker.js';
import type { Idempotency } from '../root/catalog/recorded-outcomes.js';
import type { Call } from './unary.js';

/** Names a request: the same key again, for the same request, returns its recorded outcome. */
export const IDEMPOTENCY_KEY = 'rootstock-idempotency-key';
/** Refuses a DDL on a record that has another version by then. */
export const EXPECTED_VERSION = 'rootstock-expected-version';

/** Three times as long in a key of the store, which leaves room for the longest root path. */
const IDEMPOTENCY_KEY_LENGTH_MAX = 256;
const UINT64_MAX = 2n ** 64n - 1n;

/** The part of a call that says who asks. */
type AskingCall = Pick<Call<unknown>, 'bytes' | 'header' | 'path' | 'peer' | 'signal'>;

/**
 * Who makes this request, until when they wait, and on what terms.
 *
 * @throws CoordError `ParameterTooLarge` for a key that is too long, `ParameterInvalid` for a
 * version that is no decimal uint64.
 */
export const askerOf = (call: AskingCall): Asker => ({
  actor: call.peer,
  signal: call.signal,
  idempotency: idempotencyOf(call),
  expectedVersion: expectedVersionOf(call),
});

function idempotencyOf(call: AskingCall): Idempotency | undefined {
  const key = call.header(IDEMPOTENCY_KEY);
  if (key === '') return undefined;
  if (key.length > IDEMPOTENCY_KEY_LENGTH_MAX) {
    const lengths = { length: key.length, lengthMax: IDEMPOTENCY_KEY_LENGTH_MAX };
    throw CoordError.of('ParameterTooLarge', lengths, `the header ${IDEMPOTENCY_KEY}`);
  }
  const requestDigest = createHash('sha256').update(call.path).update('\0').update(call.bytes);
  return { key, requestDigest: requestDigest.digest() };
}

function expectedVersionOf(call: AskingCall): bigint | undefined {
  const text = call.header(EXPECTED_VERSION);
  if (text === '') return undefined;
  const version = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (version !== undefined && version <= UINT64_MAX) return version;
  throw CoordError.invalid(`the header ${EXPECTED_VERSION} is not a decimal uint64`);
}
