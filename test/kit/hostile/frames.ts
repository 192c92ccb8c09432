/** HTTP/2 by hand (RFC 9113, RFC 7541), for what no client library would send. */

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

const TYPES = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  windowUpdate: 8,
  continuation: 9,
} as const;

const typeNames = new Map<number, keyof typeof TYPES>([
  [TYPES.data, 'data'],
  [TYPES.headers, 'headers'],
  [TYPES.reset, 'reset'],
]);

export const END_STREAM = 1;
export const END_HEADERS = 4;

const FRAME_HEADER_BYTES = 9;

export function frame(
  type: keyof typeof TYPES,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
  flags = 0,
): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = TYPES[type];
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

export interface Frame {
  readonly type: keyof typeof TYPES | 'other';
  readonly flags: number;
  readonly stream: number;
}

/** The frames in what a server said; one that is cut short is left out. */
export function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + FRAME_HEADER_BYTES <= bytes.length; ) {
    const end = at + FRAME_HEADER_BYTES + bytes.readUIntBE(at, 3);
    const type = typeNames.get(bytes.readUInt8(at + 3)) ?? 'other';
    if (end > bytes.length) break;
    frames.push({ type, flags: bytes.readUInt8(at + 4), stream: bytes.readUInt32BE(at + 5) });
    at = end;
  }
  return frames;
}

/** What opens a connection: the preface and empty settings. */
export const greeting = (): Buffer => Buffer.concat([PREFACE, frame('settings', 0)]);

const HPACK_INLINE_LENGTH_MAX = 126;

/** Texts of up to 126 bytes take one byte of length; longer ones a varint after 127. */
function hpackText(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length <= HPACK_INLINE_LENGTH_MAX) return Buffer.from([bytes.length, ...bytes]);
  const length: number[] = [HPACK_INLINE_LENGTH_MAX + 1];
  let rest = bytes.length - HPACK_INLINE_LENGTH_MAX - 1;
  for (; rest >= 128; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

export type Header = readonly [name: string, value: string];

/** Headers as literals that no table remembers. */
export const headerBlock = (headers: readonly Header[]): Buffer =>
  Buffer.concat(
    headers.map(([name, value]) =>
      Buffer.concat([Buffer.from([0]), hpackText(name), hpackText(value)]),
    ),
  );

export const callHeaders = (path: string): Buffer =>
  headerBlock([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'localhost'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ]);

/** Streams that clients open have odd numbers. */
export const streamNumber = (index: number): number => 1 + 2 * index;

/** A message as gRPC frames it: a flag, the length, the bytes. */
export function grpcMessage(bytes: Uint8Array, flag = 0): Buffer {
  const header = Buffer.alloc(5);
  header[0] = flag;
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}
