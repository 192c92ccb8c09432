import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../kit/server-process.js';
import type { BenchRow } from './benches.js';
import type { PlanParts } from './plan-worker.js';
import { pin, SERVER_CORE } from './processes.js';
import { interleave, show, spreadOf } from './rounds.js';

const DATABASE = 'bench';
const COLLECTIONS = 2_500;
const PARTITIONS = ['p_2025', 'p_2026'];
/** Each collection with its partitions and one alias. */
const OBJECTS = COLLECTIONS * (1 + PARTITIONS.length + 1);

const ROOTSTOCK = 'dist/src/main.js';
const WORKER = fileURLToPath(new URL('./plan-worker.js', import.meta.url));
const PARTS_ROUNDS = 7;

/**
 * `rootstock plan` of ten thousand objects that are there already, from the start of its process to
 * its end, beside a process that only reads the same snapshot from the server.
 */
export async function benchPlan(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'rootstock-bench-'));
  const server = await ServerProcess.start({ dataDir: join(directory, 'data') });
  pin(server.pid, SERVER_CORE);
  try {
    const spec = join(directory, 'spec.yaml');
    await writeFile(spec, specText());
    await run([ROOTSTOCK, 'apply', spec, '--address', server.address]);
    return await measure(server.address, spec);
  } finally {
    await server.terminate();
    await rm(directory, { recursive: true });
  }
}

async function measure(address: string, spec: string): Promise<BenchRow[]> {
  const options = ['--prune', '--detailed-exitcode', '--address', address];
  const plan = async () => (await run([ROOTSTOCK, 'plan', spec, ...options])).elapsedMs;
  const bare = async () => (await run([WORKER, address, DATABASE])).elapsedMs;
  await plan();
  const { ours, yardstick, ratio } = await interleave(plan, bare);
  return [
    {
      what: `ms of a plan of ${OBJECTS} objects, whole process`,
      ours: show(ours),
      yardstick: `a process that reads the snapshot: ${show(yardstick)}`,
      ratio: show(ratio),
    },
    ...(await measureParts(address, spec)),
  ];
}

async function measureParts(address: string, spec: string): Promise<BenchRow[]> {
  const rounds: PlanParts[] = [];
  for (let round = 0; round < PARTS_ROUNDS; round += 1) {
    const { output } = await run([WORKER, address, DATABASE, spec]);
    rounds.push(JSON.parse(output) as PlanParts);
  }
  const parts = [
    ['reading the spec', 'parseMs'],
    ['reading the snapshot', 'snapshotMs'],
    ['comparing the two', 'diffMs'],
  ] as const;
  return parts.map(([what, key]) => ({
    what: `… of it ms of ${what}`,
    ours: show(spreadOf(rounds.map((round) => round[key]))),
    yardstick: '—',
    ratio: '—',
  }));
}

/**
 * Runs a program of ours to its end, on any core: what it does in its first second is compiled and
 * cleared up by threads beside it. @throws Error unless it ends with 0.
 */
async function run(args: readonly string[]): Promise<{ elapsedMs: number; output: string }> {
  const start = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { elapsedMs: performance.now() - start, output };
}

function specText(): string {
  const collections = Array.from({ length: COLLECTIONS }, (_, i) => collectionText(i));
  return `databases:\n  ${DATABASE}:\n    collections:\n${collections.join('')}`;
}

const collectionText = (i: number): string => `      books_${i}:
        fields:
          - { name: id, type: Int64, primaryKey: true }
          - { name: vector, type: FloatVector, dim: 128 }
          - { name: title, type: VarChar, max_length: 256 }
        partitions: [${PARTITIONS.join(', ')}]
        aliases: [also_${i}]
`;
