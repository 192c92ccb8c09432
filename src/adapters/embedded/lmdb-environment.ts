import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { CoordError, type ErrorName } from '../../domain/errors.js';
import { checkDataFile } from './data-file.js';

/** Only the owner reads it: the metastore holds password hashes. */
const DIRECTORY_MODE = 0o700;

/**
 * Address space, not disk or memory. lmdb doubles it by itself when the file outgrows it, but
 * keeps every earlier map. Of the metastore 4 GiB hold some ten million keys; channels that keep more
 * than that in all make it grow.
 */
const MAP_BYTES = 4 * 2 ** 30;

/**
 * - `overlappingSync: false`: a commit settles once it is on disk, not when it is only visible.
 * - `eventTurnBatching: false`: the batch lmdb-js makes of a turn has a promise of its own, whose
 *   rejection nobody can catch.
 * - `txnStartThreshold`: nothing starts before the turn ends, so commits of one turn share one
 *   transaction and one fsync.
 * - no compression: metadata records are 50 to 200 bytes, far below what lz4 shortens, and
 *   messages are read more often than they are kept.
 * - zeroed pages (no `noMemInit`): what was in memory before must not reach the file.
 */
const TUNING = {
  overlappingSync: false,
  eventTurnBatching: false,
  txnStartThreshold: 1_000_000,
  mapSize: MAP_BYTES,
  maxDbs: 4,
};

/** What tells one lmdb environment of ours from another. */
export interface EnvironmentKind {
  /** What it is called in messages: "the metastore". */
  readonly noun: string;
  /** Its directory inside the data directory. */
  readonly directory: string;
  /** The key in the root database that marks it as ours. */
  readonly formatKey: string;
  /** Layout of its databases. A store with a higher number was written by a newer program. */
  readonly formatVersion: number;
  /** The error that says it cannot be used now. */
  readonly unavailable: ErrorName;
}

/** An open environment: its directory, the databases made from it, and its end. */
export type Environment<T> = T & { readonly path: string; close(): Promise<void> };

/** Opens or makes an environment; every failure is a `CoordError` that names the path. */
export async function openLmdb<T>(
  dataDir: string,
  kind: EnvironmentKind,
  databasesOf: (root: RootDatabase<string, string>) => T,
): Promise<Environment<T>> {
  const path = join(dataDir, kind.directory);
  try {
    prepareDirectory(path);
    checkDataFile(join(path, 'data.mdb'));
    const root: RootDatabase<string, string> = open({
      ...TUNING,
      path,
      noSubdir: false,
      encoding: 'string',
    });
    return await openDatabases(root, path, kind, databasesOf);
  } catch (error) {
    if (error instanceof CoordError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CoordError(kind.unavailable, `the ${kind.noun} in ${path} fails: ${reason}`, {
      cause: error,
    });
  }
}

async function openDatabases<T>(
  root: RootDatabase<string, string>,
  path: string,
  kind: EnvironmentKind,
  databasesOf: (root: RootDatabase<string, string>) => T,
): Promise<Environment<T>> {
  try {
    await checkFormat(root, path, kind);
    return { ...databasesOf(root), path, close: () => root.close() };
  } catch (error) {
    await root.close();
    throw error;
  }
}

function prepareDirectory(path: string): void {
  makeDirectory(path);
  accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** With its parents. Node's own `recursive` never returns where the system makes no directories. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(path)) throw error;
  }
}

/** Marks a new store, and refuses one that another program or a newer version wrote. */
async function checkFormat(
  root: RootDatabase<string, string>,
  path: string,
  { noun, formatKey, formatVersion }: EnvironmentKind,
): Promise<void> {
  const refuse = (why: string): never => {
    const reason = `${path} is not a ${noun} this program can open: ${why}`;
    throw new CoordError('ServiceInternal', reason);
  };
  const stored = root.get(formatKey);
  if (stored === undefined) {
    if (root.getKeysCount({ limit: 1 }) > 0) refuse('another program wrote it');
    await root.put(formatKey, String(formatVersion));
    return;
  }
  if (stored === String(formatVersion)) return;
  refuse(`its format is ${stored}, this program knows ${formatVersion}`);
}
