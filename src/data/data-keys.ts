import type { CollectionId, IndexId } from '../domain/ids.js';
import type { SegmentIndex } from '../gen/index_coord.js';

/**
 * Every key DataCoord owns, in Milvus 2.2+'s layout under `<root>/meta` (facts/datacoord §15).
 * Prefixes end in `/`, or id 1 would match id 10.
 */
export class DataKeys {
  readonly fieldIndexes: string;
  readonly #segmentIndexes: string;

  /** @param rootPath e.g. `by-dev`. @param metaSubPath e.g. `meta`. */
  constructor(rootPath: string, metaSubPath: string) {
    this.fieldIndexes = `${rootPath}/${metaSubPath}/field-index/`;
    this.#segmentIndexes = `${rootPath}/${metaSubPath}/segment-index/`;
  }

  fieldIndex(collectionId: CollectionId, indexId: IndexId): string {
    return `${this.fieldIndexes}${collectionId}/${indexId}`;
  }

  segmentIndex({ collectionID, partitionID, segmentID, buildID }: SegmentIndex): string {
    return `${this.#segmentIndexes}${collectionID}/${partitionID}/${segmentID}/${buildID}`;
  }

  /** Prefix of every segment's index of a collection. */
  segmentIndexesOf(collectionId: CollectionId): string {
    return `${this.#segmentIndexes}${collectionId}/`;
  }
}
