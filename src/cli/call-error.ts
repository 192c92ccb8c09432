import { type ServiceError, status } from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';
import type { Status } from '../gen/common.js';

/** True for what a gRPC call fails with; a CoordError has a code, too, but of another table. */
const isCallFailure = (caught: unknown): caught is ServiceError =>
  caught instanceof Error && 'code' in caught && 'details' in caught;

/** The gRPC status code of whatever was caught; undefined when it is none. */
export const codeOf = (caught: unknown): number | undefined =>
  isCallFailure(caught) ? caught.code : undefined;

/** A failed call in words for the one at the terminal; what is no failed call stays what it is. */
export function callError(address: string, caught: unknown): unknown {
  if (!isCallFailure(caught)) return caught;
  const { code, details } = caught;
  switch (code) {
    case status.UNAVAILABLE:
      return CoordError.plain(`${address} cannot be reached: ${details}`);
    case status.DEADLINE_EXCEEDED:
      return CoordError.plain(`${address} did not answer in time`);
    case status.UNIMPLEMENTED:
      return CoordError.plain(`${address} does not know this call: ${details}`);
    default:
      return CoordError.plain(`${address}: ${details}`);
  }
}

/** @throws CoordError with the server's words when the status in an answer is a refusal. */
export function checkStatus(answer: Status | undefined): void {
  if (answer === undefined) throw CoordError.plain('the answer has no status');
  const { code, errorCode, reason } = answer;
  if (code === 0 && errorCode === 0) return;
  throw CoordError.plain(reason === '' ? `refused with code ${code || errorCode}` : reason);
}
