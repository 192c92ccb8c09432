import { CoordError } from '../../domain/errors.js';
import type { CollectionId, FieldId } from '../../domain/ids.js';
import {
  type BuildState,
  type IndexProgress,
  progressOf,
} from '../../domain/indexes/index-progress.js';
import type { IndexRecord } from '../../domain/indexes/index-record.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { IndexCatalog } from './index-catalog.js';
import type { SegmentView } from './segment-view.js';

/** Which indexes of a collection are meant. */
export interface IndexQuery {
  readonly collectionId: CollectionId;
  /** Empty for all of them. */
  readonly name: string;
  /** Only those of this field. */
  readonly fieldId?: FieldId | undefined;
}

/** An index and how far it is. */
export interface IndexStatus {
  readonly record: IndexRecord;
  readonly progress: IndexProgress;
}

/** One index of one segment. */
export interface SegmentIndexStatus {
  readonly segmentId: bigint;
  readonly indexName: string;
  readonly state: BuildState;
  readonly reason: string;
}

export interface IndexReaderDeps {
  readonly catalog: IndexCatalog;
  readonly segments: SegmentView;
}

/** Answers about indexes, at once and from memory (facts/datacoord §16.5). */
export class IndexReader {
  readonly #deps: IndexReaderDeps;

  constructor(deps: IndexReaderDeps) {
    this.#deps = deps;
  }

  /** In order of creation; none is no error. */
  find({ collectionId, name, fieldId }: IndexQuery): readonly IndexRecord[] {
    return this.#deps.catalog
      .of(collectionId)
      .filter((index) => name === '' || index.name === name)
      .filter((index) => fieldId === undefined || index.fieldId === fieldId);
  }

  /**
   * Each with its progress as of a moment; 0 looks at the moment it was created.
   *
   * @throws CoordError `IndexNotFound`.
   */
  describe(query: IndexQuery, at: bigint): readonly IndexStatus[] {
    return this.#found(query).map((record) =>
      this.#statusOf(record, at === 0n ? record.createdAt : (at as Timestamp)),
    );
  }

  /** The same as of now. @throws CoordError `IndexNotFound`. */
  statistics(query: IndexQuery): readonly IndexStatus[] {
    return this.#found(query).map((record) => this.#statusOf(record, undefined));
  }

  /** @throws CoordError `IndexNotFound`, or `IndexDuplicate` when several are meant. */
  only(query: IndexQuery): IndexStatus {
    const [status, ...others] = this.statistics(query);
    if (!status) throw indexNotFound(query);
    if (others.length > 0) throw indexAmbiguous(query);
    return status;
  }

  /** One entry for each segment and index. @throws CoordError `IndexNotFound`. */
  segmentStates(query: IndexQuery, segmentIds: readonly bigint[]): readonly SegmentIndexStatus[] {
    const records = this.#found(query);
    const builds = this.#deps.segments.buildsOf(query.collectionId);
    return segmentIds.flatMap((segmentId) => {
      const own = builds.filter((build) => build.segmentId === segmentId);
      return records.map(({ id, name }) => {
        const build = own.find(({ indexId }) => indexId === id);
        return {
          segmentId,
          indexName: name,
          state: build?.state ?? 'Unissued',
          reason: build ? build.reason : `segment index not exist with ID: ${segmentId}`,
        };
      });
    });
  }

  #found(query: IndexQuery): readonly IndexRecord[] {
    const records = this.find(query);
    if (records.length === 0) throw indexNotFound(query);
    return records;
  }

  #statusOf(record: IndexRecord, at: Timestamp | undefined): IndexStatus {
    const { segments } = this.#deps;
    const flushed = segments.segmentsOf(record.collectionId);
    const builds = segments.buildsOf(record.collectionId);
    return { record, progress: progressOf(record.id, flushed, builds, at) };
  }
}

export const indexNotFound = ({ name }: IndexQuery): CoordError =>
  CoordError.of('IndexNotFound', { indexName: name });

export const indexAmbiguous = ({ name }: IndexQuery): CoordError =>
  CoordError.of('IndexDuplicate', { indexName: name }, 'index name is ambiguous');
