import { CoordError, isKind } from '../../domain/errors.js';
import { physicalMsOf, type Timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';

/** The clock and the timestamps may differ a little; asking a little late costs nothing. */
const MARGIN_MS = 5;
/** Timers take no more than 24 days at once; whoever waits longer looks at the clock once a day. */
const SLEEP_MS_MAX = 24 * 3_600_000;

/** From this moment on, by the wall clock, a drop can no longer be taken back. */
export const finalAtMs = (droppedAt: Timestamp, keepMs: number): number =>
  physicalMsOf(droppedAt) + keepMs;

/**
 * Waits until a drop can no longer be taken back, by the clock.
 *
 * @param droppedAt undefined when that is too long ago to be known.
 */
export async function waitWhileKept(
  clock: Clock,
  keepMs: number,
  droppedAt: Timestamp | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (droppedAt === undefined || keepMs === 0) return;
  const untilMs = finalAtMs(droppedAt, keepMs);
  for (let leftMs = untilMs - clock.nowMs(); leftMs > 0; leftMs = untilMs - clock.nowMs()) {
    await sleep(clock, Math.min(leftMs, SLEEP_MS_MAX), signal);
  }
}

/**
 * Whether the drop is final now: `confirm` makes it so through the DDL queue, and refuses as
 * `ServiceUnavailable` while it is too early.
 */
export async function isFinalBy(
  confirm: () => Promise<unknown>,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await confirm();
    return true;
  } catch (caught) {
    if (!isKind(caught, 'ServiceUnavailable')) throw caught;
    await sleep(clock, MARGIN_MS, signal);
    return false;
  }
}

/** Rejects when the actor that waits is stopped. */
function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      signal.removeEventListener('abort', abandon);
      resolve();
    }, delayMs);
    const abandon = () => {
      clock.clearTimeout(timer);
      reject(CoordError.of('Cancelled'));
    };
    signal.addEventListener('abort', abandon, { once: true });
  });
}
