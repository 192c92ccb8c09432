import { describe, expect, it } from 'vitest';
import { OracleSuccession } from '../../kit/oracle-succession.js';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** Ten million over all seeds. */
const BLOCKS_PER_SEED = 1_000_000;

describe('a million blocks of timestamps', () => {
  it.each(SEEDS)(
    'never overlap over restarts, deposed leaders that live on, clock steps of an hour and failed saves: seed %i',
    async (seed) => {
      const tally = await new OracleSuccession(seed, BLOCKS_PER_SEED).run();
      expect(tally.blocks).toBeGreaterThanOrEqual(BLOCKS_PER_SEED);
      expect(tally.lives - tally.failedOpens).toBeGreaterThan(100);
      expect(tally.elderBlocks).toBeGreaterThan(10_000);
      expect(tally.steps).toBeGreaterThan(100);
      for (const times of Object.values(tally.faults)) expect(times).toBeGreaterThan(0);
    },
    30_000,
  );
});
