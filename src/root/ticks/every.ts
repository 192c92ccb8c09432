import type { Clock, Timer } from '../../ports/clock.js';

/**
 * Runs `work` every `intervalMs`, the first time one interval from now. Time lost to a busy process
 * is not made up for. @returns ends it.
 */
export function every(clock: Clock, intervalMs: number, work: () => void): () => void {
  let timer: Timer;
  let dueMs = clock.monotonicMs();
  const wait = () => {
    const nowMs = clock.monotonicMs();
    dueMs = Math.max(dueMs + intervalMs, nowMs);
    timer = clock.setTimeout(run, dueMs - nowMs);
  };
  const run = () => {
    wait();
    work();
  };
  wait();
  return () => clock.clearTimeout(timer);
}
