import type { EventEmitter } from 'node:events';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServiceDefinition,
  sendUnaryData,
} from '@grpc/grpc-js';
import { status as grpcStatus } from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import { rpcAt } from './descriptors.js';
import { refusalEncoder } from './refusal.js';

/** A handler of a service that is registered with raw bytes instead of codecs. */
export type BytesHandler =
  | handleUnaryCall<Buffer, Buffer>
  | handleClientStreamingCall<Buffer, Buffer>
  | handleServerStreamingCall<Buffer, Buffer>
  | handleBidiStreamingCall<Buffer, Buffer>;

/** SDKs fall back to an older call, but only after gRPC UNIMPLEMENTED (facts/wire-surface §0). */
const RPCS_WITH_FALLBACK: ReadonlySet<string> = new Set(['AlterCollectionSchema']);

const WHY = 'Rootstock serves the control plane and does not offer this call';

const answering =
  (bytes: Buffer) =>
  (_call: unknown, callback: sendUnaryData<Buffer>): void =>
    callback(null, bytes);

const failing =
  (details: string) =>
  (_call: unknown, callback: sendUnaryData<Buffer>): void =>
    callback({ code: grpcStatus.UNIMPLEMENTED, details });

const failingStream =
  (details: string) =>
  (call: EventEmitter): void => {
    call.emit('error', { code: grpcStatus.UNIMPLEMENTED, details });
  };

function refuse(path: string): BytesHandler {
  const rpc = rpcAt(path);
  const error = new CoordError(
    'ServiceUnimplemented',
    `${rpc.name}: ${CoordError.of('ServiceUnimplemented', {}, WHY).message}`,
  );
  if (rpc.methodKind === 'server_streaming' || rpc.methodKind === 'bidi_streaming') {
    return failingStream(error.message);
  }
  const bytes = RPCS_WITH_FALLBACK.has(rpc.name) ? undefined : refusalEncoder(path)?.(error);
  return bytes === undefined ? failing(error.message) : answering(bytes);
}

/**
 * Handlers for every method of a service that is not `built` (method keys, as in the definition).
 * A client learns of it from a status with code 10 inside a successful response, encoded once;
 * where the response has no status, on streams and where SDKs fall back, from gRPC UNIMPLEMENTED
 * (facts/wire-surface §4.3). Requests are never decoded.
 */
export function unimplementedHandlers(
  definition: ServiceDefinition,
  built: ReadonlySet<string>,
): Record<string, BytesHandler> {
  for (const key of built) invariant(key in definition, `the service has a method ${key}`);
  const missing = Object.entries(definition).filter(([key]) => !built.has(key));
  return Object.fromEntries(missing.map(([key, { path }]) => [key, refuse(path)]));
}
