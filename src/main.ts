#!/usr/bin/env node
import { Command } from 'commander';
import { SystemClock } from './adapters/clock/system-clock.js';
import { startRootstock } from './compose.js';
import { ConfigError } from './config/config-error.js';
import { loadConfig } from './config/load-config.js';
import { CoordError } from './domain/errors.js';
import { createLog } from './observe/log.js';
import { LoopDelay } from './observe/loop-delay.js';
import { version } from './version.js';

interface Options {
  readonly config?: string;
  readonly set: string[];
  readonly dataDir?: string;
  readonly inspect?: boolean;
}

const EXIT_FAILURE = 1;
/** What shells and supervisors expect of a program that was told nonsense. */
const EXIT_USAGE = 2;

const collect = (value: string, previous: string[]): string[] => [...previous, value];

/** Reads the command line; ends the process itself on `--help`, `--version` and bad options. */
function readOptions(): Options {
  return new Command('rootstock')
    .description('The Milvus control plane: collections, partitions, time and ids')
    .version(version.release)
    .option('--config <file>', 'a milvus.yaml')
    .option('--set <key=value>', 'one setting, over file and environment', collect, [])
    .option('--data-dir <dir>', 'where the embedded store lives')
    .option('--inspect', 'let the Stately inspector watch the actors')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE))
    .parse()
    .opts<Options>();
}

async function run({ config: configPath, set, dataDir, inspect }: Options): Promise<number> {
  const sets = inspect ? [...set, 'rootstock.inspect.enabled=true'] : set;
  const { config, ignoredKeys } = loadConfig({ configPath, sets, dataDir, env: process.env });
  const clock = new SystemClock();
  const log = createLog({ level: config.log.level, clock });
  if (ignoredKeys.length > 0) log.info({ ignoredKeys }, 'settings of other Milvus parts ignored');
  const rootstock = await startRootstock(config, log);
  const { ports, inspectUrl } = rootstock;
  log.info({ ports, release: version.release }, 'listening');
  // Its token opens the inspector, so it is for the one at the terminal and not for the log.
  if (inspectUrl) process.stderr.write(`watch the actors at ${inspectUrl}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      rootstock.stop();
    });
  }
  let loop: LoopDelay | undefined;
  void rootstock.healthy.then(() => {
    const heapUsedMiB = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
    const sinceProcessStartMs = Math.round(process.uptime() * 1000);
    log.info({ sinceProcessStartMs, heapUsedMiB }, 'healthy');
    // Not before: loading modules and the catalog holds the loop up, but nobody waits for it yet.
    loop = new LoopDelay({ clock, log, warnMs: config.rootstock.eventLoop.blockedWarning });
  });
  const end = await rootstock.ended;
  log.info({ end: end.kind, loopLongest: loop?.longest }, 'ended');
  return end.kind === 'stopped' ? 0 : EXIT_FAILURE;
}

/** Errors an operator can mend are told in words; only defects deserve a stack. */
function explain(caught: unknown): number {
  if (caught instanceof ConfigError) {
    process.stderr.write(`${caught.message}\n`);
    return EXIT_USAGE;
  }
  if (caught instanceof CoordError) {
    process.stderr.write(`${caught.message}\n`);
    return EXIT_FAILURE;
  }
  process.stderr.write(`${caught instanceof Error ? (caught.stack ?? caught.message) : caught}\n`);
  return EXIT_FAILURE;
}

process.exitCode = await run(readOptions()).catch(explain);
process.exit();
