import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedMetaStore } from '../../src/adapters/embedded/embedded-meta-store.js';
import { ServerProcess } from '../kit/server-process.js';
import { type Bed, type BenchRow, onBed } from './benches.js';
import { pin, SERVER_CORE } from './processes.js';

const LIVE_COLLECTIONS = 1_000;
const CYCLES = 100_000;
/** Folding happens once a minute. */
const UNTIL_FOLDED_MS = 65_000;
const SETTINGS = ['rootstock.history.retentionSeconds=1', 'rootstock.undrop.keepSeconds=0'];

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function start(dataDir: string): Promise<ServerProcess> {
  const server = await ServerProcess.start({ dataDir, sets: SETTINGS });
  pin(server.pid, SERVER_CORE);
  return server;
}

/** What is left of create, alter and drop, a hundred thousand times, after folding. */
export function benchFoldedStorage(): Promise<BenchRow[]> {
  return onBed(async (bed) => {
    await bed.load.run({
      port: bed.server.ports.proxy,
      calls: ['create'],
      concurrency: 64,
      rounds: LIVE_COLLECTIONS,
      prefix: 'live',
    });
    await bed.server.terminate();
    const before = await weigh(bed.dataDir);
    bed.server = await start(bed.dataDir);
    await cycle(bed);
    const peakMiB = await fileMiB(bed.dataDir);
    await sleep(UNTIL_FOLDED_MS);
    await bed.server.terminate();
    return rowsOf(before, await weigh(bed.dataDir), peakMiB);
  }, start);
}

async function cycle({ load, server }: Bed): Promise<void> {
  await load.run({
    port: server.ports.proxy,
    calls: ['create', 'alter', 'drop'],
    concurrency: 64,
    rounds: CYCLES,
    prefix: 'c',
  });
}

interface Weight {
  /** Keys of records. */
  readonly keys: ReadonlySet<string>;
  readonly recordBytes: number;
  readonly allBytes: number;
  readonly fileMiB: number;
}

async function weigh(dataDir: string): Promise<Weight> {
  const store = await EmbeddedMetaStore.open({ dataDir });
  const keys = new Set<string>();
  let [recordBytes, allBytes] = [0, 0];
  for await (const page of store.scan('by-dev/')) {
    for (const { key, value } of page) {
      const bytes = Buffer.byteLength(key) + value.byteLength;
      allBytes += bytes;
      if (!key.includes('/meta/')) continue;
      keys.add(key);
      recordBytes += bytes;
    }
  }
  await store.close();
  return { keys, recordBytes, allBytes, fileMiB: await fileMiB(dataDir) };
}

/** Blocks the file system gave to the store. */
async function fileMiB(dataDir: string): Promise<number> {
  const directory = join(dataDir, 'meta');
  const files = await readdir(directory);
  const stats = await Promise.all(files.map((file) => stat(join(directory, file))));
  return stats.reduce((sum, { blocks }) => sum + blocks * 512, 0) / 2 ** 20;
}

function rowsOf(before: Weight, after: Weight, peakMiB: number): BenchRow[] {
  const orphans = [...after.keys].filter((key) => !before.keys.has(key));
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(3);
  return [
    {
      what: `MiB of keys and values after ${CYCLES} create/alter/drop and folding (${orphans.length} orphan keys)`,
      ours: mib(after.allBytes),
      yardstick: `records of ${LIVE_COLLECTIONS} live collections: ${mib(after.recordBytes)}`,
      ratio: (after.allBytes / after.recordBytes).toFixed(3),
    },
    {
      what: `MiB on disk after the same (${peakMiB.toFixed(0)} before folding)`,
      ours: after.fileMiB.toFixed(1),
      yardstick: `before the cycles: ${before.fileMiB.toFixed(1)}`,
      ratio: (after.fileMiB / before.fileMiB).toFixed(2),
    },
  ];
}
