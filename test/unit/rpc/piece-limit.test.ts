import type { sendUnaryData } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MilvusServiceService } from '../../../src/gen/milvus.js';
import { type RunningServer, startServer } from '../../../src/rpc/server.js';
import { eventually } from '../../kit/eventually.js';
import {
  callHeaders,
  END_HEADERS,
  END_STREAM,
  frame,
  framesIn,
  greeting,
  grpcMessage,
} from '../../kit/hostile/frames.js';
import { RawSocket } from '../../kit/hostile/raw-socket.js';
import { numbered } from '../../kit/hostile/wire.js';

const { path } = MilvusServiceService.getVersion;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({
    ip: '127.0.0.1',
    port: 0,
    receiveBytesMax: 16 * 1_024,
    sendBytesMax: 1_024,
    services: [
      {
        name: 'milvus.proto.milvus.MilvusService',
        definition: MilvusServiceService,
        handlers: {
          getVersion: (_call: unknown, callback: sendUnaryData<Buffer>) =>
            callback(null, Buffer.alloc(0)),
        },
      },
    ],
  });
});

afterAll(() => server.drain(0));

/** The kinds of frames that answer a request whose message comes in pieces of this size. */
async function answerTo(messageBytes: number, pieceBytes: number): Promise<string[]> {
  const message = grpcMessage(Buffer.alloc(messageBytes));
  const count = Math.ceil(message.length / pieceBytes);
  const pieces = numbered(count, (i) => {
    const piece = message.subarray(i * pieceBytes, (i + 1) * pieceBytes);
    return frame('data', 1, piece, i === count - 1 ? END_STREAM : 0);
  });
  const socket = await RawSocket.open(server.port);
  await socket.send(greeting());
  await socket.send(frame('headers', 1, callHeaders(path), END_HEADERS));
  await socket.send(pieces);
  const answer = await eventually(
    async () =>
      framesIn(socket.bytes).filter(({ stream, type }) => stream === 1 && type !== 'reset'),
    (frames) => frames.some(({ type, flags }) => type === 'headers' && flags & END_STREAM),
  );
  socket.destroy();
  return answer.map(({ type }) => type);
}

/** A refusal of gRPC has no message, and so needs only one frame of headers. */
const REFUSED = ['headers'];
const ANSWERED = ['headers', 'data', 'headers'];

describe('a request in pieces', () => {
  it.each([
    ['short, byte by byte', 1_000, 1, ANSWERED],
    ['as large as may be, in small pieces', 16_000, 16, ANSWERED],
    ['long, byte by byte', 16_000, 1, REFUSED],
  ])('%s', async (_what, messageBytes, pieceBytes, answer) => {
    expect(await answerTo(messageBytes, pieceBytes)).toEqual(answer);
  });
});
