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

/** Says so when safe time stands still: in the log, every two minutes anew, and when asked. */
export class StallAlarm {
  readonly #deps: StallAlarmDeps;
  readonly #end: () => void;
  #safeTime: SafeTimes['defaultTime'];
  #movedAtMs: number;
  #warnedAtMs: number;

  constructor(deps: StallAlarmDeps) {
    this.#deps = deps;
    this.#safeTime = deps.safeTimes.defaultTime;
    this.#movedAtMs = deps.clock.monotonicMs();
    this.#warnedAtMs = this.#movedAtMs;
    this.#end = every(deps.clock, LOOK_INTERVAL_MS, () => this.#look());
  }

  stop(): void {
    this.#end();
  }

  /** A sentence for a health check; undefined while time goes on. */
  get reason(): string | undefined {
    const { safeTimes, clock } = this.#deps;
    const standsForMs = clock.monotonicMs() - this.#movedAtMs;
    if (safeTimes.defaultTime !== this.#safeTime || standsForMs < STALL_MS) return undefined;
    return `no time tick was merged for ${Math.round(standsForMs)} ms`;
  }

  #look(): void {
    const { safeTimes, clock, log } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (safeTimes.defaultTime !== this.#safeTime) {
      this.#safeTime = safeTimes.defaultTime;
      this.#movedAtMs = nowMs;
      this.#warnedAtMs = nowMs;
    } else if (nowMs - this.#warnedAtMs >= STALL_MS) {
      this.#warnedAtMs = nowMs;
      const standsForMs = nowMs - this.#movedAtMs;
      log.warn({ safeTime: this.#safeTime, standsForMs }, 'no time tick was merged');
    }
  }
}
