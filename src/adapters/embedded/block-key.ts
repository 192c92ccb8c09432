/** A block's place: which channel, and the sequence number of its first message. */
export interface BlockPlace {
  readonly channelId: number;
  readonly first: number;
}

const CHANNEL_BYTES = 4;
const SEQUENCE_BYTES = 8;
const KEY_BYTES = CHANNEL_BYTES + SEQUENCE_BYTES;

/** Big-endian, so that lmdb keeps a channel's blocks together and in order. */
export function blockKey(channelId: number, first: number): Uint8Array {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt32BE(channelId);
  key.writeBigUInt64BE(BigInt(first), CHANNEL_BYTES);
  return key;
}

export function placeOf(key: Uint8Array): BlockPlace {
  const view = new DataView(key.buffer, key.byteOffset, KEY_BYTES);
  return { channelId: view.getUint32(0), first: Number(view.getBigUint64(CHANNEL_BYTES)) };
}
