import type { IndexId, SegmentId } from '../ids.js';
import type { Timestamp } from '../timestamp.js';

/** Where the index of one segment stands; the words of the build's own machine. */
export type BuildState = 'Unissued' | 'InProgress' | 'Finished' | 'Failed' | 'Retry';

/** A flushed segment, as far as indexes care. */
export interface IndexedSegment {
  readonly id: SegmentId;
  readonly rows: bigint;
  /** No row of it is younger. */
  readonly lastExpireAt: Timestamp;
}

/** The build of one index for one segment. */
export interface SegmentBuild {
  readonly segmentId: SegmentId;
  readonly indexId: IndexId;
  readonly state: BuildState;
  /** Why it failed, or why it waits; empty when there is nothing to say. */
  readonly reason: string;
}

/** How far an index is, over all segments of its collection. */
export interface IndexProgress {
  readonly state: BuildState;
  readonly failReason: string;
  readonly totalRows: bigint;
  readonly indexedRows: bigint;
  readonly pendingRows: bigint;
}

/**
 * The progress of one index (facts/datacoord §16.5). Without segments it is finished. Rows of
 * segments younger than `at` count, but do not hold the state back.
 *
 * @param at undefined to look at every segment alike.
 */
export function progressOf(
  indexId: IndexId,
  segments: readonly IndexedSegment[],
  builds: readonly SegmentBuild[],
  at: Timestamp | undefined,
): IndexProgress {
  const bySegment = new Map(
    builds.filter((build) => build.indexId === indexId).map((build) => [build.segmentId, build]),
  );
  const views = segments.map((segment) => ({ segment, build: bySegment.get(segment.id) }));
  const judged = views.filter(({ segment }) => at === undefined || segment.lastExpireAt <= at);
  const failed = judged.filter(({ build }) => build?.state === 'Failed');
  const isUnfinished = judged.some(({ build }) => build?.state !== 'Finished');
  const indexedRows = rowsOf(views.filter(({ build }) => build?.state === 'Finished'));
  const totalRows = rowsOf(views);
  return {
    state: failed.length > 0 ? 'Failed' : isUnfinished ? 'InProgress' : 'Finished',
    failReason: failed.map(({ build }) => `${build?.segmentId}: ${build?.reason};`).join(''),
    totalRows,
    indexedRows,
    pendingRows: totalRows - indexedRows,
  };
}

const rowsOf = (views: readonly { readonly segment: IndexedSegment }[]): bigint =>
  views.reduce((sum, { segment }) => sum + segment.rows, 0n);
