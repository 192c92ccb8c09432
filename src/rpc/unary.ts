import type {
  handleUnaryCall,
  MethodDefinition,
  ServerUnaryCall,
  sendUnaryData,
} from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';
import { rpcAt } from './descriptors.js';
import { grpcStatusOf } from './grpc-status.js';
import { type RefusalEncoder, refusalEncoder } from './refusal.js';
import { guardFor, type WireGuard } from './wire-guard.js';
import type { WorkLane } from './work-lane.js';

/** What every RPC needs of its surroundings. */
export interface RpcDeps {
  /** @throws CoordError `ServiceNotReady` unless requests can be served. */
  readonly assertReady: () => void;
  /** Told of failures that are nobody's input: defects. */
  readonly onDefect: (rpc: string, error: unknown) => void;
  /** Spreads requests that arrive together over several turns of the event loop. */
  readonly lane: WorkLane;
}

/** One for all: gRPC cancels every call in the end, and an error of its own costs each a stack. */
const CLIENT_IS_GONE = CoordError.of('Cancelled', {}, 'the client went away');

/** One request as a handler sees it. */
export class Call<Request> {
  readonly request: Request;
  /** e.g. `/milvus.proto.milvus.MilvusService/CreateAlias`. */
  readonly path: string;
  readonly #raw: ServerUnaryCall<Buffer, Buffer>;
  #controller: AbortController | undefined;

  constructor(request: Request, raw: ServerUnaryCall<Buffer, Buffer>) {
    this.request = request;
    this.path = raw.getPath();
    this.#raw = raw;
  }

  /** First value of a metadata key in lower case; empty when absent. */
  header(key: string): string {
    const [value] = this.#raw.metadata.get(key);
    return typeof value === 'string' ? value : '';
  }

  /** The request as it came. */
  get bytes(): Uint8Array {
    return this.#raw.request;
  }

  /** Address and port of the client. */
  get peer(): string {
    return this.#raw.getPeer();
  }

  /** Aborted when the client goes away. Made on demand: few calls need it. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.#raw.cancelled) controller.abort(CLIENT_IS_GONE);
      this.#raw.on('cancelled', () => controller.abort(CLIENT_IS_GONE));
    }
    return this.#controller.signal;
  }
}

/** A whole response, or its bytes where they are at hand already. */
type Answer<Response> = Response | Uint8Array;

export type UnaryHandler<Request, Response> = (
  call: Call<Request>,
) => Answer<Response> | Promise<Answer<Response>>;

interface UnaryOptions {
  /** Serve in every state of the coordinator, like the calls that ask for it (§1). */
  readonly isAlwaysServed?: boolean;
}

/**
 * The one wrapper around every RPC: guards and decodes the bytes, refuses while the coordinator is
 * not ready, and turns every failure into a Status inside a successful response: the RPC itself
 * never fails (facts/rootcoord §1). Where the response has no place for a Status it does, with a
 * status of gRPC.
 */
export function unary<Request, Response>(
  deps: RpcDeps,
  method: MethodDefinition<Request, Response>,
  handle: UnaryHandler<Request, Response>,
  { isAlwaysServed = false }: UnaryOptions = {},
): handleUnaryCall<Buffer, Buffer> {
  const { name, input } = rpcAt(method.path);
  const wire = new UnaryWire(deps, name, guardFor(input.typeName), method);
  const serve: handleUnaryCall<Buffer, Buffer> = (raw, callback) => {
    try {
      const request = wire.decode(raw.request);
      if (!isAlwaysServed) deps.assertReady();
      const answer = handle(new Call(request, raw));
      if (answer instanceof Promise) wire.answerLater(answer, callback);
      else wire.answer(answer, callback);
    } catch (caught) {
      wire.refuse(caught, callback);
    }
  };
  return (raw, callback) => {
    const isTaken = deps.lane.run(() => serve(raw, callback));
    if (!isTaken) wire.refuse(CoordError.of('TooManyRequests'), callback);
  };
}

/** How requests and responses of one RPC stand on the wire. */
class UnaryWire<Request, Response> {
  readonly #deps: RpcDeps;
  readonly #name: string;
  readonly #guard: WireGuard;
  readonly #method: MethodDefinition<Request, Response>;
  readonly #encodeRefusal: RefusalEncoder | undefined;

  constructor(
    deps: RpcDeps,
    name: string,
    guard: WireGuard,
    method: MethodDefinition<Request, Response>,
  ) {
    this.#deps = deps;
    this.#name = name;
    this.#guard = guard;
    this.#method = method;
    this.#encodeRefusal = refusalEncoder(method.path);
  }

  decode(bytes: Buffer): Request {
    this.#guard(bytes);
    return this.#method.requestDeserialize(bytes);
  }

  answer(answer: Answer<Response>, callback: sendUnaryData<Buffer>): void {
    const bytes =
      answer instanceof Uint8Array ? asBuffer(answer) : this.#method.responseSerialize(answer);
    callback(null, bytes);
  }

  answerLater(answer: Promise<Answer<Response>>, callback: sendUnaryData<Buffer>): void {
    answer
      .then((value) => this.answer(value, callback))
      .catch((caught: unknown) => this.refuse(caught, callback));
  }

  refuse(caught: unknown, callback: sendUnaryData<Buffer>): void {
    if (!(caught instanceof CoordError)) this.#deps.onDefect(this.#name, caught);
    const error = CoordError.from(caught);
    if (this.#encodeRefusal) callback(null, this.#encodeRefusal(error));
    else callback(grpcStatusOf(error));
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
