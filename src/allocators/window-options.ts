import { CoordError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { AHEAD_OF_CLOCK_MAX_MS } from './clock-ceiling.js';
import type { SavedWindowOptions } from './saved-window.js';

/** Milvus' defaults: the window is saved 3 s ahead and looked after every 50 ms (§18). */
const WINDOW_DEFAULT_MS = 3_000;
const UPDATE_INTERVAL_DEFAULT_MS = 50;
/** Half the ceiling: the largest block (16.4 s) must fit beside a whole window. */
const WINDOW_MAX_MS = AHEAD_OF_CLOCK_MAX_MS / 2;
/** A window must see several updates, or it runs out between two of them. */
const UPDATES_PER_WINDOW_MIN = 10;

export interface WindowAllocatorOptions extends SavedWindowOptions {
  readonly clock: Clock;
  /** Whole milliseconds, 10 … 30 000, default 3 000: how far ahead the bound is saved. */
  readonly windowMs?: number;
  /** At most a tenth of `windowMs`, default 50: how often the window is looked after. */
  readonly updateIntervalMs?: number;
  readonly log?: Logger;
}

export interface WindowTimes {
  readonly windowMs: number;
  readonly updateIntervalMs: number;
}

/** The times with their defaults; fails with `ParameterInvalid` outside their ranges. */
export function windowTimesOf(options: WindowAllocatorOptions): WindowTimes {
  const { windowMs = WINDOW_DEFAULT_MS, updateIntervalMs = UPDATE_INTERVAL_DEFAULT_MS } = options;
  if (!Number.isInteger(windowMs) || windowMs > WINDOW_MAX_MS) {
    throw CoordError.invalid(
      `the allocation window is ${windowMs} ms instead of at most ${WINDOW_MAX_MS} whole ones`,
    );
  }
  if (updateIntervalMs < 1 || updateIntervalMs * UPDATES_PER_WINDOW_MIN > windowMs) {
    throw CoordError.invalid(
      `an allocation window of ${windowMs} ms updated every ${updateIntervalMs} ms does not see ${UPDATES_PER_WINDOW_MIN} updates of 1 ms or more`,
    );
  }
  return { windowMs, updateIntervalMs };
}
