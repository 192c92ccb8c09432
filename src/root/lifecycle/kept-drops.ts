import { CoordError, isKind } from '../../domain/errors.js';
import { physicalMsOf, type Timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';

/** The clock and the timestamps may differ a little; asking a little late costs nothing. */
const MARGIN_MS = 5;

/** From this moment on, by the wall clock, a drop can no longer be taken back. */
export const finalAtMs = (droppedAt: Timestamp, keepMs: number): number =>
  physicalMsOf(droppedAt) + keepMs;

/**
 * Waits until a drop can no longer be taken back, and makes sure of it through the DDL queue:
 * `confirm` refuses as `ServiceUnavailable` while it is too early.
 *
 * @param droppedAt undefined when that is too long ago to be known.
 */
export async function waitWhileKept(
  clock: Clock,
  keepMs: number,
  droppedAt: Timestamp | undefined,
  signal: AbortSignal,
  confirm: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const untilMs = droppedAt === undefined ? 0 : finalAtMs(droppedAt, keepMs);
    if (keepMs > 0) await sleep(clock, untilMs - clock.nowMs(), signal);
    try {
      await confirm();
      return;
    } catch (caught) {
      if (!isKind(caught, 'ServiceUnavailable')) throw caught;
      await sleep(clock, MARGIN_MS, signal);
    }
  }
}

/** Rejects when the actor that waits is stopped. */
function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs <= 0) return Promise.resolve();
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
