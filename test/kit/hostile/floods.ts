import { connect } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';
import { MilvusServiceService } from '../../../src/gen/milvus.js';
import { CREATE } from './built-rpcs.js';
import {
  callHeaders,
  END_HEADERS,
  END_STREAM,
  frame,
  greeting,
  grpcMessage,
  headerBlock,
  PREFACE,
  streamNumber,
} from './frames.js';
import { RawSocket } from './raw-socket.js';
import { repeated } from './wire.js';

/** A way to misuse connections; settles when the misuse is over. */
export interface Flood {
  readonly what: string;
  readonly run: (port: number) => Promise<void>;
}

const MIB = 1_024 * 1_024;
/** Time for a server to deal with what it was sent, or to cut the connection. */
const DIGEST_MS = 300;

/** One connection that says all this at once. */
const shout = (what: string, bytes: () => Buffer): Flood => ({
  what,
  run: async (port) => {
    const socket = await RawSocket.open(port);
    const sent = socket.send(bytes());
    await Promise.race([sent, socket.closed(10 * DIGEST_MS)]);
    await socket.closed(DIGEST_MS);
    socket.destroy();
  },
});

/** The same for each of many streams, after the greeting. */
const streams = (count: number, each: (stream: number) => Buffer): Buffer =>
  Buffer.concat([
    greeting(),
    ...Array.from({ length: count }, (_unused, index) => each(streamNumber(index))),
  ]);

const version = callHeaders(MilvusServiceService.getVersion.path);
const open = (stream: number): Buffer => frame('headers', stream, version, END_HEADERS);
const CANCEL = Buffer.from([0, 0, 0, 8]);
const after = (...parts: readonly Buffer[]): Buffer => Buffer.concat([greeting(), ...parts]);

/** A create whose message comes in DATA frames of one byte each. */
function crumbs(count: number): Buffer {
  const prefix = grpcMessage(Buffer.alloc(MIB)).subarray(0, 5);
  const opening = frame('headers', 1, callHeaders(CREATE), END_HEADERS);
  const crumb = frame('data', 1, Buffer.from([0x55]));
  return after(opening, frame('data', 1, prefix), repeated(crumb, count));
}

/** Many connections that each send a byte now and then, and never finish. */
async function slowLoris(port: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 100 }, () => RawSocket.open(port)));
  const opening = after(frame('headers', 1, callHeaders(CREATE), END_HEADERS));
  const message = frame('data', 1, grpcMessage(Buffer.alloc(MIB)).subarray(0, 16_000));
  await Promise.all(sockets.map((socket) => socket.send(opening)));
  for (let byte = 0; byte < 20; byte++) {
    await Promise.all(sockets.map((socket) => socket.send(message.subarray(byte, byte + 1))));
    await pause(25);
  }
  for (const socket of sockets) socket.destroy();
}

const HALF_UPLOADS = 100;
const UPLOAD_BYTES = 4 * MIB - 16;

/** As many requests as a connection may have open, each as large as may be, but for one byte. */
async function halfUploads(port: number): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  const message = grpcMessage(Buffer.alloc(UPLOAD_BYTES)).subarray(0, -1);
  const headers = { ':method': 'POST', ':path': CREATE, 'content-type': 'application/grpc' };
  const uploads = Array.from({ length: HALF_UPLOADS }, () => {
    const stream = session.request(headers);
    stream.on('error', () => {});
    return new Promise((resolve) => stream.write(message, resolve));
  });
  await Promise.all(uploads);
  session.destroy();
}

/** Connections made and left again, without a word. */
async function comeAndGo(port: number): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const sockets = await Promise.all(Array.from({ length: 25 }, () => RawSocket.open(port)));
    for (const socket of sockets) socket.destroy();
  }
}

export const floods: readonly Flood[] = [
  shout('HTTP/1.1', () => Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')),
  shout('a TLS handshake', () => Buffer.from('1603010200010001fc0303', 'hex')),
  shout('a megabyte of garbage', () => Buffer.alloc(MIB, 0x41)),
  shout('garbage after the preface', () => Buffer.concat([PREFACE, Buffer.alloc(MIB, 0xa5)])),
  shout('a frame of 16 MiB', () =>
    after(Buffer.from('ffffff000000000001', 'hex'), Buffer.alloc(MIB)),
  ),
  shout('a flood of pings', () => after(repeated(frame('ping', 0, Buffer.alloc(8)), 100_000))),
  shout('a flood of settings', () =>
    after(repeated(frame('settings', 0, Buffer.from([0, 1, 0, 0, 16, 0])), 100_000)),
  ),
  shout('a flood of window updates', () =>
    after(repeated(frame('windowUpdate', 0, Buffer.from([0, 0, 0, 1])), 100_000)),
  ),
  shout('a flood of priorities', () =>
    after(repeated(frame('priority', 1, Buffer.from([0, 0, 0, 0, 1])), 100_000)),
  ),
  shout('a flood of empty data', () => after(open(1), repeated(frame('data', 1), 100_000))),
  shout('headers without an end', () =>
    after(
      frame('headers', 1, version),
      repeated(frame('continuation', 1, headerBlock([['x', 'y']])), 50_000),
    ),
  ),
  shout('5 000 half-open streams', () => streams(5_000, open)),
  shout('5 000 streams opened and reset', () =>
    streams(5_000, (stream) => Buffer.concat([open(stream), frame('reset', stream, CANCEL)])),
  ),
  shout('5 000 calls at once that never wait', () =>
    streams(5_000, (stream) =>
      Buffer.concat([
        open(stream),
        frame('data', stream, grpcMessage(Buffer.alloc(0)), END_STREAM),
      ]),
    ),
  ),
  shout('2 000 calls of long, unknown paths', () => {
    const nowhere = callHeaders(`/${'x'.repeat(5_000)}`);
    return streams(2_000, (stream) => frame('headers', stream, nowhere, END_HEADERS | END_STREAM));
  }),
  shout('a message in crumbs of one byte', () => crumbs(100_000)),
  { what: 'a hundred slow uploads', run: slowLoris },
  { what: 'a hundred uploads that stop short', run: halfUploads },
  { what: 'connections that come and go', run: comeAndGo },
];
