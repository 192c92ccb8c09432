/**
 * The same value as data alone: without the unknown fields a decoded message drags along (they
 * are checked on their own), and bytes as bytes, whatever class they came in.
 */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '_unknownFields')
      .map(([key, inner]) => [key, plain(inner)]),
  );
}
