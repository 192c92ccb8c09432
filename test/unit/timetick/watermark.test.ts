import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Watermark } from '../../../src/timetick/watermark.js';

/** The rule in its plainest form: every source's report, and what was safe before. */
class PlainWatermark {
  readonly #reported = new Map<number, number>();
  ticks = 0;

  join(slot: number, from: number): void {
    this.#reported.set(slot, Math.max(from, this.ticks));
    this.#settle();
  }

  leave(slot: number): void {
    this.#reported.delete(slot);
    this.#settle();
  }

  advance(slot: number, ticks: number): void {
    const before = this.#reported.get(slot);
    if (before === undefined || ticks <= before) return;
    this.#reported.set(slot, ticks);
    this.#settle();
  }

  has(slot: number): boolean {
    return this.#reported.has(slot);
  }

  #settle(): void {
    if (this.#reported.size > 0) this.ticks = Math.min(...this.#reported.values());
  }
}

const step = fc.record({
  word: fc.constantFrom('join', 'leave', 'advance', 'advance', 'advance', 'advance'),
  slot: fc.nat(40),
  ticks: fc.nat(60),
});

describe('a watermark', () => {
  it('is the minimum of what the sources reported, over any history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const watermark = new Watermark();
        const plain = new PlainWatermark();
        let sources = 0;
        for (const { word, slot, ticks } of steps) {
          const before = plain.ticks;
          if (word === 'join') {
            if (plain.has(slot)) continue;
            watermark.join(slot, ticks);
            plain.join(slot, ticks);
            sources += 1;
          } else {
            if (word === 'leave' && plain.has(slot)) sources -= 1;
            for (const each of [watermark, plain]) each[word](slot, ticks);
          }
          expect(watermark.ticks).toBe(plain.ticks);
          expect(watermark.sources).toBe(sources);
          expect(watermark.ticks).toBeGreaterThanOrEqual(before);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('stays where it was when the last source leaves, and goes on from there', () => {
    const watermark = new Watermark();
    watermark.join(0, 10);
    watermark.leave(0);
    expect(watermark.ticks).toBe(10);
    watermark.join(1, 5);
    expect(watermark.ticks).toBe(10);
    watermark.advance(1, 7);
    expect(watermark.ticks).toBe(10);
    watermark.advance(1, 11);
    expect(watermark.ticks).toBe(11);
  });

  it('hears nobody who did not join', () => {
    const watermark = new Watermark();
    watermark.join(0, 1);
    watermark.advance(7, 9);
    watermark.advance(1_000, 9);
    watermark.leave(7);
    expect([watermark.ticks, watermark.sources]).toEqual([1, 1]);
    watermark.advance(0, 10);
    expect(watermark.ticks).toBe(10);
  });

  it('takes slots as they come', () => {
    const watermark = new Watermark();
    watermark.join(1_000, 3);
    watermark.join(0, 4);
    expect(watermark.ticks).toBe(3);
    watermark.advance(1_000, 5);
    expect(watermark.ticks).toBe(4);
  });
});
