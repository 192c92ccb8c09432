import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { SafeTimes } from '../../timetick/safe-times.js';
import { every } from './every.js';

/** How long safe time may stand still before somebody should look (facts/rootcoord §10.3). */
const STALL_MS = 120_000;
const LOOK_INTERVAL_MS = 10_000;

export interface StallAlarmDeps {
  readonly safeTimes: Pick<SafeTimes, 'defaultTime'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Warns while safe time stands still, every two minutes anew. @returns ends it. */
export function warnOfStalls({ safeTimes, clock, log }: StallAlarmDeps): () => void {
  let safeTime = safeTimes.defaultTime;
  let movedAtMs = clock.monotonicMs();
  let warnedAtMs = movedAtMs;
  return every(clock, LOOK_INTERVAL_MS, () => {
    const nowMs = clock.monotonicMs();
    if (safeTimes.defaultTime !== safeTime) {
      safeTime = safeTimes.defaultTime;
      movedAtMs = nowMs;
      warnedAtMs = nowMs;
    } else if (nowMs - warnedAtMs >= STALL_MS) {
      warnedAtMs = nowMs;
      log.warn({ safeTime, standsForMs: nowMs - movedAtMs }, 'no time tick was merged');
    }
  });
}
