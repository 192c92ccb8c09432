import { setImmediate } from 'node:timers/promises';
import { CoordError } from '../../domain/errors.js';
import type { SealedAppend } from '../message-stream-rules.js';

/** An append that waits for its commit. */
export interface AppendJob extends SealedAppend {
  readonly kind: 'append';
  readonly channel: string;
  /** @param first sequence number of its first message. */
  resolve(first: number): void;
  reject(error: CoordError): void;
}

/** A row beside the messages that needs no right to append; it goes into the appends' commit. */
export interface RowJob {
  readonly kind: 'row';
  readonly bytes: number;
  /** Settles once the row is on disk, or with false when it was not to be written. */
  write(): Promise<boolean>;
  resolve(isWritten: boolean): void;
  reject(error: CoordError): void;
}

/** Another change of the stream; it has a commit of its own. */
export interface ChangeJob {
  readonly kind: 'change';
  /** Decides, and names the writes; nothing when there is nothing to do. */
  plan(): (() => void) | undefined;
  /** @param isDone whether there was anything to do. */
  resolve(isDone: boolean): void;
  reject(error: CoordError): void;
}

/** One commit's work: appends and rows, or a single change. */
export type WorkGroup = readonly (AppendJob | RowJob)[] | ChangeJob;

/** One commit holds up the next for some milliseconds at most; a larger append goes alone. */
const GROUP_BYTES_MAX = 4 * 2 ** 20;

/**
 * What is to be written, one commit after another in the order of the calls. Appends and rows that
 * wait while a commit is under way share the next one, and so its fsync.
 */
export class WriteQueue {
  readonly #perform: (group: WorkGroup) => Promise<void>;
  #jobs: (AppendJob | RowJob | ChangeJob)[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;

  /** @param perform writes a group and settles its jobs; what it throws rejects them instead. */
  constructor(perform: (group: WorkGroup) => Promise<void>) {
    this.#perform = perform;
  }

  /** Bytes of the appends and rows that wait. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  push(job: AppendJob | RowJob | ChangeJob): void {
    this.#jobs.push(job);
    if (job.kind !== 'change') this.#queuedBytes += job.bytes;
    this.#running ??= this.#run();
  }

  /** Settles when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      // The rest of this turn's jobs come in before the group is closed.
      await setImmediate();
      const group = this.#takeGroup();
      try {
        await this.#perform(group);
      } catch (error) {
        for (const job of 'kind' in group ? [group] : group) job.reject(CoordError.from(error));
      }
    }
    this.#running = undefined;
  }

  #takeGroup(): WorkGroup {
    const group: (AppendJob | RowJob)[] = [];
    let bytes = 0;
    for (const job of this.#jobs) {
      if (job.kind === 'change') {
        if (group.length > 0) break;
        this.#jobs = this.#jobs.slice(1);
        return job;
      }
      if (group.length > 0 && bytes + job.bytes > GROUP_BYTES_MAX) break;
      group.push(job);
      bytes += job.bytes;
    }
    this.#jobs = this.#jobs.slice(group.length);
    this.#queuedBytes -= bytes;
    return group;
  }
}
