import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';

/** A gRPC call with headers and a body no gRPC library would send. */
export interface RawHttp2Call {
  readonly what: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
}

/** What came back; `refused` when the server reset the stream or cut the connection. */
export interface RawHttp2Answer {
  readonly httpStatus: number | undefined;
  readonly grpcStatus: number | undefined;
  readonly message: string;
  readonly refused: boolean;
}

const PATIENCE_MS = 20_000;

/** Makes the call on a connection of its own. Rejects when there is no answer at all. */
export async function callRaw(
  address: string,
  { headers, body }: RawHttp2Call,
): Promise<RawHttp2Answer> {
  const session = connect(`http://${address}`);
  const heard: IncomingHttpHeaders = {};
  const outcome = { refused: false };
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = () => {
        outcome.refused = true;
        resolve();
      };
      session.on('error', refuse);
      const stream = session.request({
        ':method': 'POST',
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
      stream.setTimeout(PATIENCE_MS, () => reject(new Error('there was no answer')));
      stream.on('response', (received) => Object.assign(heard, received));
      stream.on('trailers', (received) => Object.assign(heard, received));
      stream.on('error', refuse);
      stream.on('close', resolve);
      stream.resume();
      stream.end(body);
    });
  } finally {
    session.destroy();
  }
  return { ...wordsOf(heard), ...outcome };
}

function wordsOf(heard: IncomingHttpHeaders): Omit<RawHttp2Answer, 'refused'> {
  return {
    httpStatus: numberIn(heard[':status']),
    grpcStatus: numberIn(heard['grpc-status']),
    message: String(heard['grpc-message'] ?? ''),
  };
}

const numberIn = (value: unknown): number | undefined =>
  value === undefined ? undefined : Number(value);
