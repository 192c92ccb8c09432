import { describe, expect, it } from 'vitest';
import { type LoadProgress, meanProgress } from '../../../../src/domain/loads/load-progress.js';

const progress = (percent: bigint, isSearchable = percent === 100n): LoadProgress => ({
  percent,
  refreshPercent: 100n - percent,
  isSearchable,
});

describe('the progress of several partitions', () => {
  it('is that of the only one', () => {
    expect(meanProgress([progress(40n)])).toEqual(progress(40n));
  });

  it('is whole only when each is', () => {
    expect(meanProgress([progress(100n), progress(99n)])).toMatchObject({
      percent: 99n,
      isSearchable: false,
    });
    expect(meanProgress([progress(100n), progress(100n)])).toEqual(progress(100n));
  });

  it('counts each alike', () => {
    expect(meanProgress([0n, 50n, 100n].map((percent) => progress(percent)))).toMatchObject({
      percent: 50n,
      refreshPercent: 50n,
    });
  });
});
