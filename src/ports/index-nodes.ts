import { CoordError } from '../domain/errors.js';
import type { IndexBuild, JobOutcome } from '../domain/indexes/index-build.js';
import type { IndexRecord } from '../domain/indexes/index-record.js';

/** What an index node is told to build. */
export interface IndexJob {
  /** Says who, where and the how manieth attempt: `nodeId`, `segmentId`, `version`. */
  readonly build: IndexBuild;
  readonly index: IndexRecord;
}

/** Every index node there is (facts/datacoord §16.4). Each call may be repeated. */
export interface IndexNodes {
  /** Whether one of them builds indexes that stay on disk. */
  readonly hasDisk: boolean;
  /** The id of one with room. @throws CoordError with the reason while there is none. */
  pick(index: IndexRecord): Promise<bigint>;
  /** Having the job already is no error. */
  createJob(job: IndexJob, signal: AbortSignal): Promise<void>;
  /** Settles when the job is done; a node that is gone, or forgot it, makes it `retry`. */
  awaitJob(build: IndexBuild, signal: AbortSignal): Promise<JobOutcome>;
  /** The node forgets the job; one that is gone has. */
  dropJob(build: IndexBuild, signal: AbortSignal): Promise<void>;
  /** Tells whenever one joined or has room again. @returns what ends that. */
  onRoom(listener: () => void): () => void;
}

/** Nobody builds anything. */
export const NO_INDEX_NODES: IndexNodes = {
  hasDisk: false,
  pick: async () => {
    throw CoordError.of('NodeLack', {}, 'there is no index node');
  },
  createJob: async () => {},
  awaitJob: async () => ({ kind: 'retry', reason: 'there is no index node' }),
  dropJob: async () => {},
  onRoom: () => () => {},
};
