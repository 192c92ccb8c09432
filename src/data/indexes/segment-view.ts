import type { CollectionId, PartitionId } from '../../domain/ids.js';
import type { IndexedSegment, SegmentBuild } from '../../domain/indexes/index-progress.js';

/** A flushed segment, as far as its indexes are built. */
export interface FlushedSegment extends IndexedSegment {
  readonly partitionId: PartitionId;
}

/** The segment records of DataCoord, as far as indexes look at them. */
export interface SegmentRecords {
  /** Flushed segments of a collection that are not dropped. */
  segmentsOf(collectionId: CollectionId): readonly FlushedSegment[];
}

/** What indexes need to know of segments. */
export interface SegmentView {
  /** Flushed segments of a collection that are not dropped. */
  segmentsOf(collectionId: CollectionId): readonly IndexedSegment[];
  buildsOf(collectionId: CollectionId): readonly SegmentBuild[];
}

/** A DataCoord without segments: every index is finished as soon as it is there. */
export const NO_SEGMENTS: SegmentRecords = { segmentsOf: () => [] };
