import type {
  handleBidiStreamingCall,
  MethodDefinition,
  ServerDuplexStream,
  StatusObject,
} from '@grpc/grpc-js';
import { CoordError, isKind } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import { rpcAt } from './descriptors.js';
import { grpcStatusOf } from './grpc-status.js';
import { type RefusalEncoder, refusalEncoder } from './refusal.js';
import type { RpcDeps } from './unary.js';
import { guardFor } from './wire-guard.js';

export interface ExchangeLimits {
  /** Streams open at once, over all servers the handler is registered with. */
  readonly streamsMax: number;
  /** Requests of one stream whose answer has not left yet. The next one is not read before. */
  readonly outstandingMax: number;
}

type Answer<Response> = Response | Promise<Response>;

type RawExchange = ServerDuplexStream<Buffer, Buffer>;

/**
 * The one wrapper around every RPC that is a conversation: a stream of requests, each answered by
 * one message, in order. Guards and decodes every request, serves those that come together in one
 * turn as far as the turn reaches, and puts a refusal into its answer. A coordinator that is not
 * ready ends the stream with a gRPC status. A client that does not read its answers is not read
 * either.
 */
export class Exchange<Request, Response> {
  readonly #deps: RpcDeps;
  readonly #limits: ExchangeLimits;
  readonly #streams = new Set<Conversation>();
  readonly #serve: (bytes: Buffer) => Answer<Buffer>;
  readonly #encodeRefusal: RefusalEncoder;
  readonly #name: string;

  /** The response has a field for a Status, which stays unset in what `handle` answers. */
  constructor(
    deps: RpcDeps,
    method: MethodDefinition<Request, Response>,
    limits: ExchangeLimits,
    handle: (request: Request) => Answer<Response>,
  ) {
    const { name, input } = rpcAt(method.path);
    const guard = guardFor(input.typeName);
    const encodeRefusal = refusalEncoder(method.path);
    invariant(encodeRefusal, 'an answer has a place for a refusal');
    this.#deps = deps;
    this.#limits = limits;
    this.#name = name;
    this.#encodeRefusal = encodeRefusal;
    this.#serve = (bytes) => {
      guard(bytes);
      const request = method.requestDeserialize(bytes);
      deps.assertReady();
      const answer = handle(request);
      if (answer instanceof Promise) return answer.then(method.responseSerialize);
      return method.responseSerialize(answer);
    };
  }

  readonly handler: handleBidiStreamingCall<Buffer, Buffer> = (raw) => {
    try {
      this.#deps.assertReady();
      this.#admit(raw);
    } catch (caught) {
      raw.emit('error', grpcStatusOf(CoordError.from(caught)));
    }
  };

  /** Ends every stream with this reason. Those that wait are told by their client's next try. */
  endAll(reason: CoordError): void {
    for (const stream of this.#streams) stream.fail(reason);
  }

  #admit(raw: RawExchange): void {
    const { streamsMax, outstandingMax } = this.#limits;
    if (this.#streams.size >= streamsMax) {
      throw CoordError.of('TooManyRequests', { streamsMax }, `${this.#name} has too many streams`);
    }
    const conversation = new Conversation(raw, {
      outstandingMax,
      serve: (bytes, settle, refuse) => this.#run(bytes, settle, refuse),
      left: () => this.#streams.delete(conversation),
    });
    this.#streams.add(conversation);
  }

  #run(bytes: Buffer, settle: (bytes: Buffer) => void, fail: (error: CoordError) => void): void {
    const refuse = (caught: unknown) => {
      if (!(caught instanceof CoordError)) this.#deps.onDefect(this.#name, caught);
      const error = CoordError.from(caught);
      if (endsTheStream(error)) fail(error);
      else settle(this.#encodeRefusal(error));
    };
    const isTaken = this.#deps.lane.run(() => {
      try {
        const answer = this.#serve(bytes);
        if (answer instanceof Promise) answer.then(settle, refuse);
        else settle(answer);
      } catch (caught) {
        refuse(caught);
      }
    });
    if (!isTaken) refuse(CoordError.of('TooManyRequests'));
  }
}

/** What concerns one request is told in its answer; what concerns all of them ends the stream. */
const endsTheStream = (error: CoordError): boolean => isKind(error, 'ServiceNotReady');

interface ConversationOptions {
  readonly outstandingMax: number;
  /** Calls one of both, once, at once or later. */
  readonly serve: (
    bytes: Buffer,
    settle: (bytes: Buffer) => void,
    fail: (error: CoordError) => void,
  ) => void;
  /** The stream is over. */
  readonly left: () => void;
}

/** The place of one answer in the order of the requests. */
interface Place {
  bytes: Buffer | undefined;
}

/** One stream: keeps the order, and reads no faster than its answers leave. */
class Conversation {
  readonly #raw: RawExchange;
  readonly #options: ConversationOptions;
  /** Answers owed, the oldest first. */
  readonly #places: Place[] = [];
  /** Answers gRPC has not sent yet. */
  #unsent = 0;
  #hasEnded = false;
  #isOver = false;

  constructor(raw: RawExchange, options: ConversationOptions) {
    this.#raw = raw;
    this.#options = options;
    raw.on('cancelled', () => this.#leave());
    raw.on('end', () => {
      this.#hasEnded = true;
      this.#flush();
    });
    raw.on('data', (bytes: Buffer) => this.#receive(bytes));
  }

  fail(error: CoordError): void {
    if (this.#isOver) return;
    const status: Pick<StatusObject, 'code' | 'details'> = grpcStatusOf(error);
    this.#raw.emit('error', status);
    this.#leave();
  }

  #receive(bytes: Buffer): void {
    if (this.#isOver) return;
    const place: Place = { bytes: undefined };
    this.#places.push(place);
    const settle = (answer: Buffer) => {
      place.bytes = answer;
      this.#flush();
    };
    this.#options.serve(bytes, settle, (error) => this.fail(error));
    if (this.#outstanding() >= this.#options.outstandingMax) this.#raw.pause();
  }

  #flush(): void {
    if (this.#isOver) return;
    let bytes = this.#places[0]?.bytes;
    while (bytes !== undefined) {
      this.#places.shift();
      this.#unsent += 1;
      this.#raw.write(bytes, () => this.#sent());
      bytes = this.#places[0]?.bytes;
    }
    if (!this.#hasEnded || this.#places.length > 0) return;
    this.#raw.end();
    this.#leave();
  }

  #sent(): void {
    this.#unsent -= 1;
    if (this.#raw.isPaused() && this.#outstanding() < this.#options.outstandingMax) {
      this.#raw.resume();
    }
  }

  #outstanding(): number {
    return this.#places.length + this.#unsent;
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#places.length = 0;
    // What the client still sends is thrown away, or its connection would never drain.
    this.#raw.resume();
    this.#options.left();
  }
}
