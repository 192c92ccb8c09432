import { type ClientHttp2Session, connect } from 'node:http2';

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

  /** The response message's bytes; rejects when the call itself fails. */
  call(path: string, message: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve(Buffer.concat(chunks).subarray(FRAME_HEADER_BYTES)));
      stream.end(frame(message));
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
