import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { CoordError, type ErrorName } from '../../../src/domain/errors.js';
import { grpcStatusOf } from '../../../src/rpc/grpc-status.js';

const rows: readonly (readonly [ErrorName, status])[] = [
  ['ServiceNotReady', status.UNAVAILABLE],
  ['MetaStoreUnavailable', status.UNAVAILABLE],
  ['TooManyRequests', status.RESOURCE_EXHAUSTED],
  ['CollectionNotFound', status.NOT_FOUND],
  ['DatabaseNotFound', status.NOT_FOUND],
  ['Cancelled', status.CANCELLED],
  ['TimedOut', status.DEADLINE_EXCEEDED],
  ['ServiceUnimplemented', status.UNIMPLEMENTED],
];

describe('a failure of a call without a Status in its answer', () => {
  it.each(rows)('%s has a word in gRPC', (kind, code) => {
    expect(grpcStatusOf(CoordError.of(kind))).toEqual({
      code,
      details: CoordError.of(kind).message,
    });
  });

  it('is INVALID_ARGUMENT when the caller is at fault, and UNKNOWN when nobody is known to be', () => {
    expect(grpcStatusOf(CoordError.invalid('bad')).code).toBe(status.INVALID_ARGUMENT);
    expect(grpcStatusOf(CoordError.plain('odd')).code).toBe(status.UNKNOWN);
  });
});
