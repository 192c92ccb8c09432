const SURROGATES_FROM = 0xd800;
const ABOVE_SURROGATES_FROM = 0xe000;

/**
 * Orders strings as their UTF-8 bytes would be, the order of lmdb and etcd. It differs from the
 * order of UTF-16 units, because characters outside the basic plane are written with surrogates
 * yet come last.
 */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rankOf(a) - rankOf(b);
  }
  return left.length - right.length;
}

/** Moves surrogates behind every other unit. */
function rankOf(unit: number): number {
  if (unit < SURROGATES_FROM) return unit;
  return unit < ABOVE_SURROGATES_FROM ? unit + 0x2000 : unit - 0x800;
}
