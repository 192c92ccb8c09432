import { CoordError } from '../../domain/errors.js';
import type { ChannelMessage } from '../../ports/message-stream.js';

/** What a block says about itself, before its messages. */
export interface BlockHeader {
  readonly appendedAtMs: number;
  /** Bytes appended to the channel before this block, since there is the channel. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Milliseconds, start and end offset as doubles, which are exact here; then the count. */
const HEADER_BYTES = 8 + 8 + 8 + 4;
/** Lengths of properties and payload. */
const FRAME_BYTES = 4 + 4;
const NO_PROPERTIES: Readonly<Record<string, string>> = {};

/** A message whose properties are text already, as the block keeps them. */
export interface Frame {
  readonly payload: Uint8Array;
  readonly properties: string;
}

export const frameOf = ({ payload, properties }: ChannelMessage): Frame => ({
  payload,
  properties: Object.keys(properties).length === 0 ? '' : JSON.stringify(properties),
});

/** Messages that were appended together, as one value: a tree entry for each costs a tenfold. */
export function encodeBlock(header: Omit<BlockHeader, 'count'>, frames: readonly Frame[]): Buffer {
  let size = HEADER_BYTES;
  for (const { properties, payload } of frames) {
    size += FRAME_BYTES + Buffer.byteLength(properties) + payload.byteLength;
  }
  const block = Buffer.allocUnsafe(size);
  block.writeDoubleLE(header.appendedAtMs, 0);
  block.writeDoubleLE(header.startOffset, 8);
  block.writeDoubleLE(header.endOffset, 16);
  block.writeUInt32LE(frames.length, 24);
  let at = HEADER_BYTES;
  for (const { properties, payload } of frames) {
    const propertyBytes = block.write(properties, at + FRAME_BYTES);
    block.writeUInt32LE(propertyBytes, at);
    block.writeUInt32LE(payload.byteLength, at + 4);
    block.set(payload, at + FRAME_BYTES + propertyBytes);
    at += FRAME_BYTES + propertyBytes + payload.byteLength;
  }
  return block;
}

export function headerOf(block: Uint8Array): BlockHeader {
  if (block.byteLength < HEADER_BYTES) throw damaged();
  const view = new DataView(block.buffer, block.byteOffset, HEADER_BYTES);
  return {
    appendedAtMs: view.getFloat64(0, true),
    startOffset: view.getFloat64(8, true),
    endOffset: view.getFloat64(16, true),
    count: view.getUint32(24, true),
  };
}

/** The block's messages behind the first `skip`; their payloads are views of the block. */
export function* messagesOf(block: Uint8Array, skip: number): Generator<ChannelMessage> {
  const { count } = headerOf(block);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let at = HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    if (at + FRAME_BYTES > block.byteLength) throw damaged();
    const propertiesAt = at + FRAME_BYTES;
    const payloadAt = propertiesAt + view.getUint32(at, true);
    at = payloadAt + view.getUint32(at + 4, true);
    if (at > block.byteLength) throw damaged();
    if (index < skip) continue;
    const properties = decodeProperties(block.subarray(propertiesAt, payloadAt));
    yield { properties, payload: block.subarray(payloadAt, at) };
  }
}

function decodeProperties(bytes: Uint8Array): Readonly<Record<string, string>> {
  if (bytes.byteLength === 0) return NO_PROPERTIES;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const properties: unknown = JSON.parse(text);
  if (!isProperties(properties)) throw damaged();
  return properties;
}

const isProperties = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((one) => typeof one === 'string');

const damaged = (): CoordError =>
  new CoordError('ServiceInternal', 'a block of the message stream is damaged');
