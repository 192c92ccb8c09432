import type { BuildId, CollectionId, IndexId, SegmentId } from '../../domain/ids.js';
import type { IndexBuild } from '../../domain/indexes/index-build.js';
import type { BuildState } from '../../domain/indexes/index-progress.js';
import { IndexState } from '../../gen/common.js';
import { SegmentIndex } from '../../gen/index_coord.js';

/** A build and all else its record holds. Immutable: a change makes a new one. */
export interface BuildRecord {
  readonly build: IndexBuild;
  /** As it is stored under its key (facts/datacoord §16.1). */
  readonly stored: SegmentIndex;
}

/** What is not a state of ours has not been begun. */
const STATES: ReadonlyMap<number, BuildState> = new Map([
  [IndexState.InProgress, 'InProgress'],
  [IndexState.Finished, 'Finished'],
  [IndexState.Failed, 'Failed'],
  [IndexState.Retry, 'Retry'],
]);

export const encodeBuild = ({ stored }: BuildRecord): Uint8Array =>
  SegmentIndex.encode(stored).finish();

/** Undefined for one that is deleted: only its garbage is left. */
export function decodeBuild(bytes: Uint8Array): BuildRecord | undefined {
  const stored = SegmentIndex.decode(bytes);
  return stored.deleted ? undefined : recordOf(stored);
}

/** The record with another build in it; what else it holds stays. */
export const withBuild = (
  { stored }: BuildRecord,
  { state, nodeId, version, failReason }: IndexBuild,
  files: Pick<SegmentIndex, 'indexFileKeys' | 'serializeSize'> = stored,
): BuildRecord =>
  recordOf({
    ...stored,
    nodeID: nodeId,
    indexVersion: version,
    state: IndexState[state],
    failReason,
    indexFileKeys: files.indexFileKeys,
    serializeSize: files.serializeSize,
  });

export const recordOf = (stored: SegmentIndex): BuildRecord => ({
  build: {
    id: stored.buildID as BuildId,
    collectionId: stored.collectionID as CollectionId,
    indexId: stored.indexID as IndexId,
    segmentId: stored.segmentID as SegmentId,
    rows: stored.numRows,
    state: STATES.get(stored.state) ?? 'Unissued',
    nodeId: stored.nodeID,
    version: stored.indexVersion,
    failReason: stored.failReason,
  },
  stored,
});
