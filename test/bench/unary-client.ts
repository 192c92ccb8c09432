import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';

const FRAME_HEADER_BYTES = 5;

/**
 * gRPC unary calls over bare node:http2: a third of the cost of grpc-js, so that a bench measures
 * the server and not its own client.
 */
export class UnaryClient {
  readonly #session: ClientHttp2Session;

  constructor(port: number) {
    this.#session = connect(`http://127.0.0.1:${port}`);
    this.#session.setMaxListeners(0);
  }

  /** Sends a message and leaves what comes back to the caller. */
  open(path: string, message: Uint8Array): ClientHttp2Stream {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.end(frame(message));
    return stream;
  }

  /** The response message's bytes; rejects when the call itself fails. */
  call(path: string, message: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.open(path, message);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve(Buffer.concat(chunks).subarray(FRAME_HEADER_BYTES)));
    });
  }

  close(): void {
    this.#session.destroy();
  }
}

function frame(message: Uint8Array): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** Cuts what arrives of a stream into messages. */
export class FrameReader {
  readonly #take: (message: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(take: (message: Buffer) => void) {
    this.#take = take;
  }

  take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + this.#rest.readUInt32BE(1);
      if (this.#rest.length < end) return;
      this.#take(this.#rest.subarray(FRAME_HEADER_BYTES, end));
      this.#rest = this.#rest.subarray(end);
    }
  }
}
