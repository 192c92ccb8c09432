import type { CollectionId } from '../../domain/ids.js';
import type { IndexedSegment, SegmentBuild } from '../../domain/indexes/index-progress.js';

/** What indexes need to know of segments. */
export interface SegmentView {
  /** Flushed segments of a collection that are not dropped. */
  segmentsOf(collectionId: CollectionId): readonly IndexedSegment[];
  buildsOf(collectionId: CollectionId): readonly SegmentBuild[];
}

/** A DataCoord without segments: every index is finished as soon as it is there. */
export const NO_SEGMENTS: SegmentView = {
  segmentsOf: () => [],
  buildsOf: () => [],
};
