import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { CoordError, type ErrorName } from '../domain/errors.js';
import type { Timestamp } from '../domain/timestamp.js';
import type { Status } from '../gen/common.js';
import { BlockSupply, type TimestampSupply } from './timestamp-supply.js';

/** What became of one request. */
export type Outcome =
  | { readonly kind: 'granted'; readonly supply: TimestampSupply }
  /** The server has no such call. */
  | { readonly kind: 'unsupported' }
  /** Nobody answers, or somebody who cannot now; another connection may. */
  | { readonly kind: 'unreachable'; readonly error: CoordError }
  | { readonly kind: 'refused'; readonly error: CoordError };

/** What one request is for. */
export interface Demand {
  readonly callers: number;
  /** At least as many; more when somebody wants a block. */
  readonly timestamps: number;
}

/** One way to ask one server for timestamps, over a connection of its own. */
export interface TimestampSource {
  /** True when it is of no more use. */
  readonly isBroken: boolean;
  /** Asks; `settle` is called once, later, unless the source is closed before. */
  ask(demand: Demand, settle: (outcome: Outcome) => void): void;
  close(): void;
}

interface AnsweredBlock {
  readonly first: bigint;
  readonly count: number;
  readonly wanted: number;
}

/** A block that came. A shorter one than was asked for is nobody's: some callers would share. */
export function outcomeOfBlock({ first, count, wanted }: AnsweredBlock): Outcome {
  if (count === wanted) {
    return { kind: 'granted', supply: new BlockSupply(first as Timestamp, count) };
  }
  const error = CoordError.plain(`${count} timestamps came instead of ${wanted}`);
  return { kind: 'refused', error };
}

/** Failures of gRPC that another try does not mend. */
const FINAL: ReadonlySet<grpcStatus> = new Set([
  grpcStatus.UNAUTHENTICATED,
  grpcStatus.PERMISSION_DENIED,
  grpcStatus.INVALID_ARGUMENT,
  grpcStatus.FAILED_PRECONDITION,
]);

/** A failed call, seen as the outcome of its requests. */
export function outcomeOfFailure({ code, details }: ServiceError): Outcome {
  if (code === grpcStatus.UNIMPLEMENTED) return { kind: 'unsupported' };
  if (FINAL.has(code)) return { kind: 'refused', error: CoordError.plain(details) };
  const error = CoordError.of('ServiceUnavailable', {}, details);
  return { kind: 'unreachable', error };
}

/** Kinds of refusal a caller may want to tell apart; the others become `Unexpected`. */
const RETOLD: readonly ErrorName[] = [
  'ServiceUnavailable',
  'TooManyRequests',
  'RateLimited',
  'MetaStoreUnavailable',
  'ParameterInvalid',
];
const kinds = new Map(RETOLD.map((kind) => [CoordError.of(kind).code, kind]));

const NOT_READY = CoordError.of('ServiceNotReady');
const UNIMPLEMENTED = CoordError.of('ServiceUnimplemented');

/** A refusal in Milvus' words. A coordinator that is not ready is no answer: one may be soon. */
export function outcomeOfRefusal({ code, errorCode, reason }: Status): Outcome {
  if (code === NOT_READY.code || errorCode === NOT_READY.legacyCode) {
    return { kind: 'unreachable', error: new CoordError('ServiceNotReady', reason) };
  }
  if (code === UNIMPLEMENTED.code) return { kind: 'unsupported' };
  const error = new CoordError(kinds.get(code) ?? 'Unexpected', reason);
  return { kind: 'refused', error };
}

/** True when a status in an answer says no; an absent one says yes. */
export const isRefusal = (status: Status | undefined): status is Status =>
  status !== undefined && (status.code !== 0 || status.errorCode !== 0);
