import { createReadStream } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { identifyProcess, openStore } from '../compose.js';
import type { Config } from '../config/schema.js';
import { CoordError } from '../domain/errors.js';
import type { Fence, MetaStore } from '../ports/meta-store.js';
import { exportMeta } from './meta-export.js';
import { importMeta } from './meta-import.js';
import type { RootPaths } from './meta-layout.js';

export interface MetaFileCommand {
  readonly config: Config;
  /** Where the meta file lies. */
  readonly file: string;
}

/** The file holds password hashes. */
const FILE_MODE = 0o600;

/**
 * `rootstock meta export <file>`: writes the configured metastore to a new file.
 *
 * @returns the exit code. @throws CoordError in words for the operator: the store is held by a
 *   coordinator, it is empty, the file exists or cannot be written.
 */
export async function runMetaExport({ config, file }: MetaFileCommand): Promise<number> {
  const count = await withOwnStore(config, (store, fence) =>
    writeFile(file, async (target) => {
      const written = await exportMeta(store, rootPaths(config), target);
      if (written === 0) throw emptyStore();
      // Still the only one at work: nothing changed while it was read.
      await store.commit([], fence);
      return written;
    }),
  );
  process.stdout.write(`${count} keys written to ${file}\n`);
  return 0;
}

/**
 * `rootstock meta import <file>`: fills the configured metastore, which has to be empty.
 *
 * @returns the exit code. @throws CoordError in words for the operator: see `importMeta`.
 */
export async function runMetaImport({ config, file }: MetaFileCommand): Promise<number> {
  const count = await withOwnStore(config, (store, fence) =>
    importMeta(store, fence, rootPaths(config), () => createReadStream(file)).catch(
      (caught: unknown) => {
        throw fileTrouble(caught);
      },
    ),
  );
  process.stdout.write(`${count} keys read from ${file}\n`);
  return 0;
}

const rootPaths = ({ etcd }: Config): RootPaths => ({
  rootPath: etcd.rootPath,
  metaSubPath: etcd.metaSubPath,
  kvSubPath: etcd.kvSubPath,
});

/** Owns the store like a coordinator while `work` lasts, so that none is at work beside it. */
async function withOwnStore<T>(
  config: Config,
  work: (store: MetaStore, fence: Fence) => Promise<T>,
): Promise<T> {
  const store = await openStore(config);
  try {
    const outcome = await store.campaign(identifyProcess('rootstock meta'));
    if (outcome.kind === 'held') {
      throw new CoordError(
        'ServiceNotReady',
        `the metastore is held by ${outcome.holder}: stop it first`,
      );
    }
    return await work(store, outcome.leadership.fence);
  } finally {
    await store.close();
  }
}

const emptyStore = (): CoordError =>
  new CoordError('ParameterInvalid', 'the metastore is empty: nothing to export');

/** A new file, on disk when `work` is done; none when it fails. */
async function writeFile<T>(file: string, work: (target: Writable) => Promise<T>): Promise<T> {
  const handle = await open(file, 'wx', FILE_MODE).catch((caught: unknown) => {
    throw fileTrouble(caught);
  });
  const target = handle.createWriteStream({ flush: true });
  try {
    return await work(target);
  } catch (caught) {
    target.destroy();
    await unlink(file);
    throw fileTrouble(caught);
  }
}

/** Errors of the file system carry a code and name the path already. */
const fileTrouble = (caught: unknown): CoordError =>
  caught instanceof Error && 'code' in caught && 'syscall' in caught
    ? new CoordError('ParameterInvalid', caught.message, { cause: caught })
    : CoordError.from(caught);
