import { BinaryReader } from '@bufbuild/protobuf/wire';
import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { Status } from '../../../src/gen/common.js';
import { rpcAt } from '../../../src/rpc/descriptors.js';

/** What a call came to: bytes of a response, or an error of gRPC itself. */
export type Answer =
  | { readonly kind: 'response'; readonly bytes: Buffer }
  | { readonly kind: 'error'; readonly error: ServiceError };

const STATUS_TYPE = 'milvus.proto.common.Status';
/** A reason is for people to read. */
const REASON_BYTES_MAX = 2_048;

/** Errors gRPC may answer with: the message was too large, not a message, or not wanted. */
const TRANSPORT_ERRORS: ReadonlySet<number> = new Set([
  grpcStatus.RESOURCE_EXHAUSTED,
  grpcStatus.UNIMPLEMENTED,
  grpcStatus.INTERNAL,
  grpcStatus.CANCELLED,
]);

/** What JavaScript says when a program is wrong, not its input. */
const DEFECT =
  /cannot (read|set|convert|mix|access)|is not (a function|iterable|a constructor)|\[object|invalid array length|call stack|out of memory|index out of range|invariant/i;

/** The status a response carries; an absent one is a success. */
export function statusIn(path: string, bytes: Buffer): Status {
  const { output } = rpcAt(path);
  if (output.typeName === STATUS_TYPE) return Status.decode(bytes);
  const field = output.fields.find(({ message }) => message?.typeName === STATUS_TYPE);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field?.number) return Status.decode(reader.bytes());
    reader.skip(wireType, number);
  }
  return Status.create();
}

export const isSuccess = ({ code, errorCode }: Status): boolean => code === 0 && errorCode === 0;

/** Why an answer is none a server should give; undefined when it is a fair one. */
export function unfairnessOf(path: string, answer: Answer): string | undefined {
  if (answer.kind === 'error') return unfairError(answer.error);
  const status = statusIn(path, answer.bytes);
  if (isSuccess(status)) return undefined;
  const { code, errorCode, reason } = status;
  if (code === 0 || errorCode === 0) return `half a failure: ${code} and ${errorCode}: ${reason}`;
  return unfairText(reason);
}

function unfairError({ code, details }: ServiceError): string | undefined {
  if (!TRANSPORT_ERRORS.has(code)) return `gRPC ${grpcStatus[code]}: ${details.slice(0, 300)}`;
  return unfairText(details);
}

function unfairText(reason: string): string | undefined {
  if (reason === '') return 'a failure without a reason';
  if (Buffer.byteLength(reason) >= REASON_BYTES_MAX) return `${reason.length} characters of reason`;
  return DEFECT.test(reason) ? `a defect: ${reason}` : undefined;
}
