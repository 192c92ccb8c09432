import { readFileSync } from 'node:fs';
import { credentials } from '@grpc/grpc-js';
import { DEFAULT_SCHEMA_LIMITS } from '../../src/domain/schema/schema-limits.js';
import { ControlServiceClient, SnapshotRequest } from '../../src/gen/control.js';
import { ActualStateBuilder } from '../../src/spec/actual-state.js';
import { diffSpec } from '../../src/spec/diff-spec.js';
import { parseSpec } from '../../src/spec/parse-spec.js';

/** Milliseconds of the parts of one plan, each in a process that never did it before. */
export interface PlanParts {
  readonly parseMs: number;
  readonly snapshotMs: number;
  readonly diffMs: number;
}

const DEFAULT_PARTITION_NAME = '_default';

/** Asks for the snapshot a plan needs, and hands its messages on. */
async function readSnapshot(address: string, database: string, builder?: ActualStateBuilder) {
  const client = new ControlServiceClient(address, credentials.createInsecure());
  const request = SnapshotRequest.fromPartial({ databaseNames: [database] });
  for await (const { objects } of client.snapshot(request)) builder?.add(objects);
  client.close();
}

async function measureParts(address: string, database: string, path: string): Promise<PlanParts> {
  const rules = { limits: DEFAULT_SCHEMA_LIMITS, defaultPartitionName: DEFAULT_PARTITION_NAME };
  const content = readFileSync(path, 'utf8');
  const start = performance.now();
  const desired = parseSpec(content, rules);
  const parsed = performance.now();
  const builder = new ActualStateBuilder(DEFAULT_PARTITION_NAME);
  await readSnapshot(address, database, builder);
  const actual = builder.build();
  const read = performance.now();
  const { steps } = diffSpec(desired, actual, { prune: true });
  const diffed = performance.now();
  if (steps.length > 0) throw new Error(`${steps.length} steps are left to do`);
  return { parseMs: parsed - start, snapshotMs: read - parsed, diffMs: diffed - read };
}

const [address = '', database = '', path] = process.argv.slice(2);
if (path === undefined) await readSnapshot(address, database);
else console.log(JSON.stringify(await measureParts(address, database, path)));
