import { ErrorCode, type Status } from '../../../src/gen/common.js';
import type { MilvusServiceClient } from '../../../src/gen/milvus.js';

type Ask = (client: MilvusServiceClient) => Promise<Status | undefined>;

/** One call and how it is refused. */
export interface Refusal {
  readonly title: string;
  readonly ask: Ask;
  readonly code: number;
  readonly errorCode: ErrorCode;
  readonly reason: string | RegExp;
}

export const PLAIN = { code: 65535, errorCode: ErrorCode.UnexpectedError };
export const INVALID = { code: 1100, errorCode: ErrorCode.IllegalArgument };
export const NO_COLLECTION = { code: 100, errorCode: ErrorCode.CollectionNotExists };
export const NO_PARTITION = {
  code: 200,
  errorCode: ErrorCode.MetaFailed,
  reason: 'partition not found[partition=none]',
};
export const NO_INDEX = { code: 700, errorCode: ErrorCode.IndexNotExist };
export const COLLECTION_NOT_LOADED = { code: 101, errorCode: ErrorCode.UnexpectedError };
export const PARTITION_NOT_LOADED = { code: 201, errorCode: ErrorCode.UnexpectedError };
export const NO_GROUP = { code: 300, errorCode: ErrorCode.UnexpectedError };
export const NO_NODES = { code: 304, errorCode: ErrorCode.UnexpectedError };

export const statusOf = async (answer: Promise<{ readonly status?: Status | undefined }>) =>
  (await answer).status;
