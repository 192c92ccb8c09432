import type { Timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';
import type { SafeTimes, TickReport } from '../../timetick/safe-times.js';
import { every } from './every.js';

/** DDL among the sources; server ids are above zero (facts/rootcoord §10.2). */
export const DDL_SOURCE_ID = -1n;

export interface DdlSourceDeps {
  readonly safeTimes: Pick<SafeTimes, 'join' | 'report'>;
  /** The oldest timestamp a DDL is at work with; undefined when nothing is open. */
  readonly timeline: { readonly min: Timestamp | undefined };
  /** A timestamp larger than all before, or undefined when that would take time. */
  readonly oracle: { allocateNow(count: number): Timestamp | undefined };
  readonly clock: Clock;
  readonly intervalMs: number;
}

/**
 * Tells the safe times how far DDL has come: right before the oldest DDL at work, or to the present
 * (facts/rootcoord §10.4). From the start on it holds every channel until it has told.
 */
export class DdlSource {
  readonly #deps: DdlSourceDeps;
  #stop: (() => void) | undefined;

  constructor(deps: DdlSourceDeps) {
    this.#deps = deps;
    deps.safeTimes.join(DDL_SOURCE_ID);
  }

  start(): void {
    const { clock, intervalMs } = this.#deps;
    this.#stop = every(clock, intervalMs, () => this.#report());
    this.#report();
  }

  stop(): void {
    this.#stop?.();
  }

  #report(): void {
    const defaultTimestamp = this.#reached();
    // The disk is slow: the present is told at the next interval.
    if (defaultTimestamp === undefined) return;
    this.#deps.safeTimes.report(DDL_SOURCE_ID, { defaultTimestamp, channels: NONE });
  }

  #reached(): Timestamp | undefined {
    const { timeline, oracle } = this.#deps;
    const { min } = timeline;
    return min === undefined ? oracle.allocateNow(1) : ((min - 1n) as Timestamp);
  }
}

const NONE: TickReport['channels'] = new Map();
