import { type BenchRow, onBed } from './benches.js';
import { type CommitReport, readProbe, startProbed } from './probed-server.js';

const CYCLES = 2_000;
const DDL_PER_CYCLE = 3;

/**
 * Operations in the store's commits per DDL, journal included, beside those on records alone:
 * creates, alterations and drops whose keys go at once.
 */
export function benchDdlWrites(concurrency: number): Promise<BenchRow> {
  return onBed(
    async ({ load, server }) => {
      await readProbe(server);
      await load.run({
        port: server.ports.proxy,
        calls: ['create', 'alter', 'drop'],
        concurrency,
        rounds: CYCLES,
        prefix: 'c',
      });
      const report = await readProbe<CommitReport>(server);
      const { commits, recordWrites, historyWrites } = report;
      const per = (count: number) => (count / (CYCLES * DDL_PER_CYCLE)).toFixed(2);
      return {
        what: `metadata writes per DDL with history, ${concurrency} clients (${per(commits)} commits per DDL)`,
        ours: per(recordWrites + historyWrites),
        yardstick: `record writes alone: ${per(recordWrites)}`,
        ratio: ((recordWrites + historyWrites) / recordWrites).toFixed(3),
      };
    },
    (dataDir) => startProbed(dataDir, 'commits', ['rootstock.undrop.keepSeconds=0']),
  );
}
