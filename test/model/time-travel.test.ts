import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aDeed, DEEDS } from '../kit/catalog-deeds.js';
import { CatalogPlayer, type Step, Tally } from '../kit/catalog-player.js';
import { TOUR } from '../kit/catalog-tour.js';

const PAIRS_MIN = 100_000;
const HISTORIES = 14;
const STEPS_MAX = 160;
const MINUTE_MS = 60_000;

const pass = (ms: number) => fc.constant({ kind: 'pass' as const, ms });

/** Many deeds between one restart and the next, and hours in all: history folds on the way. */
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 80, arbitrary: aDeed },
  { weight: 1, arbitrary: fc.constant({ kind: 'stop' as const, ms: 0 }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const, ms: 0 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 500 }).chain(pass) },
  { weight: 1, arbitrary: pass(20 * MINUTE_MS) },
  { weight: 1, arbitrary: pass(70 * MINUTE_MS) },
);

/** Not biased to short ones: those are what a failure is shrunk to. */
const aHistory = fc.noBias(fc.array(aStep, { maxLength: STEPS_MAX, size: 'max' }));

function report({ pairs, repeated, outside, restarts, effective, ineffective }: Tally): void {
  console.log(
    `time travel: ${pairs} pairs of (moment of a history, read) equal, ${repeated} repeated later; ` +
      `${outside} reads outside the window refused; ${restarts} restarts`,
  );
  const words = Object.keys(DEEDS).map((kind) => {
    const [did, not] = [effective, ineffective].map((counts) => counts.get(kind) ?? 0);
    return `${kind} ${did}+${not}`;
  });
  console.log(`deeds that changed something + deeds that did not: ${words.join(', ')}`);
}

describe('time travel', () => {
  it('reads at every moment of any history what a snapshot taken then holds', async () => {
    const tally = new Tally();
    const property = fc.asyncProperty(aHistory, (steps) => CatalogPlayer.play(steps, tally));
    await fc.assert(property, { numRuns: HISTORIES, examples: [[[...TOUR]]] });
    report(tally);
    expect(tally.pairs).toBeGreaterThanOrEqual(PAIRS_MIN);
    expect(tally.outside).toBeGreaterThan(0);
    expect(new Set(tally.effective.keys())).toEqual(new Set(Object.keys(DEEDS)));
  }, 120_000);
});
