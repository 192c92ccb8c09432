import { Duplex } from 'node:stream';
import {
  status as grpcStatus,
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { invariant } from '../domain/invariant.js';

/** Even a short message may come byte by byte. */
const PIECES_MIN = 1_024;
/** Smaller pieces, on average, come from nobody: a packet of the internet carries 1 400 bytes. */
const PIECE_BYTES = 1_024;
/** Pieces under way when the refusal was sent; whoever sends more does not listen. */
const PIECES_LATE = 256;

const REFUSAL = {
  code: grpcStatus.RESOURCE_EXHAUSTED,
  details: 'the request comes in too many pieces',
};

/**
 * Refuses calls whose request comes in absurdly many pieces. gRPC keeps each piece until the
 * message is complete and then joins them: 4 MiB in single bytes take half a gigabyte of memory
 * and half a second of one turn. A stream of requests may come in any number of pieces, as long as
 * none of its messages does.
 *
 * @param receiveBytesMax largest request of the server.
 */
export function limitPieces(receiveBytesMax: number): ServerInterceptor {
  const piecesMax = PIECES_MIN + Math.ceil(receiveBytesMax / PIECE_BYTES);
  return ({ requestStream }, call) => {
    const stream: unknown = Reflect.get(call, 'stream');
    invariant(stream instanceof Duplex, 'a call of grpc-js has its HTTP/2 stream in "stream"');
    let pieces = 0;
    stream.on('data', () => {
      pieces += 1;
      if (pieces === piecesMax) call.sendStatus(REFUSAL);
      if (pieces === piecesMax + PIECES_LATE) stream.destroy();
    });
    if (!requestStream) return new DirectCall(call);
    return new StreamingCall(call, () => {
      pieces = 0;
    });
  };
}

type Listener = Parameters<ServerInterceptingCallInterface['start']>[0];
type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/** Passes everything on at once; the class it extends does so through eight more functions. */
class DirectCall extends ServerInterceptingCall {
  readonly #call: ServerInterceptingCallInterface;

  constructor(call: ServerInterceptingCallInterface) {
    super(call);
    this.#call = call;
  }

  override start(listener: Listener): void {
    this.#call.start(listener);
  }

  override sendMetadata(metadata: Metadata): void {
    this.#call.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#call.sendMessage(message, callback);
  }

  override sendStatus(status: Status): void {
    this.#call.sendStatus(status);
  }
}

/** The same for a stream of requests; tells of every message that is complete. */
class StreamingCall extends DirectCall {
  readonly #onMessage: () => void;

  constructor(call: ServerInterceptingCallInterface, onMessage: () => void) {
    super(call);
    this.#onMessage = onMessage;
  }

  override start(listener: Listener): void {
    super.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message: unknown) => {
        this.#onMessage();
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => listener.onCancel(),
    });
  }
}
