import { readFile, stat } from 'node:fs/promises';
import { status } from '@grpc/grpc-js';
import type { Config } from '../config/schema.js';
import { schemaLimits } from '../config/schema-limits.js';
import { CoordError } from '../domain/errors.js';
import { SnapshotRequest } from '../gen/control.js';
import { ListDatabasesRequest, type ListDatabasesResponse } from '../gen/milvus.js';
import { ActualStateBuilder } from '../spec/actual-state.js';
import type { ActualState, DesiredState } from '../spec/catalog-state.js';
import { diffSpec } from '../spec/diff-spec.js';
import type { Conflict, Difference } from '../spec/findings.js';
import { parseSpec } from '../spec/parse-spec.js';
import { SPEC_BYTES_MAX } from '../spec/read-document.js';
import { checkStatus, codeOf } from './call-error.js';
import type { ClientOptions, Connection } from './connection.js';
import { readConfig } from './read-config.js';
import { UsageError } from './usage-error.js';

export interface PlanOptions extends ClientOptions {
  /** Path of the spec. */
  readonly spec: string;
  readonly db?: readonly string[];
  readonly prune?: boolean;
}

/** What the spec asks for, of the databases asked for. @throws SpecError, UsageError, CoordError */
export async function readDesired(options: PlanOptions): Promise<DesiredState> {
  const { config } = readConfig(options);
  return selected(await readSpec(options.spec, config), options.db ?? []);
}

/** What has to be done on the server for the spec to hold. Rejects with what the call fails with. */
export async function makePlan(
  connection: Connection,
  desired: DesiredState,
  { prune = false }: PlanOptions,
): Promise<Difference> {
  return diffSpec(desired, await readActual(connection, [...desired.keys()]), { prune });
}

/** `conflict default.books: shards is 1 and should be 2; it cannot be changed` */
export const conflictLine = ({ place, text }: Conflict): string => `conflict ${place}: ${text}`;

async function readSpec(path: string, config: Config): Promise<DesiredState> {
  const content = await readSpecFile(path);
  const { defaultPartitionName } = config.common;
  return parseSpec(content, { limits: schemaLimits(config), defaultPartitionName });
}

async function readSpecFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > SPEC_BYTES_MAX) {
      throw CoordError.plain(`${path} has ${size} bytes; at most ${SPEC_BYTES_MAX} are read`);
    }
    return await readFile(path, 'utf8');
  } catch (caught) {
    if (caught instanceof CoordError) throw caught;
    const why = caught instanceof Error ? caught.message : String(caught);
    throw CoordError.plain(`${path} cannot be read: ${why}`);
  }
}

function selected(desired: DesiredState, databases: readonly string[]): DesiredState {
  if (databases.length === 0) return desired;
  const missing = databases.find((name) => !desired.has(name));
  if (missing !== undefined) throw new UsageError(`the spec has no database "${missing}"`);
  return new Map([...desired].filter(([name]) => databases.includes(name)));
}

/** A snapshot is tried this often while somebody else drops the databases it is of. */
const SNAPSHOTS_MAX = 5;

/** Only the databases the spec names cross the wire; those that are not there are absent. */
async function readActual(
  connection: Connection,
  databaseNames: readonly string[],
): Promise<ActualState> {
  let asked = databaseNames;
  for (let left = SNAPSHOTS_MAX - 1; ; left--) {
    try {
      return await readSnapshot(connection, asked);
    } catch (caught) {
      if (codeOf(caught) !== status.NOT_FOUND || left === 0) throw caught;
    }
    const there = await listDatabases(connection);
    asked = databaseNames.filter((name) => there.has(name));
  }
}

async function readSnapshot(
  { control, config }: Connection,
  databaseNames: readonly string[],
): Promise<ActualState> {
  const builder = new ActualStateBuilder(config.common.defaultPartitionName);
  // An empty list would ask for every database.
  if (databaseNames.length === 0) return builder.build();
  const request = SnapshotRequest.fromPartial({ databaseNames: [...databaseNames] });
  for await (const { objects } of control.snapshot(request)) builder.add(objects);
  return builder.build();
}

async function listDatabases({ milvus, call }: Connection): Promise<ReadonlySet<string>> {
  const { status: answered, dbNames } = await call<ListDatabasesResponse>(
    (metadata, options, done) =>
      milvus.listDatabases(ListDatabasesRequest.create(), metadata, options, done),
  );
  checkStatus(answered);
  return new Set(dbNames);
}
