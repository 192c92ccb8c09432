import { CoordError } from '../../src/domain/errors.js';
import type { BuildId } from '../../src/domain/ids.js';
import type { IndexBuild, JobOutcome } from '../../src/domain/indexes/index-build.js';
import type { IndexJob, IndexNodes } from '../../src/ports/index-nodes.js';

/** Index nodes whose jobs end as and when a test says. There is none at first. */
export class HeldIndexNodes implements IndexNodes {
  hasDisk = false;
  /** Jobs given to nodes and not dropped again. */
  readonly jobs = new Map<BuildId, IndexJob>();
  readonly #ends = new Map<BuildId, (outcome: JobOutcome) => void>();
  readonly #listeners = new Set<() => void>();
  #nodeId: bigint | undefined;

  /** A node joins, or has room again. */
  join(nodeId: bigint): void {
    this.#nodeId = nodeId;
    for (const tell of this.#listeners) tell();
  }

  /** The only node goes, and with it its jobs. */
  leave(): void {
    this.#nodeId = undefined;
    this.jobs.clear();
    for (const end of this.#ends.values()) end({ kind: 'retry', reason: 'the node is gone' });
    this.#ends.clear();
  }

  /** What a job comes to. */
  end(id: BuildId, outcome: JobOutcome): void {
    this.#ends.get(id)?.(outcome);
    this.#ends.delete(id);
  }

  async pick(): Promise<bigint> {
    if (this.#nodeId !== undefined) return this.#nodeId;
    throw CoordError.of('NodeLack', {}, 'there is no index node');
  }

  async createJob(job: IndexJob): Promise<void> {
    this.jobs.set(job.build.id, job);
  }

  awaitJob({ id }: IndexBuild): Promise<JobOutcome> {
    return new Promise((resolve) => this.#ends.set(id, resolve));
  }

  async dropJob({ id }: IndexBuild): Promise<void> {
    this.jobs.delete(id);
  }

  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
