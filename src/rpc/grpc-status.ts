import { status as grpcStatus, type StatusObject } from '@grpc/grpc-js';
import type { CoordError, ErrorName } from '../domain/errors.js';

/** Kinds of failure gRPC has a word for; of the others it matters only whose fault they are. */
const codes: ReadonlyMap<ErrorName, grpcStatus> = new Map([
  ['ServiceNotReady', grpcStatus.UNAVAILABLE],
  ['ServiceUnavailable', grpcStatus.UNAVAILABLE],
  ['MetaStoreUnavailable', grpcStatus.UNAVAILABLE],
  ['TooManyRequests', grpcStatus.RESOURCE_EXHAUSTED],
  ['RateLimited', grpcStatus.RESOURCE_EXHAUSTED],
  ['QuotaExceeded', grpcStatus.RESOURCE_EXHAUSTED],
  ['SequenceOutOfRange', grpcStatus.OUT_OF_RANGE],
  ['RecordMovedOn', grpcStatus.ABORTED],
  ['ServiceUnimplemented', grpcStatus.UNIMPLEMENTED],
  ['ServiceInternal', grpcStatus.INTERNAL],
  ['CollectionNotFound', grpcStatus.NOT_FOUND],
  ['PartitionNotFound', grpcStatus.NOT_FOUND],
  ['DatabaseNotFound', grpcStatus.NOT_FOUND],
  ['AliasNotFound', grpcStatus.NOT_FOUND],
  ['Cancelled', grpcStatus.CANCELLED],
  ['TimedOut', grpcStatus.DEADLINE_EXCEEDED],
]);

/** A failure as gRPC tells it, for calls whose answers have no place for a Status of Milvus. */
export function grpcStatusOf(error: CoordError): Pick<StatusObject, 'code' | 'details'> {
  const fallback = error.isInputError ? grpcStatus.INVALID_ARGUMENT : grpcStatus.UNKNOWN;
  return { code: codes.get(error.kind) ?? fallback, details: error.message };
}
