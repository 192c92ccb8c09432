import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../kit/server-process.js';
import type { Load } from './load-worker.js';
import { LoadProcess, pin, SERVER_CORE, startEcho } from './processes.js';
import { rawCommits } from './raw-commits.js';
import { describe as describeCall } from './requests.js';
import { interleave, type Spread, show, spreadOf } from './rounds.js';
import { UnaryClient } from './unary-client.js';

/** A line of the table in the README. */
export interface BenchRow {
  readonly what: string;
  readonly ours: string;
  readonly yardstick: string;
  readonly ratio: string;
}

const ARM_MS = 2_000;

export interface Bed {
  readonly dataDir: string;
  readonly load: LoadProcess;
  server: ServerProcess;
}

/** Gives a bench a server on an empty directory and a load process, and clears up after it. */
export async function onBed<T>(
  bench: (bed: Bed) => Promise<T>,
  start: (dataDir: string) => Promise<ServerProcess> = startPinned,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rootstock-bench-'));
  const bed = { dataDir, load: new LoadProcess(), server: await start(dataDir) };
  try {
    return await bench(bed);
  } finally {
    bed.load.stop();
    await bed.server.terminate();
    await rm(dataDir, { recursive: true });
  }
}

async function startPinned(dataDir: string): Promise<ServerProcess> {
  const server = await ServerProcess.start({ dataDir });
  pin(server.pid, SERVER_CORE);
  return server;
}

/** Durable creates beside as many single fsynced writes of the size one create stores. */
export function benchCreates(concurrency: number): Promise<BenchRow> {
  return onBed(async ({ dataDir, load, server }) => {
    let first = 0;
    let elapsedRounds = 0;
    const creates = async () => {
      const result = await load.run({
        port: server.ports.proxy,
        calls: ['create'],
        concurrency,
        durationMs: ARM_MS,
        prefix: 'c',
        first,
      });
      first += result.rounds + concurrency;
      elapsedRounds = result.rounds;
      return (result.rounds * 1000) / result.elapsedMs;
    };
    const raw = () =>
      rawCommits(dataDir, { count: elapsedRounds, bytes: STORED_BYTES_PER_CREATE, concurrency });
    const { ours, yardstick, ratio } = await interleave(creates, raw);
    return row(`creates/s, ${concurrency} clients`, ours, yardstick, ratio, 'write + fdatasync/s');
  });
}

/**
 * What a create with three fields stores: 2 595 B of records and journal, 529 B of its message; the
 * growth of both files over 10 000 creates.
 */
const STORED_BYTES_PER_CREATE = 3_124;

/** DescribeCollection beside an empty RPC whose answer has the same size. */
export function benchDescribe(): Promise<BenchRow> {
  return onBed(async ({ load, server }) => {
    const port = server.ports.proxy;
    await load.run({ port, calls: ['create'], concurrency: 16, rounds: 1_000, prefix: 'c' });
    const echo = await startEcho(await replySize(port, 'c0'));
    const arm = async (kind: 'describe' | 'echo', to: number) => {
      const { rounds, elapsedMs } = await load.run({
        port: to,
        calls: [kind],
        concurrency: 64,
        durationMs: ARM_MS,
        prefix: 'c',
        names: 1_000,
      });
      return (rounds * 1000) / elapsedMs;
    };
    await arm('describe', port);
    await arm('echo', echo.port);
    const { ours, yardstick, ratio } = await interleave(
      () => arm('describe', port),
      () => arm('echo', echo.port),
    );
    echo.stop();
    return row('DescribeCollection/s, 64 in flight', ours, yardstick, ratio, 'empty echo RPC/s');
  });
}

async function replySize(port: number, name: string): Promise<number> {
  const client = new UnaryClient(port);
  const answer = await client.call(describeCall.path, describeCall.request(name));
  client.close();
  return answer.length;
}

const DESCRIBES_PER_SECOND = 1_000;
const DDL_PER_SECOND = 100;

/** Latency of reads while collections come and go, beside the same reads alone. */
export function benchDescribeUnderDdl(): Promise<BenchRow> {
  return onBed(async ({ load, server }) => {
    const port = server.ports.proxy;
    await load.run({ port, calls: ['create'], concurrency: 16, rounds: 1_000, prefix: 'c' });
    const reads = async (disturbedBy?: Load) => {
      const { p99Ms } = await load.run({
        port,
        calls: ['describe'],
        concurrency: 1,
        ratePerSecond: DESCRIBES_PER_SECOND,
        durationMs: ARM_MS,
        prefix: 'c',
        names: 1_000,
        ...(disturbedBy ? { disturbedBy } : {}),
      });
      return p99Ms;
    };
    let first = 0;
    const readsUnderDdl = () => {
      first += DDL_PER_SECOND * ARM_MS;
      return reads({
        port,
        calls: ['create', 'drop'],
        concurrency: 1,
        ratePerSecond: DDL_PER_SECOND,
        durationMs: ARM_MS,
        prefix: 'd',
        first,
      });
    };
    await reads();
    const { ours, yardstick, ratio } = await interleave(readsUnderDdl, () => reads());
    const what = `p99 ms of ${DESCRIBES_PER_SECOND} Describe/s during ${DDL_PER_SECOND} create+drop/s`;
    return row(what, ours, yardstick, ratio, 'the same without DDL');
  });
}

const COLLECTIONS = 20_000;
const RESTARTS = 5;

/** How the rate, the restart and the heap bear 20 000 collections. */
export function benchScale(): Promise<BenchRow[]> {
  return onBed(async (bed) => {
    const { marksMs } = await bed.load.run({
      port: bed.server.ports.proxy,
      calls: ['create'],
      concurrency: 64,
      rounds: COLLECTIONS,
      prefix: 'c',
      markEvery: 1_000,
    });
    const rates = marksMs.map((mark, i) => 1_000_000 / (mark - (marksMs[i - 1] ?? 0)));
    const [firstRate = Number.NaN] = rates;
    const lastRate = rates.at(-1) ?? Number.NaN;
    console.log(`  creates/s by thousand: ${rates.map((rate) => rate.toFixed(0)).join(' ')}`);
    return [
      {
        what: `creates/s, last 1 000 of ${COLLECTIONS}`,
        ours: lastRate.toFixed(0),
        yardstick: `first 1 000: ${firstRate.toFixed(0)}`,
        ratio: (lastRate / firstRate).toFixed(2),
      },
      ...(await measureRestarts(bed)),
    ];
  });
}

async function measureRestarts(bed: Bed): Promise<BenchRow[]> {
  const readyMs: number[] = [];
  const heapMiB: number[] = [];
  for (let i = 0; i < RESTARTS; i += 1) {
    await bed.server.terminate();
    bed.server = await ServerProcess.start({ dataDir: bed.dataDir });
    const healthy = bed.server.log.find(({ msg }) => msg === 'healthy');
    readyMs.push(Number(healthy?.sinceProcessStartMs));
    heapMiB.push(Number(healthy?.heapUsedMiB));
  }
  const collections = `${COLLECTIONS} collections`;
  const none = { yardstick: '—', ratio: '—' };
  return [
    {
      what: `ms from process start to healthy, ${collections}`,
      ours: show(spreadOf(readyMs)),
      ...none,
    },
    { what: `MiB of heap when healthy, ${collections}`, ours: show(spreadOf(heapMiB)), ...none },
  ];
}

export const row = (
  what: string,
  ours: Spread,
  yardstick: Spread,
  ratio: Spread,
  by: string,
): BenchRow => ({
  what,
  ours: show(ours),
  yardstick: `${by}: ${show(yardstick)}`,
  ratio: show(ratio),
});
