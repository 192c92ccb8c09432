import { ErrorCode, Status } from '../gen/common.js';
import { CoordError, kindOfCode } from './errors.js';

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

/** Plain words where a server of Milvus 2.2 or older told only a legacy code. */
const NO_CODE = 65_535;

/** What a Status of another server says, its numbers kept; undefined for success. */
export function failureOf(status: Status | undefined): CoordError | undefined {
  const { code, errorCode, reason, detail, retriable } = status ?? StatusOk;
  if (code === 0 && errorCode === ErrorCode.Success) return undefined;
  const relayed = { code: code || NO_CODE, retriable };
  const legacy = errorCode === ErrorCode.Success ? ErrorCode.UnexpectedError : errorCode;
  return new CoordError(kindOfCode(relayed.code), reason || detail, { legacy, relayed });
}
