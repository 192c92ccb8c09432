import { describe, expect, it } from 'vitest';
import type { IndexId, SegmentId } from '../../../../src/domain/ids.js';
import { type BuildState, progressOf } from '../../../../src/domain/indexes/index-progress.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';

const INDEX = 500n as IndexId;
const segment = (id: bigint, rows: bigint, lastExpireAt = 10n) => ({
  id: id as SegmentId,
  rows,
  lastExpireAt: lastExpireAt as Timestamp,
});
const build = (segmentId: bigint, state: BuildState, reason = '', indexId = INDEX) => ({
  segmentId: segmentId as SegmentId,
  indexId,
  state,
  reason,
});

const TWO = [segment(1n, 30n), segment(2n, 12n)];
const OTHER_INDEX = 501n as IndexId;

describe('the progress of an index', () => {
  it('without segments is finished', () => {
    expect(progressOf(INDEX, [], [], undefined)).toEqual({
      state: 'Finished',
      failReason: '',
      totalRows: 0n,
      indexedRows: 0n,
      pendingRows: 0n,
    });
  });

  it.each([
    ['nothing of it is begun', [], 'InProgress', 0n],
    ['only another index is built', [build(1n, 'Finished', '', OTHER_INDEX)], 'InProgress', 0n],
    ['one segment has it', [build(1n, 'Finished')], 'InProgress', 30n],
    ['one is to be tried again', [build(1n, 'Finished'), build(2n, 'Retry')], 'InProgress', 30n],
    ['every segment has it', [build(1n, 'Finished'), build(2n, 'Finished')], 'Finished', 42n],
    ['one failed', [build(1n, 'Finished'), build(2n, 'Failed', 'no memory')], 'Failed', 30n],
  ] as const)('when %s', (_what, builds, state, indexedRows) => {
    const progress = progressOf(INDEX, TWO, builds, undefined);
    expect(progress).toMatchObject({ state, indexedRows, totalRows: 42n });
    expect(progress.pendingRows).toBe(42n - indexedRows);
  });

  it('tells every reason why it failed', () => {
    const builds = [build(1n, 'Failed', 'no memory'), build(2n, 'Failed', 'bad data')];
    const { failReason } = progressOf(INDEX, TWO, builds, undefined);
    expect(failReason).toBe('1: no memory;2: bad data;');
  });

  it('counts rows of segments younger than the moment, but does not wait for them', () => {
    const segments = [segment(1n, 30n, 10n), segment(2n, 12n, 11n)];
    const at = (moment: bigint) =>
      progressOf(INDEX, segments, [build(1n, 'Finished')], moment as Timestamp);
    expect(at(10n)).toMatchObject({ state: 'Finished', totalRows: 42n, pendingRows: 12n });
    expect(at(11n)).toMatchObject({ state: 'InProgress', totalRows: 42n, pendingRows: 12n });
  });
});
