import { parseArgs } from 'node:util';
import type { CrashReport } from '../kit/crash/crash-report.js';
import { Violation } from '../kit/crash/violation.js';
import { CrashRounds } from '../kit/crash-rounds.js';
import { installServers } from '../kit/install-servers.js';
import { type StoreKind, stores } from '../kit/stores.js';

const USAGE = `Kills the server at random moments under load and checks what survives.

  npm run soak -- [--store embedded|etcd|both] [--kills 200] [--seed <number>] [--minutes <number>]

Kills and minutes count per store. Ends with 1 at the first violation; an
embedded store then stays for inspection.
`;

interface SoakOptions {
  readonly kinds: readonly StoreKind[];
  readonly kills: number;
  readonly seed: number;
  readonly minutes: number;
}

function readOptions(): SoakOptions {
  const { values } = parseArgs({
    options: {
      store: { type: 'string', default: 'both' },
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(process.pid) },
      minutes: { type: 'string', default: '60' },
    },
  });
  const kinds = stores.filter(({ name }) => values.store === 'both' || values.store === name);
  const [kills, seed, minutes] = [values.kills, values.seed, values.minutes].map(Number);
  if (kinds.length === 0 || !kills || seed === undefined || !minutes) throw new Error(USAGE);
  return { kinds, kills, seed, minutes };
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Between two lines of progress. */
const PROGRESS_EVERY_MS = 5_000;

async function soak(kind: StoreKind, { kills, seed, minutes }: SoakOptions): Promise<boolean> {
  const startedAtMs = performance.now();
  const store = await kind.open();
  let toldAtMs = startedAtMs;
  const onRound = (report: CrashReport) => {
    if (performance.now() < toldAtMs + PROGRESS_EVERY_MS) return;
    toldAtMs = performance.now();
    print(`${kind.name}: ${inWords(report)}`);
  };
  const untilMs = startedAtMs + minutes * 60_000;
  const rounds = new CrashRounds({ store, seed, kills, onRound, untilMs });
  print(`${kind.name}: ${kills} kills, seed ${seed}`);
  try {
    const report = await rounds.run();
    const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
    print(`${kind.name}: passed in ${seconds} s, seed ${seed}; ${inWords(report)}`);
    await store.remove();
    return true;
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    print(`${kind.name}: FAILED, seed ${seed}; ${inWords(rounds.report)}`);
    print(error instanceof Violation ? error.message : what);
    if (store.sets.length === 0) print(`the store is left in ${store.dataDir}`);
    return false;
  }
}

function inWords(report: CrashReport): string {
  const { killsUnderLoad, killsDuringStart, ...counts } = report;
  const words = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  const kills = `kills ${killsUnderLoad + killsDuringStart} (${killsDuringStart} during start)`;
  return [kills, ...words].join(', ');
}

async function run(): Promise<number> {
  const options = readOptions();
  if (options.kinds.some(({ name }) => name === 'etcd')) installServers();
  for (const kind of options.kinds) if (!(await soak(kind, options))) return 1;
  return 0;
}

process.exitCode = await run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  return 2;
});
process.exit();
