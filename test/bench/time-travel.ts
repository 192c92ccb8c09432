import { timestamp } from '../../src/domain/timestamp.js';
import { type BenchRow, onBed, row } from './benches.js';
import { interleave } from './rounds.js';

const COLLECTIONS = 1_000;
const VERSIONS_BEFORE = 3;
const VERSIONS_AFTER = 3;
const ARM_MS = 2_000;
/** Longer than the oracle may run ahead of the clock. */
const APART_MS = 500;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** DescribeCollection of a moment in the middle of seven versions, beside the same of now. */
export function benchTimeTravel(): Promise<BenchRow> {
  return onBed(async ({ load, server }) => {
    const port = server.ports.proxy;
    const common = { port, prefix: 'c', names: COLLECTIONS };
    const alterAll = (versions: number) =>
      load.run({ ...common, calls: ['alter'], concurrency: 64, rounds: versions * COLLECTIONS });
    await load.run({ ...common, calls: ['create'], concurrency: 64, rounds: COLLECTIONS });
    await alterAll(VERSIONS_BEFORE);
    await sleep(APART_MS);
    const at = `${timestamp(Date.now(), 0)}`;
    await sleep(APART_MS);
    await alterAll(VERSIONS_AFTER);
    const microseconds = async (moment: { at?: string }) => {
      const words = { ...common, ...moment, calls: ['describe'] as const };
      const { rounds, elapsedMs } = await load.run({
        ...words,
        concurrency: 64,
        durationMs: ARM_MS,
      });
      return (elapsedMs * 1000) / rounds;
    };
    await microseconds({ at });
    await microseconds({});
    const { ours, yardstick, ratio } = await interleave(
      () => microseconds({ at }),
      () => microseconds({}),
    );
    const versions = 1 + VERSIONS_BEFORE + VERSIONS_AFTER;
    const what = `µs per DescribeCollection of the past, ${COLLECTIONS} collections of ${versions} versions, 64 in flight`;
    return row(what, ours, yardstick, ratio, 'µs per DescribeCollection of now');
  });
}
