import { Metadata } from '@grpc/grpc-js';

/** The headers of a request that wants to happen once, or only to the version it saw. */
export function termsOf(terms: {
  readonly idempotencyKey?: string;
  readonly expectedVersion?: bigint | string;
}): Metadata {
  const metadata = new Metadata();
  const { idempotencyKey, expectedVersion } = terms;
  if (idempotencyKey !== undefined) metadata.set('rootstock-idempotency-key', idempotencyKey);
  if (expectedVersion !== undefined) {
    metadata.set('rootstock-expected-version', String(expectedVersion));
  }
  return metadata;
}
