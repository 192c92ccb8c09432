/**
 * Keys are stored as their UTF-8 bytes, nothing else: the order is etcd's, any character is
 * allowed, and reading them back is quicker than lmdb's own typed keys. The `keyEncoder` option.
 */
export const keyCodec = {
  /** lmdb also passes a byte as the least key there is. */
  writeKey(key: string | Uint8Array, target: Buffer, position: number): number {
    if (typeof key === 'string') return position + target.write(key, position, 'utf8');
    target.set(key, position);
    return position + key.length;
  },

  readKey(source: Buffer, start: number, end: number): string {
    return source.toString('utf8', start, end);
  },
};
