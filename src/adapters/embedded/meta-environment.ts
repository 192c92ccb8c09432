import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { CoordError } from '../../domain/errors.js';
import { checkDataFile } from './data-file.js';
import { keyCodec } from './key-codec.js';
import { ValueCodec } from './value-codec.js';

/** The directory of the metastore inside the data directory. */
const DIRECTORY = 'meta';
/** Only the owner reads it: it holds password hashes. */
const DIRECTORY_MODE = 0o700;

/** Layout of the databases below. A store with a higher number was written by a newer program. */
const FORMAT_VERSION = 1;
const FORMAT_KEY = 'rootstock-meta-format';

/**
 * Address space, not disk or memory. lmdb doubles it by itself when the file outgrows it, but
 * keeps every earlier map; 4 GiB holds some ten million keys, so that this never happens.
 */
const MAP_BYTES = 4 * 2 ** 30;

/**
 * - `overlappingSync: false`: a commit settles once it is on disk, not when it is only visible.
 * - `eventTurnBatching: false`: the batch lmdb-js makes of a turn has a promise of its own, whose
 *   rejection nobody can catch.
 * - `txnStartThreshold`: nothing starts before the turn ends, so commits of one turn share one
 *   transaction and one fsync.
 * - no compression: records are 50 to 200 bytes, far below what lz4 shortens.
 * - zeroed pages (no `noMemInit`): what was in memory before must not reach the file.
 */
const TUNING = {
  overlappingSync: false,
  eventTurnBatching: false,
  txnStartThreshold: 1_000_000,
  mapSize: MAP_BYTES,
  maxDbs: 4,
};

/** The open databases of one store. */
export interface MetaEnvironment {
  /** Directory, for messages and for the space left on its disk. */
  readonly path: string;
  readonly data: Database<Uint8Array, string>;
  /** Who owns the store; versions of its entries are epochs. */
  readonly ownership: Database<string, string>;
  close(): Promise<void>;
}

/** Opens or makes `<dataDir>/meta`; every failure is a `CoordError` that names the path. */
export async function openEnvironment(dataDir: string): Promise<MetaEnvironment> {
  const path = join(dataDir, DIRECTORY);
  try {
    prepareDirectory(path);
    checkDataFile(join(path, 'data.mdb'));
    const root: RootDatabase<string, string> = open({
      ...TUNING,
      path,
      noSubdir: false,
      encoding: 'string',
    });
    return await openDatabases(root, path);
  } catch (error) {
    if (error instanceof CoordError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CoordError('MetaStoreUnavailable', `the metastore in ${path} fails: ${reason}`, {
      cause: error,
    });
  }
}

async function openDatabases(
  root: RootDatabase<string, string>,
  path: string,
): Promise<MetaEnvironment> {
  try {
    await checkFormat(root, path);
    const codecs = { encoding: 'binary', encoder: new ValueCodec(), keyEncoder: keyCodec } as const;
    return {
      path,
      data: root.openDB<Uint8Array, string>('data', codecs),
      ownership: root.openDB<string, string>('ownership', {
        encoding: 'string',
        useVersions: true,
      }),
      close: () => root.close(),
    };
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
async function checkFormat(root: RootDatabase<string, string>, path: string): Promise<void> {
  const stored = root.get(FORMAT_KEY);
  if (stored === undefined) {
    if (root.getKeysCount({ limit: 1 }) > 0) throw foreign(path, 'another program wrote it');
    await root.put(FORMAT_KEY, String(FORMAT_VERSION));
    return;
  }
  if (stored === String(FORMAT_VERSION)) return;
  throw foreign(path, `its format is ${stored}, this program knows ${FORMAT_VERSION}`);
}

const foreign = (path: string, why: string): CoordError =>
  new CoordError('ServiceInternal', `${path} is not a metastore this program can open: ${why}`);
