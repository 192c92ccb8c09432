import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, positionAt, sequenceOf } from '../../../src/domain/stream-position.js';

const sequences = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe('a position', () => {
  it('holds any sequence number, wherever its bytes lie', () => {
    fc.assert(
      fc.property(sequences, fc.nat({ max: 9 }), (sequence, offset) => {
        const held = new Uint8Array(20);
        held.set(positionAt(sequence), offset);
        expect(sequenceOf(held.subarray(offset, offset + 8))).toBe(sequence);
      }),
    );
  });

  it('stands where its message stands', () => {
    fc.assert(
      fc.property(sequences, sequences, (a, b) => {
        const order = comparePositions(positionAt(a), positionAt(b));
        expect(Math.sign(order)).toBe(Math.sign(a - b));
      }),
    );
  });

  it('is a little-endian int64, as RocksMQ and natsmq have it', () => {
    expect(Buffer.from(positionAt(0x0102)).toString('hex')).toBe('0201000000000000');
  });

  it.each(['', '00', '000000000000000000', 'ffffffffffffffff'])('refuses the bytes %s', (hex) => {
    expect(() => sequenceOf(Buffer.from(hex, 'hex'))).toThrow(/no position/);
  });
});
