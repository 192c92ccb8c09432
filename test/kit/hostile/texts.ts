import type { SeededRandom } from '../seeded-random.js';

/** Names and values nobody should have to expect. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\x01\x02\x1b[31m',
  '\t\r\n',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'null',
  'undefined',
  'NaN',
  '../../etc/passwd',
  'a/b',
  '%s%n%x',
  `\${7*7}`,
  "'; DROP TABLE x; --",
  '😀'.repeat(64),
  'مرحبا بالعالم',
  '\u202eabc\u202c',
  'é',
  'ﬁ',
  'Ａ９',
  '\ufeffname',
  '\u2028',
  '\u3000name\u3000',
  '$meta',
  'RowID',
  '_default',
  'x'.repeat(255),
  'x'.repeat(256),
  'é'.repeat(128),
  'x'.repeat(5_000),
];

/** Bytes that are not UTF-8. */
const BROKEN_TEXTS: readonly Buffer[] = [
  [0xff],
  [0xed, 0xa0, 0x80], // half a surrogate pair
  [0xed, 0xb0, 0x80, 0xed, 0xa0, 0x80],
  [0xc0, 0x80], // zero, written too long
  [0xe2, 0x82], // cut short
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xf4, 0x90, 0x80, 0x80], // past the last code point
  [0x80],
].map((bytes) => Buffer.from(bytes));

/** Texts that look like numbers to somebody. */
const NUMBER_TEXTS: readonly string[] = [
  '',
  '0',
  '-0',
  '-1',
  '+8',
  ' 8',
  '8\0',
  '8.0',
  '1e9',
  '0x10',
  '1_000',
  '９',
  '٨',
  'NaN',
  'Infinity',
  '2147483648',
  '9223372036854775808',
  '-9223372036854775809',
  '9'.repeat(60_000),
  'true',
];

export const hostileText = (random: SeededRandom): string => random.pick(TEXTS);

/** Mostly text, sometimes no text at all. */
export const hostileTextBytes = (random: SeededRandom): Buffer =>
  random.chance(0.3) ? random.pick(BROKEN_TEXTS) : Buffer.from(random.pick(TEXTS));

export const hostileNumberText = (random: SeededRandom): string => random.pick(NUMBER_TEXTS);

/** Edges of every integer type, and enum values nobody declared. */
const INTEGERS: readonly bigint[] = [
  0n,
  1n,
  -1n,
  5n,
  77n,
  101n,
  999n,
  4_097n,
  65_536n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n - 1n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 64n - 1n,
];

export const hostileInteger = (random: SeededRandom): bigint => random.pick(INTEGERS);
