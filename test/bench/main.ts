import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import {
  type BenchRow,
  benchCreates,
  benchDescribe,
  benchDescribeUnderDdl,
  benchScale,
} from './benches.js';
import { benchDdlTicks } from './ddl-ticks.js';
import { benchDdlWrites } from './ddl-writes.js';
import { benchFeedDelivery } from './feed-delivery.js';
import { benchFoldedStorage } from './folded-storage.js';
import { benchMessages } from './messages.js';
import { benchPlan } from './plan.js';
import { benchSafeTime } from './safe-time.js';
import { benchShowCollections } from './show-collections.js';
import { benchTimeTravel } from './time-travel.js';
import { benchAllocTimestamp, benchTsoCallers } from './tso.js';
import { benchWatermark } from './watermark.js';

const BENCHES: Record<string, () => Promise<BenchRow | BenchRow[]>> = {
  creates1: () => benchCreates(1),
  creates16: () => benchCreates(16),
  creates64: () => benchCreates(64),
  describe: benchDescribe,
  describeUnderDdl: benchDescribeUnderDdl,
  scale: benchScale,
  plan: benchPlan,
  timeTravel: benchTimeTravel,
  ddlWrites1: () => benchDdlWrites(1),
  ddlWrites64: () => benchDdlWrites(64),
  feedDelivery: benchFeedDelivery,
  showCollections: benchShowCollections,
  foldedStorage: benchFoldedStorage,
  messages1: async () => [await benchMessages(1, 100), await benchMessages(1, 1_024)],
  messages64: async () => [await benchMessages(64, 100), await benchMessages(64, 1_024)],
  tsoCallers: benchTsoCallers,
  allocTimestamp: benchAllocTimestamp,
  watermark: benchWatermark,
  safeTime: benchSafeTime,
  ddlTicks: () => benchDdlTicks(16),
};

/**
 * `npm run bench -- [name…] [--write]`: measures, prints a table, and with `--write` puts it into
 * the README. Ratios compare arms of one run; absolute numbers only say how fast this machine was.
 */
async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const rows: BenchRow[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`${name} … (load ${loadavg()[0]?.toFixed(2)})`);
    rows.push(...[await bench()].flat());
  }
  const table = tableOf(rows);
  console.log(table);
  if (args.includes('--write')) writeReadme(table);
}

function tableOf(rows: readonly BenchRow[]): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return [
    `${cpus().length} × ${model}, Node ${process.versions.node}. With a yardstick: median (middle half) of 7 rounds in which both take turns, event loops of server and client on a core each. Without one: median of 5 to 7 runs. Without brackets: one run.`,
    '',
    '| | Rootstock | Yardstick in the same run | Ratio |',
    '|---|---|---|---|',
    ...rows.map(
      ({ what, ours, yardstick, ratio }) => `| ${what} | ${ours} | ${yardstick} | ${ratio} |`,
    ),
  ].join('\n');
}

function writeReadme(table: string): void {
  const readme = readFileSync('README.md', 'utf8');
  const marks = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
  writeFileSync('README.md', readme.replace(marks, `$1${table}\n$2`));
}

await main(process.argv.slice(2));
