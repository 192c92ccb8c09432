import { once } from 'node:events';
import { type BenchRow, onBed, row } from './benches.js';
import { forkOnClientCore, startEcho } from './processes.js';
import { interleave } from './rounds.js';
import type { TickLoad } from './safe-time-worker.js';

const REPORTS_PER_SECOND = 100;
const REPORTS = 200;
/** About what an answer of a watch weighs. */
const ANSWER_BYTES = 24;

/**
 * From the moment a proxy sends its report to the arrival of the new safe time at a watcher, through
 * a running server, beside a round trip of an echo at the same rate.
 */
export function benchSafeTime(): Promise<BenchRow> {
  return onBed(async ({ load, server }) => {
    const worker = forkOnClientCore('./safe-time-worker.js');
    const echo = await startEcho(ANSWER_BYTES);
    const ticks = async () => {
      const task = { port: server.ports.rootCoord, ratePerSecond: REPORTS_PER_SECOND };
      worker.send({ ...task, reports: REPORTS } satisfies TickLoad);
      const [answer] = (await once(worker, 'message')) as [
        { delaysMs?: number[]; failure?: string },
      ];
      if (!answer.delaysMs) throw new Error(`the watch failed: ${answer.failure}`);
      return p99Of(answer.delaysMs);
    };
    const roundTrip = async () => {
      const { p99Ms } = await load.run({
        port: echo.port,
        calls: ['echo'],
        concurrency: 1,
        ratePerSecond: REPORTS_PER_SECOND,
        rounds: REPORTS,
        prefix: 'e',
      });
      return p99Ms;
    };
    try {
      await ticks();
      await roundTrip();
      const { ours, yardstick, ratio } = await interleave(ticks, roundTrip);
      const what = `p99 ms from a report to the safe time at a watcher, ${REPORTS_PER_SECOND} reports/s`;
      return row(what, ours, yardstick, ratio, 'p99 ms of an echo round trip');
    } finally {
      worker.kill();
      echo.stop();
    }
  });
}

const p99Of = (delaysMs: readonly number[]): number => {
  const sorted = [...delaysMs].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
};
