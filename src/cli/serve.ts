import { SystemClock } from '../adapters/clock/system-clock.js';
import { startRootstock } from '../compose.js';
import { createLog } from '../observe/log.js';
import { LoopDelay } from '../observe/loop-delay.js';
import { version } from '../version.js';
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.js';
import { type ConfigOptions, readConfig } from './read-config.js';

export interface ServeOptions extends ConfigOptions {
  readonly inspect?: boolean;
}

/** Serves until a signal or a failure. @returns the exit code. */
export async function serve({ inspect, ...options }: ServeOptions): Promise<number> {
  const set = inspect ? [...options.set, 'rootstock.inspect.enabled=true'] : options.set;
  const { config, ignoredKeys } = readConfig({ ...options, set });
  const clock = new SystemClock();
  const log = createLog({ level: config.log.level, clock });
  if (ignoredKeys.length > 0) log.info({ ignoredKeys }, 'settings of other Milvus parts ignored');
  let loop: LoopDelay | undefined;
  const rootstock = await startRootstock(config, log, { longestTurn: () => loop?.longest });
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
  void rootstock.healthy.then(() => {
    const heapUsedMiB = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
    const sinceProcessStartMs = Math.round(process.uptime() * 1000);
    log.info({ sinceProcessStartMs, heapUsedMiB }, 'healthy');
    // Not before: loading modules and the catalog holds the loop up, but nobody waits for it yet.
    loop = new LoopDelay({ clock, log, warnMs: config.rootstock.eventLoop.blockedWarning });
  });
  const end = await rootstock.ended;
  log.info({ end: end.kind, loopLongest: loop?.longest }, 'ended');
  return end.kind === 'stopped' ? EXIT_OK : EXIT_FAILURE;
}
