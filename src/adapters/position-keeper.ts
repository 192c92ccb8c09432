import { CoordError } from '../domain/errors.js';
import { type Position, positionAt, sequenceOf } from '../domain/stream-position.js';
import type { MessageStreamLimits } from '../ports/message-stream.js';
import { type ChannelBounds, checkChannel } from './message-stream-rules.js';
import {
  checkGivenOut,
  checkReader,
  type ReaderPositions,
  withoutReader,
  withReader,
} from './reader-positions.js';

/** Calls that wait at a time, of all channels; each holds some hundred bytes. */
const WAITING_MAX = 10_000;
/** Each attempt that finds the row changed means another process went on; this many are a storm. */
const ATTEMPTS_MAX = 32;

/** What is stored of a channel's readers, and what it takes to replace exactly that. */
export interface PositionRow {
  readonly bounds: ChannelBounds;
  readonly readers: ReaderPositions;
  /** Another one after every change; 0 while there is no row. */
  readonly version: number;
  /** Tells a channel made anew from the deleted one. */
  readonly channelId: string;
}

/** Where the rows are kept. */
export interface PositionRows {
  /** Rejects for a channel that does not exist. */
  load(channel: string): Promise<PositionRow>;
  /** Durable when it settles with true; false if the row is no longer the one that was loaded. */
  save(channel: string, row: PositionRow, after: ReaderPositions): Promise<boolean>;
}

interface Job {
  readonly reader: string;
  /** Left out when the reader is to be forgotten. */
  readonly sequence: number | undefined;
  resolve(): void;
  reject(error: CoordError): void;
}

/**
 * Changes the positions of readers, one row per channel, in the order of the calls. Calls that wait
 * while a row is being saved share the next save; a row another process changed is loaded again.
 */
export class PositionKeeper {
  readonly #rows: PositionRows;
  readonly #limits: MessageStreamLimits;
  /** By channel; there as long as a run is under way. */
  readonly #waiting = new Map<string, Job[]>();
  readonly #runs = new Set<Promise<void>>();
  #count = 0;

  constructor(rows: PositionRows, limits: MessageStreamLimits) {
    this.#rows = rows;
    this.#limits = limits;
  }

  /** See `MessageStream.storedPosition`. */
  async stored(channel: string, reader: string): Promise<Position | undefined> {
    checkNames(channel, reader);
    const sequence = (await this.#rows.load(channel)).readers.get(reader);
    return sequence === undefined ? undefined : positionAt(sequence);
  }

  /** See `MessageStream.storePosition`. */
  async store(channel: string, reader: string, position: Position): Promise<void> {
    checkNames(channel, reader);
    await this.#change(channel, reader, sequenceOf(position));
  }

  /** See `MessageStream.forgetReader`. */
  async forget(channel: string, reader: string): Promise<void> {
    checkNames(channel, reader);
    await this.#change(channel, reader, undefined);
  }

  /** Settles when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs);
  }

  async #change(channel: string, reader: string, sequence: Job['sequence']): Promise<void> {
    if (this.#count >= WAITING_MAX) {
      const reason = `more than ${WAITING_MAX} positions of readers wait to be stored`;
      throw new CoordError('MessageStreamUnavailable', reason);
    }
    await new Promise<void>((resolve, reject) => {
      this.#push(channel, { reader, sequence, resolve, reject });
    });
  }

  #push(channel: string, job: Job): void {
    this.#count += 1;
    const waiting = this.#waiting.get(channel);
    if (waiting !== undefined) {
      waiting.push(job);
      return;
    }
    this.#waiting.set(channel, [job]);
    const run = this.#run(channel).finally(() => this.#runs.delete(run));
    this.#runs.add(run);
  }

  async #run(channel: string): Promise<void> {
    for (let jobs = this.#take(channel); jobs.length > 0; jobs = this.#take(channel)) {
      try {
        await this.#settle(channel, jobs);
      } catch (error) {
        for (const job of jobs) job.reject(CoordError.from(error));
      }
      this.#count -= jobs.length;
    }
    this.#waiting.delete(channel);
  }

  #take(channel: string): readonly Job[] {
    const jobs = this.#waiting.get(channel) ?? [];
    if (jobs.length > 0) this.#waiting.set(channel, []);
    return jobs;
  }

  async #settle(channel: string, jobs: readonly Job[]): Promise<void> {
    let left = jobs;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const row = await this.#rows.load(channel);
      const { after, planned } = this.#plan(channel, row, left);
      // A job that was refused stays so, whatever the next attempt would say.
      left = planned;
      if (after === row.readers || (await this.#rows.save(channel, row, after))) {
        for (const job of left) job.resolve();
        return;
      }
    }
    const reason = `too many processes store positions of readers at once: ${channel}`;
    throw new CoordError('MessageStreamUnavailable', reason);
  }

  #plan(
    channel: string,
    row: PositionRow,
    jobs: readonly Job[],
  ): { after: ReaderPositions; planned: readonly Job[] } {
    let after = row.readers;
    const planned = jobs.filter((job) => {
      try {
        after = this.#with(channel, row, after, job);
        return true;
      } catch (error) {
        job.reject(CoordError.from(error));
        return false;
      }
    });
    return { after, planned };
  }

  #with(
    channel: string,
    { bounds }: PositionRow,
    positions: ReaderPositions,
    { reader, sequence }: Job,
  ): ReaderPositions {
    if (sequence === undefined) return withoutReader(positions, reader);
    checkGivenOut(channel, sequence, bounds);
    return withReader(positions, reader, sequence, this.#limits);
  }
}

function checkNames(channel: string, reader: string): void {
  checkChannel(channel);
  checkReader(reader);
}
