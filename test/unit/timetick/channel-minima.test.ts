import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelMinima } from '../../../src/timetick/channel-minima.js';

const SLOTS = [0, 1, 2];
const step = fc.record({
  word: fc.constantFrom('join', 'leave', 'report', 'report', 'report'),
  slot: fc.constantFrom(...SLOTS),
  ticks: fc.nat(20),
  listed: fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(20)),
});

const NONE: ReadonlyMap<string, number> = new Map();

describe('the minima of channels', () => {
  it('are of one kind again once every source stands at its default', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const minima = new ChannelMinima();
        const joined = new Set<number>();
        for (const { word, slot, ticks, listed } of steps) {
          if (word === 'join' && !joined.has(slot)) {
            minima.join(slot);
            joined.add(slot);
          } else if (word === 'leave' && joined.delete(slot)) {
            minima.leave(slot);
          } else if (joined.has(slot)) {
            minima.report(slot, ticks, new Map(Object.entries(listed)));
          }
        }
        for (const slot of SLOTS) {
          if (!joined.has(slot)) minima.join(slot);
          minima.report(slot, 30, NONE);
        }
        expect([minima.exceptionalCount, minima.ticks('a'), minima.ticks('z')]).toEqual([
          0, 30, 30,
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('have a watermark of their own for the channels that differ, and for no other', () => {
    const minima = new ChannelMinima();
    for (const slot of SLOTS) minima.join(slot);
    for (const slot of SLOTS) minima.report(slot, 10, new Map([['a', 10]]));
    expect(minima.exceptionalCount).toBe(0);
    minima.report(1, 20, new Map([['a', 15]]));
    expect([minima.exceptionalCount, minima.ticks('a')]).toEqual([1, 10]);
    minima.report(0, 20, NONE);
    minima.report(2, 20, NONE);
    expect([minima.ticks('a'), minima.ticks('b')]).toEqual([15, 20]);
    minima.leave(1);
    expect([minima.exceptionalCount, minima.ticks('a')]).toEqual([0, 20]);
  });
});
