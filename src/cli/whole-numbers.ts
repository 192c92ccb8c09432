import { UsageError } from './usage-error.js';

const DIGITS = /^\d{1,20}$/;

/** A sequence of the change feed: a whole number of 64 bits. @throws UsageError */
export const readSequence = (option: string, text: string): bigint => readBits(option, text, 64n);

/** An id: a whole number of 63 bits. @throws UsageError */
export const readId = (option: string, text: string): bigint => readBits(option, text, 63n);

function readBits(option: string, text: string, bits: bigint): bigint {
  const value = DIGITS.test(text) ? BigInt(text) : -1n;
  if (value >= 0n && value < 1n << bits) return value;
  throw new UsageError(`${option} "${text}" is no whole number of ${bits} bits`);
}
