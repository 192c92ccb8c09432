import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ServerProcess } from '../kit/server-process.js';
import { type BenchRow, onBed, row } from './benches.js';
import type { Arrivals, FeedLoad } from './feed-worker.js';
import { type CommitReport, readProbe, startProbed } from './probed-server.js';
import { forkOnClientCore, type LoadProcess, startEcho } from './processes.js';
import { interleave } from './rounds.js';

const CREATES_PER_SECOND = 100;
const CREATES = 200;
/** Creates that wait for the same fsync share a commit. */
const COMMITS_MIN = CREATES / 4;
const NS_PER_MS = 1e6;
/** About what an event of one collection weighs. */
const EVENT_BYTES = 1_024;

/**
 * From the moment a commit is through to the arrival of its event at a watcher, beside a round trip
 * of an echo of the same size at the same rate; both by clients of one kind on one core.
 */
export function benchFeedDelivery(): Promise<BenchRow> {
  return onBed(
    async ({ load, server }) => {
      const worker = forkOnClientCore('./feed-worker.js');
      const echo = await startEcho(EVENT_BYTES);
      try {
        return await compare(deliveries(server, worker), () => roundTrip(load, echo.port));
      } finally {
        worker.kill();
        echo.stop();
      }
    },
    (dataDir) => startProbed(dataDir, 'commits'),
  );
}

async function compare(delivery: () => Promise<number>, echo: () => Promise<number>) {
  await delivery();
  await echo();
  const { ours, yardstick, ratio } = await interleave(delivery, echo);
  const what = `p99 ms from commit to the event at a watcher, ${CREATES_PER_SECOND} creates/s`;
  return row(what, ours, yardstick, ratio, 'p99 ms of an echo round trip');
}

/** Each call measures a round of creates. */
function deliveries(server: ServerProcess, worker: ChildProcess): () => Promise<number> {
  let round = 0;
  return async () => {
    round += 1;
    await readProbe(server);
    worker.send({
      port: server.ports.proxy,
      ratePerSecond: CREATES_PER_SECOND,
      creates: CREATES,
      prefix: `r${round}_`,
    } satisfies FeedLoad);
    const [answer] = (await once(worker, 'message')) as [{ arrivals?: Arrivals; failure?: string }];
    if (!answer.arrivals) throw new Error(`the watch failed: ${answer.failure}`);
    return p99Ms(await readProbe<CommitReport>(server), answer.arrivals);
  };
}

async function roundTrip(load: LoadProcess, port: number): Promise<number> {
  const { p99Ms: echoMs } = await load.run({
    port,
    calls: ['echo'],
    concurrency: 1,
    ratePerSecond: 2 * CREATES_PER_SECOND,
    rounds: 2 * CREATES,
    prefix: 'e',
  });
  return echoMs;
}

/** Of all commits' first events. */
function p99Ms({ acknowledgedNs }: CommitReport, arrivals: Arrivals): number {
  const arrivedNs = new Map(arrivals);
  const delays = acknowledgedNs.flatMap(([sequence, commitNs]) => {
    const arrived = arrivedNs.get(sequence);
    return arrived === undefined ? [] : [Number(BigInt(arrived) - BigInt(commitNs)) / NS_PER_MS];
  });
  if (delays.length < COMMITS_MIN)
    throw new Error(`only ${delays.length} commits were seen to arrive`);
  delays.sort((a, b) => a - b);
  return delays[Math.floor(delays.length * 0.99)] ?? Number.NaN;
}
