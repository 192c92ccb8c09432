import { performance } from 'node:perf_hooks';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { type CpuTimes, ThreadCpu } from './thread-cpu.js';

/** How often the loop is looked at: short beside any threshold, and 0.1 % of a core. */
const LOOK_INTERVAL_MS = 10;

export interface LoopDelayOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** A turn that takes longer is worth a warning. */
  readonly warnMs: number;
}

/** What the loop did between two looks at it; both in milliseconds. */
export interface LoopTurn {
  /** Kept everybody waiting: at work, or in a call to the system that took its time. */
  readonly blockedMs: number;
  /** Processor time of the loop's own thread. */
  readonly cpuMs: number;
}

/** What the loop had done up to a moment; all totals in milliseconds. */
export interface LoopTotals {
  readonly atMs: number;
  /** Spent waiting for something to do. */
  readonly idleMs: number;
  /** Undefined where the system does not tell. */
  readonly cpu: CpuTimes | undefined;
}

/**
 * How long the loop was busy between two looks. Both numbers bound its longest turn from above:
 * the look after a long turn comes right after it, the one before at most one interval earlier.
 *
 * Wall time alone would not do. On a busy machine it holds what the scheduler gave to other
 * processes, which is no fault of a request: so the time in the queue for a processor is taken
 * off. What then is left still holds waiting for a disk, which does block the loop, and for the
 * helper threads of a garbage collection, which a busy machine draws out. Processor time has none
 * of this: it is the work that requests cause, and the number to hold a program to. Where the
 * system keeps no such account, both are wall time.
 */
export function turnBetween(before: LoopTotals, after: LoopTotals): LoopTurn {
  const busyMs = after.atMs - before.atMs - (after.idleMs - before.idleMs);
  if (!before.cpu || !after.cpu) return { blockedMs: busyMs, cpuMs: busyMs };
  const cpuMs = after.cpu.usedMs - before.cpu.usedMs;
  const queuedMs = after.cpu.queuedMs - before.cpu.queuedMs;
  return { blockedMs: Math.max(busyMs - queuedMs, cpuMs), cpuMs };
}

/** The longest turns of an event loop, from the start of the watch to the end of the process. */
export class LoopDelay {
  readonly #options: LoopDelayOptions;
  readonly #cpu = new ThreadCpu();
  #longest: LoopTurn = { blockedMs: 0, cpuMs: 0 };
  #before: LoopTotals;

  /** Watches the loop of the calling thread, and warns of every turn past `warnMs`. */
  constructor(options: LoopDelayOptions) {
    this.#options = options;
    this.#before = this.#totals();
    this.#lookLater();
  }

  /** The most of either number since the start; not necessarily of one and the same turn. */
  get longest(): LoopTurn {
    return this.#longest;
  }

  #look(): void {
    const totals = this.#totals();
    const turn = rounded(turnBetween(this.#before, totals));
    this.#before = totals;
    const { log, warnMs } = this.#options;
    if (turn.blockedMs > warnMs) log.warn({ ...turn }, 'event loop was blocked');
    this.#longest = {
      blockedMs: Math.max(this.#longest.blockedMs, turn.blockedMs),
      cpuMs: Math.max(this.#longest.cpuMs, turn.cpuMs),
    };
    this.#lookLater();
  }

  #lookLater(): void {
    this.#options.clock.setTimeout(() => this.#look(), LOOK_INTERVAL_MS);
  }

  #totals(): LoopTotals {
    return {
      atMs: this.#options.clock.monotonicMs(),
      idleMs: performance.eventLoopUtilization().idle,
      cpu: this.#cpu.times(),
    };
  }
}

/** A tenth of a millisecond says enough and reads well. */
const rounded = ({ blockedMs, cpuMs }: LoopTurn): LoopTurn => ({
  blockedMs: Math.round(blockedMs * 10) / 10,
  cpuMs: Math.round(cpuMs * 10) / 10,
});
