import { openSync, readSync } from 'node:fs';

/** What one thread had of the processors since it began, in milliseconds. */
export interface CpuTimes {
  /** Ran on a processor. */
  readonly usedMs: number;
  /** Could have run, but every processor was taken. */
  readonly queuedMs: number;
}

/** Linux: `<ran> <queued> <slices>`, both times in nanoseconds. */
const SCHEDULE_FILE = '/proc/thread-self/schedstat';
/** Three numbers of 64 bits, and their separators. */
const SCHEDULE_BYTES_MAX = 64;
const NS_PER_MS = 1_000_000;

/**
 * Reads the scheduler's account of the thread that makes it. Node tells processor time of whole
 * processes only, with all the helpers of the garbage collector and of libuv.
 */
export class ThreadCpu {
  readonly #file = openSchedule();
  readonly #bytes = Buffer.alloc(SCHEDULE_BYTES_MAX);

  /** Undefined where the system keeps no account of threads. */
  times(): CpuTimes | undefined {
    if (this.#file === undefined) return undefined;
    const length = readSync(this.#file, this.#bytes, 0, SCHEDULE_BYTES_MAX, 0);
    const [used, queued] = this.#bytes.toString('latin1', 0, length).split(' ').map(Number);
    if (used === undefined || queued === undefined) return undefined;
    return { usedMs: used / NS_PER_MS, queuedMs: queued / NS_PER_MS };
  }
}

/** Stays open as long as the process: opening costs more than all the reads of a second. */
function openSchedule(): number | undefined {
  try {
    return openSync(SCHEDULE_FILE, 'r');
  } catch {
    return undefined;
  }
}
