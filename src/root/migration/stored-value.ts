import { CoordError } from '../../domain/errors.js';
import type { KeyValue } from '../../ports/meta-store.js';

/** U+26FC, what Milvus writes over a removed key (facts/rootcoord §17.5). */
const TOMBSTONE = Uint8Array.of(0xe2, 0x9b, 0xbc);

export const isTombstone = (value: Uint8Array): boolean =>
  value.length === TOMBSTONE.length && TOMBSTONE.every((byte, i) => value[i] === byte);

/** What cannot be understood is never removed: somebody has to look at it. */
export const damaged = (key: string, reason: string, cause?: unknown): CoordError =>
  new CoordError('ServiceInternal', `the record at ${key} cannot be migrated: ${reason}`, {
    cause,
  });

/** A generated message type, as far as reading goes. */
interface Decoder<T> {
  decode(value: Uint8Array): T;
}

/** @throws CoordError `ServiceInternal` naming the key when the bytes are no such message. */
export function decodeStored<T>(decoder: Decoder<T>, { key, value }: KeyValue): T {
  try {
    return decoder.decode(value);
  } catch (caught) {
    throw damaged(key, caught instanceof Error ? caught.message : String(caught), caught);
  }
}

/** The ids a key ends in, as many as asked. @throws CoordError when it ends otherwise. */
export function idsOf(key: string, prefix: string, count: number): bigint[] {
  const segments = key.slice(prefix.length).split('/');
  if (segments.length !== count || !segments.every((segment) => /^\d{1,19}$/.test(segment))) {
    throw damaged(key, `the key does not end in ${count} id(s)`);
  }
  return segments.map(BigInt);
}
