import {
  allocTimestamp,
  alter,
  type Call,
  create,
  describe,
  drop,
  echo,
  show,
} from './requests.js';
import { UnaryClient } from './unary-client.js';

/** What a load process does; one process, so that it can have a core of its own. */
export interface Load {
  readonly port: number;
  readonly calls: readonly (keyof typeof CALLS)[];
  readonly concurrency: number;
  /** Ends after this many rounds of `calls`, or after this time. */
  readonly rounds?: number;
  readonly durationMs?: number;
  /** Names are `<prefix><n>`; n counts up from `first`, modulo `names` if given. */
  readonly prefix: string;
  readonly first?: number;
  readonly names?: number;
  /** The moment a describe is about, a hybrid timestamp in decimals; now without it. */
  readonly at?: string;
  /** Starts per second; without it every worker starts the next call when the last has ended. */
  readonly ratePerSecond?: number;
  /** Notes the time at every so many rounds. */
  readonly markEvery?: number;
  /** Made by the same process at the same time; a second one would fight for the client core. */
  readonly disturbedBy?: Load;
}

export interface LoadResult {
  readonly rounds: number;
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly marksMs: readonly number[];
}

const CALLS = { allocTimestamp, create, alter, drop, describe, show, echo } satisfies Record<
  string,
  Call
>;
const WARM_CALLS = 1;

async function run(load: Load): Promise<LoadResult> {
  const [result] = await Promise.all([
    runAlone(load),
    load.disturbedBy && runAlone(load.disturbedBy),
  ]);
  return result;
}

async function runAlone(load: Load): Promise<LoadResult> {
  const client = new UnaryClient(load.port);
  const latencies: number[] = [];
  const marksMs: number[] = [];
  const start = performance.now();
  let started = 0;
  const mayStart = () =>
    started < (load.rounds ?? Number.POSITIVE_INFINITY) &&
    performance.now() - start < (load.durationMs ?? Number.POSITIVE_INFINITY);
  const round = async (plannedAt: number) => {
    const n = (load.first ?? 0) + started;
    started += 1;
    const name = `${load.prefix}${load.names ? n % load.names : n}`;
    for (const kind of load.calls) {
      const call = CALLS[kind];
      const answer = await client.call(call.path, call.request(name, load.at));
      if (latencies.length < WARM_CALLS || kind !== 'describe') call.check(answer);
    }
    latencies.push(performance.now() - plannedAt);
    if (load.markEvery && latencies.length % load.markEvery === 0) {
      marksMs.push(performance.now() - start);
    }
  };
  if (load.ratePerSecond) await openLoop(load.ratePerSecond, mayStart, round);
  else await closedLoop(load.concurrency, mayStart, round);
  const elapsedMs = performance.now() - start;
  client.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { rounds: latencies.length, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99), marksMs };
}

type Round = (plannedAt: number) => Promise<void>;

async function closedLoop(concurrency: number, mayStart: () => boolean, round: Round) {
  const worker = async () => {
    while (mayStart()) await round(performance.now());
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Calls start when they are due, whatever became of the ones before: no coordinated omission. */
async function openLoop(ratePerSecond: number, mayStart: () => boolean, round: Round) {
  const underWay: Promise<void>[] = [];
  const start = performance.now();
  for (let n = 0; mayStart(); n += 1) {
    const dueAt = start + (n * 1000) / ratePerSecond;
    const earlyMs = dueAt - performance.now();
    if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
    underWay.push(round(dueAt));
  }
  await Promise.all(underWay);
}

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
