import {
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotImplementedError,
  GRPCOutOfRangeError,
  GRPCResourceExhastedError,
  GRPCUnauthenticatedError,
} from 'etcd3';
import { CoordError } from '../../domain/errors.js';

const REFUSALS = [
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotImplementedError,
  GRPCOutOfRangeError,
  GRPCUnauthenticatedError,
];

/**
 * True when etcd itself said no, so that the request had no effect and asking again gets the same
 * answer. Everything else (a deadline, a lost connection, a change of etcd's leader) leaves open
 * whether the request was carried out.
 */
export function isRefusal(error: unknown): boolean {
  if (REFUSALS.some((refusal) => error instanceof refusal)) return true;
  return error instanceof GRPCResourceExhastedError && /space exceeded/.test(error.message);
}

/** True when a reply was larger than this client takes. */
export const isReplyTooLarge = (error: unknown): boolean =>
  error instanceof GRPCResourceExhastedError && /larger than max/.test(error.message);

/** A failed call in the port's words. */
export function etcdFailure(action: string, error: unknown): CoordError {
  if (error instanceof CoordError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CoordError('MetaStoreUnavailable', `etcd could not ${action}: ${reason}`, {
    cause: error,
  });
}
