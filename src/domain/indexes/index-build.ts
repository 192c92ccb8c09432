import type { BuildId, CollectionId, IndexId, SegmentId } from '../ids.js';
import { effectiveParams, INDEX_TYPE } from './index-params.js';
import type { BuildState } from './index-progress.js';
import type { IndexRecord } from './index-record.js';

/** One index of one segment, as it was committed last. */
export interface IndexBuild {
  readonly id: BuildId;
  readonly collectionId: CollectionId;
  readonly indexId: IndexId;
  readonly segmentId: SegmentId;
  readonly rows: bigint;
  readonly state: BuildState;
  /** The index node at work; -1 while there is none. */
  readonly nodeId: bigint;
  /** Counts the attempts, so that files of an older one are told apart. */
  readonly version: bigint;
  readonly failReason: string;
}

/** No index node. */
export const NO_NODE = -1n;

/** What the index node, or nobody, has to say about a job. */
export type JobOutcome =
  | { readonly kind: 'finished'; readonly fileKeys: readonly string[]; readonly bytes: bigint }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string };

/** A build and what became of its job. */
export interface BuildResult {
  readonly build: IndexBuild;
  readonly outcome: JobOutcome;
}

/** Searching so few rows one by one is as fast as an index (facts/datacoord §16.4). */
const ROWS_MIN = 1_024n;

/** Types that are the data itself. */
const UNTRAINED: ReadonlySet<string> = new Set(['FLAT', 'BIN_FLAT']);

/** Whether a segment is as good without files of this index (facts/datacoord §16.4). */
export const needsNoNode = (rows: bigint, { indexParams }: IndexRecord): boolean =>
  rows < ROWS_MIN || UNTRAINED.has(effectiveParams(indexParams).get(INDEX_TYPE) ?? '');
