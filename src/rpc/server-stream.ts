import type {
  handleServerStreamingCall,
  MethodDefinition,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';
import { rpcAt } from './descriptors.js';
import { grpcStatusOf } from './grpc-status.js';
import type { RpcDeps } from './unary.js';
import { guardFor } from './wire-guard.js';

const CLIENT_IS_GONE = CoordError.of('Cancelled', {}, 'the client went away');

/** A request that is answered with a stream, as a handler sees it. */
export interface StreamCall<Request> {
  readonly request: Request;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** Makes one encoded message after the other; the next is asked for when the last one has left. */
export type StreamHandler<Request> = (call: StreamCall<Request>) => AsyncIterable<Uint8Array>;

type RawStream = ServerWritableStream<Buffer, Buffer>;

/**
 * The one wrapper around every RPC that streams its answer: guards and decodes the request, refuses
 * while the coordinator is not ready, sends one message at a time, and ends with a gRPC status.
 * A client that does not read stops the handler, and one that goes away ends it.
 */
export function serverStream<Request, Response>(
  deps: RpcDeps,
  method: MethodDefinition<Request, Response>,
  handle: StreamHandler<Request>,
): handleServerStreamingCall<Buffer, Buffer> {
  const { name, input } = rpcAt(method.path);
  const guard = guardFor(input.typeName);
  const begin = (raw: RawStream, outlet: Outlet) => {
    guard(raw.request);
    const request = method.requestDeserialize(raw.request);
    deps.assertReady();
    return handle({ request, signal: outlet.signal });
  };
  return (raw) => {
    const outlet = new Outlet(raw);
    const serve = async () => {
      try {
        const messages = await deps.lane.step(() => begin(raw, outlet));
        for await (const message of messages) await outlet.send(message);
        raw.end();
      } catch (caught) {
        if (!(caught instanceof CoordError)) deps.onDefect(name, caught);
        outlet.fail(CoordError.from(caught));
      }
    };
    void serve();
  };
}

/** Where the messages of one call go, one at a time. */
class Outlet {
  readonly #raw: RawStream;
  readonly #gone = new AbortController();
  #giveUp: ((reason: CoordError) => void) | undefined;

  constructor(raw: RawStream) {
    this.#raw = raw;
    if (raw.cancelled) this.#leave();
    else raw.once('cancelled', () => this.#leave());
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Settles when the transport has taken the message; gRPC itself forgets to when a call ends. */
  send(message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#gone.signal.aborted) return reject(CLIENT_IS_GONE);
      this.#giveUp = reject;
      this.#raw.write(asBuffer(message), (error?: Error | null) =>
        error ? reject(CLIENT_IS_GONE) : resolve(),
      );
    });
  }

  fail(error: CoordError): void {
    if (!this.#gone.signal.aborted) this.#raw.emit('error', grpcStatusOf(error));
  }

  #leave(): void {
    this.#gone.abort(CLIENT_IS_GONE);
    this.#giveUp?.(CLIENT_IS_GONE);
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
