import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../kit/server-process.js';
import { type BenchRow, onBed, row } from './benches.js';
import { pin, SERVER_CORE } from './processes.js';
import { interleave } from './rounds.js';

const ARM_MS = 2_000;

/** Creates and drops while channels get their ticks, beside a server that publishes none. */
export function benchDdlTicks(concurrency: number): Promise<BenchRow> {
  return onBed(async ({ load, server }) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'rootstock-bench-'));
    const silent = await ServerProcess.start({ dataDir, sets: ['common.ttMsgEnabled=false'] });
    pin(silent.pid, SERVER_CORE);
    let first = 0;
    const ddlAt = async ({ ports }: ServerProcess) => {
      const { rounds, elapsedMs } = await load.run({
        port: ports.proxy,
        calls: ['create', 'drop'],
        concurrency,
        durationMs: ARM_MS,
        prefix: 'c',
        first,
      });
      first += rounds + concurrency;
      return (rounds * 1_000) / elapsedMs;
    };
    /** They share a core and a disk: the other one's ticks would be in this one's way. */
    const alone = async (one: ServerProcess, other: ServerProcess) => {
      other.freeze();
      try {
        return await ddlAt(one);
      } finally {
        other.thaw();
      }
    };
    try {
      await alone(server, silent);
      await alone(silent, server);
      const { ours, yardstick, ratio } = await interleave(
        () => alone(server, silent),
        () => alone(silent, server),
      );
      const what = `create+drop/s with time ticks, ${concurrency} clients`;
      return row(what, ours, yardstick, ratio, 'the same without ticks');
    } finally {
      await silent.terminate();
      await rm(dataDir, { recursive: true });
    }
  });
}
