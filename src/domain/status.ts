import { ErrorCode, Status } from '../gen/common.js';
import type { CoordError } from './errors.js';

/** Success sets both codes to 0 and says nothing (facts/rootcoord §2.1). */
export const StatusOk: Status = Object.freeze(Status.fromPartial({}));

const legacyCodes: ReadonlySet<number> = new Set(Object.values(ErrorCode));

const isLegacyCode = (code: number): code is ErrorCode => legacyCodes.has(code);

/** A failure with both the old and the new code set, for clients of every age (§2.1, wire-surface §0). */
export function statusOf(error: CoordError): Status {
  const { legacyCode } = error;
  return {
    errorCode: isLegacyCode(legacyCode) ? legacyCode : ErrorCode.UnexpectedError,
    reason: error.message,
    code: error.code,
    retriable: error.retriable,
    detail: error.message,
    extraInfo: error.isInputError ? { is_input_error: 'true' } : {},
  };
}
