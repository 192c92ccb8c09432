import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CoordError } from '../../domain/errors.js';

/**
 * Where lmdb-js 3.5 keeps what we look at, in bytes from the start of a meta page. Both meta pages
 * are read, the one with the higher transaction counts.
 */
const META = { magic: 24, version: 28, pageSize: 48, mainRoot: 136, transaction: 152, end: 160 };
const MAGIC = 0xbeefc0de;
/** The file version of lmdb-js 3; plain lmdb writes 1. */
const DATA_VERSION = 2;
/** A root that was never written, because the store is empty. */
const NO_PAGE = 2n ** 64n - 1n;

interface MetaPage {
  readonly pageSize: number;
  readonly mainRoot: bigint;
  readonly transaction: bigint;
}

/**
 * Refuses a data file that lmdb did not write or that was cut short. lmdb itself dies of a
 * segmentation fault on the first and of a bus error on the second, so it must not see them.
 */
export function checkDataFile(path: string): void {
  const file = openOrUndefined(path);
  if (file === undefined) return;
  try {
    if (fstatSync(file).size > 0) checkMetaPages(file, path);
  } finally {
    closeSync(file);
  }
}

function checkMetaPages(file: number, path: string): void {
  const first = readMeta(file, 0, path);
  const second = readMeta(file, first.pageSize, path);
  const newest = first.transaction > second.transaction ? first : second;
  const { mainRoot, pageSize } = newest;
  // Looked at last: another process may be making the file grow, and writes pages before roots.
  const sizeBytes = fstatSync(file).size;
  if (mainRoot === NO_PAGE || mainRoot * BigInt(pageSize) < BigInt(sizeBytes)) return;
  throw unusable(path, `it was cut short at ${sizeBytes} bytes`);
}

function readMeta(file: number, offset: number, path: string): MetaPage {
  const page = Buffer.alloc(META.end);
  const read = readSync(file, page, 0, META.end, offset);
  if (read < META.end || page.readUInt32LE(META.magic) !== MAGIC) {
    throw unusable(path, 'it is not an lmdb file');
  }
  const version = page.readUInt32LE(META.version);
  if (version !== DATA_VERSION) {
    throw unusable(path, `its lmdb format is ${version}, this build reads ${DATA_VERSION}`);
  }
  return {
    pageSize: page.readUInt32LE(META.pageSize),
    mainRoot: page.readBigUInt64LE(META.mainRoot),
    transaction: page.readBigUInt64LE(META.transaction),
  };
}

function openOrUndefined(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const unusable = (path: string, why: string): CoordError =>
  new CoordError('ServiceInternal', `${path} is not a store this program can open: ${why}`);
