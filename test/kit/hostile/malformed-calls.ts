import { deflateSync, gzipSync } from 'node:zlib';
import { status as grpcStatus } from '@grpc/grpc-js';
import { CREATE } from './built-rpcs.js';
import { grpcMessage } from './frames.js';
import type { RawHttp2Call } from './raw-http2.js';

/** What a call must come to: an HTTP status, one of several gRPC codes, or a reset. */
type Expected =
  | { readonly http: number }
  | { readonly grpc: readonly number[] }
  | { readonly refused: true };

export type MalformedCall = RawHttp2Call & { readonly expected: Expected };

const MIB = 1_024 * 1_024;
const { OK, INTERNAL, UNIMPLEMENTED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED } = grpcStatus;
const ENCODED = 1;

const call = (
  what: string,
  expected: Expected,
  headers: RawHttp2Call['headers'] = {},
  body?: Buffer,
): MalformedCall => ({
  what,
  expected,
  headers: { ':path': CREATE, ...headers },
  ...(body ? { body } : {}),
});

const grpc = (...codes: readonly number[]): Expected => ({ grpc: codes });

/** A message whose length is a lie. */
function withPrefix(length: number, bytes: Buffer): Buffer {
  const message = grpcMessage(bytes);
  message.writeUInt32BE(length, 1);
  return message;
}

/** A gigabyte of zeros in a megabyte: gzip streams may follow one another. */
function gzipBomb(): Buffer {
  const sixteenMib = gzipSync(Buffer.alloc(16 * MIB));
  return Buffer.concat(Array.from({ length: 64 }, () => sixteenMib));
}

const EMPTY = Buffer.alloc(0);
const nothing = grpcMessage(EMPTY);
const garbage = Buffer.alloc(64, 0xa5);

/** Calls that are wrong before their message is looked at, or in how it is packed. */
export const malformedCalls = (): readonly MalformedCall[] => [
  call('a web page', { http: 415 }, { 'content-type': 'text/html' }, nothing),
  call('no content type', { http: 415 }, { 'content-type': '' }, nothing),
  call('JSON', { http: 415 }, { 'content-type': 'application/json' }, Buffer.from('{}')),
  call('a path nobody serves', grpc(UNIMPLEMENTED), { ':path': '/no/such' }, nothing),
  call('a path of high bytes', grpc(UNIMPLEMENTED), { ':path': '/\xff\xe9\x80' }, nothing),
  call('a path of emoji', { refused: true }, { ':path': '/😀' }, nothing),
  call('a path with a line break', { refused: true }, { ':path': '/a\nb' }, nothing),
  call('a thousand headers', { refused: true }, thousandHeaders(), nothing),
  call('a header of 60 000 bytes', grpc(OK), { padding: 'p'.repeat(60_000) }, nothing),
  call('a header of high bytes', grpc(OK), { dbname: '\xff\xfe' }, nothing),
  call('a binary header that is none', grpc(OK), { 'payload-bin': '!!!' }, nothing),
  call('a timeout that is none', grpc(INTERNAL), { 'grpc-timeout': 'soon' }, nothing),
  call('a timeout of nothing', grpc(OK, DEADLINE_EXCEEDED), { 'grpc-timeout': '0n' }, nothing),
  call('a timeout of 11 000 years', grpc(OK), { 'grpc-timeout': '99999999H' }, nothing),
  call('no message', grpc(UNIMPLEMENTED)),
  call('two messages', grpc(UNIMPLEMENTED), {}, Buffer.concat([nothing, nothing])),
  call('half a prefix', grpc(UNIMPLEMENTED), {}, Buffer.from([0, 0])),
  call('a message cut short', grpc(UNIMPLEMENTED), {}, withPrefix(1_000, garbage)),
  call('a message longer than it says', grpc(RESOURCE_EXHAUSTED), {}, withPrefix(8, garbage)),
  call('a prefix of 4 GiB', grpc(RESOURCE_EXHAUSTED), {}, withPrefix(2 ** 32 - 1, garbage)),
  call('a prefix just too large', grpc(RESOURCE_EXHAUSTED), {}, withPrefix(4 * MIB + 1, garbage)),
  call('an unknown flag', grpc(OK), {}, grpcMessage(garbage, 7)),
  call(
    'an unknown encoding',
    grpc(UNIMPLEMENTED),
    { 'grpc-encoding': 'zstd' },
    grpcMessage(garbage, ENCODED),
  ),
  call(
    'gzip that is none',
    grpc(INTERNAL),
    { 'grpc-encoding': 'gzip' },
    grpcMessage(garbage, ENCODED),
  ),
  call(
    'deflate that is none',
    grpc(INTERNAL),
    { 'grpc-encoding': 'deflate' },
    grpcMessage(garbage, ENCODED),
  ),
  call(
    'gzip cut short',
    grpc(INTERNAL),
    { 'grpc-encoding': 'gzip' },
    grpcMessage(gzipSync(garbage).subarray(0, 20), ENCODED),
  ),
  call(
    'gzip of garbage',
    grpc(OK),
    { 'grpc-encoding': 'gzip' },
    grpcMessage(gzipSync(garbage), ENCODED),
  ),
  call(
    'a gigabyte in gzip',
    grpc(RESOURCE_EXHAUSTED),
    { 'grpc-encoding': 'gzip' },
    grpcMessage(gzipBomb(), ENCODED),
  ),
  call(
    '64 MiB in deflate',
    grpc(RESOURCE_EXHAUSTED),
    { 'grpc-encoding': 'deflate' },
    grpcMessage(deflateSync(Buffer.alloc(64 * MIB)), ENCODED),
  ),
  call(
    'a health check of half a surrogate',
    grpc(INTERNAL),
    { ':path': '/grpc.health.v1.Health/Check' },
    grpcMessage(Buffer.from([0x0a, 3, 0xed, 0xa0, 0x80])),
  ),
  call(
    'a health check of 1 MiB',
    grpc(INTERNAL),
    { ':path': '/grpc.health.v1.Health/Check' },
    grpcMessage(Buffer.concat([Buffer.from([0x0a, 0x80, 0x80, 0x40]), Buffer.alloc(MIB, 0x61)])),
  ),
  call(
    'a health watch of garbage',
    grpc(INTERNAL),
    { ':path': '/grpc.health.v1.Health/Watch' },
    grpcMessage(garbage),
  ),
  call(
    'a reflection of garbage',
    grpc(INTERNAL),
    { ':path': '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo' },
    grpcMessage(garbage),
  ),
  call(
    'a reflection of a million fields',
    grpc(INTERNAL),
    { ':path': '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo' },
    grpcMessage(Buffer.alloc(3 * MIB, Buffer.from([0xa8, 0x7d, 0x01]))),
  ),
];

const thousandHeaders = (): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 1_000 }, (_unused, i) => [`header${i}`, 'x']));
