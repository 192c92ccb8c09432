const BACKOFF_FIRST_MS = 100;
/** Doubling stops here: a dead peer is asked twice a minute, not forgotten. */
const BACKOFF_MAX_MS = 30_000;
/** More doublings than the maximum needs, few enough that the number stays a number. */
const DOUBLINGS_MAX = 16;

/**
 * The pause before work is tried again, in milliseconds: twice as long after each failure.
 * `attempt` counts the failures in a row, from 1.
 */
export const backoffMs = (attempt: number): number =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt - 1, DOUBLINGS_MAX));
