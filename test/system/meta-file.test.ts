import { execFile } from 'node:child_process';
import { stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMetaExport, runMetaImport } from '../../src/cli/meta-file.js';
import type { Config } from '../../src/config/schema.js';
import { MilvusServiceClient } from '../../src/gen/milvus.js';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import { load } from '../kit/load-settings.js';
import { describeCollection, timestampNow } from '../kit/milvus-calls.js';
import { allocateIds, createAtRoot, namesAtRoot } from '../kit/root-calls.js';
import { ServerProcess } from '../kit/server-process.js';
import { type StoreKind, stores, type TestStore } from '../kit/stores.js';
import { type TemporaryDirectory, temporaryDirectory } from '../kit/temporary-directory.js';

const NAMES = ['one', 'three', 'two'];
const OTHER_ROOT = ['etcd.rootPath=moved/here', 'etcd.metaSubPath=m', 'etcd.kvSubPath=numbers'];

const configOf = ({ dataDir, sets }: TestStore, more: readonly string[] = []): Config =>
  load({ dataDir, sets: [...sets, ...more] }).config;

/** Runs a server on the store while `work` talks to it. */
async function whileServed<T>(
  { dataDir, sets }: TestStore,
  work: (milvus: MilvusServiceClient, root: RootCoordClient) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  const server = await ServerProcess.start({ dataDir, sets: [...sets, ...more] });
  const milvus = new MilvusServiceClient(server.address, credentials.createInsecure());
  const root = new RootCoordClient(server.rootCoordAddress, credentials.createInsecure());
  try {
    return await work(milvus, root);
  } finally {
    milvus.close();
    root.close();
    expect(await server.terminate()).toBe(0);
  }
}

/** Everything a client can see, and numbers larger than all handed out before. */
async function viewOf(milvus: MilvusServiceClient, root: RootCoordClient) {
  const names = await namesAtRoot(root);
  const collections = await Promise.all(
    names.map((collectionName) => describeCollection(milvus, { collectionName })),
  );
  const { ID: id } = await allocateIds(root, 1);
  return { names, collections, id, timestamp: await timestampNow(milvus) };
}

type View = Awaited<ReturnType<typeof viewOf>>;

describe.each(stores)('a meta file of a store on $name', (kind: StoreKind) => {
  let source: TestStore;
  let directory: TemporaryDirectory;
  let file: string;
  let before: View;

  beforeAll(async () => {
    source = await kind.open();
    directory = await temporaryDirectory();
    file = join(directory.path, 'meta.jsonl');
    before = await whileServed(source, async (milvus, root) => {
      for (const name of NAMES) await createAtRoot(root, name);
      return viewOf(milvus, root);
    });
    expect(await runMetaExport({ config: configOf(source), file })).toBe(0);
  });

  afterAll(async () => {
    await source.remove();
    await directory.remove();
  });

  it.each(stores)('brings the same catalog up on $name, under another root path', async (other) => {
    const target = await other.open();
    try {
      expect(await runMetaImport({ config: configOf(target, OTHER_ROOT), file })).toBe(0);
      const after = await whileServed(target, viewOf, OTHER_ROOT);
      expect(after.names).toEqual(NAMES);
      expect(after.collections).toEqual(before.collections);
      expect(after.id).toBeGreaterThan(before.id);
      expect(after.timestamp).toBeGreaterThan(before.timestamp);
    } finally {
      await target.remove();
    }
  });

  it('is readable for its owner only', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is never written over another file', async () => {
    await expect(runMetaExport({ config: configOf(source), file })).rejects.toThrow(/EEXIST/);
    expect((await stat(file)).size).toBeGreaterThan(1000);
  });

  it('cannot be imported into the store it came from', async () => {
    await expect(runMetaImport({ config: configOf(source), file })).rejects.toThrow(
      /only an empty/,
    );
  });

  it('is neither written nor read beside a living coordinator', async () => {
    await whileServed(source, async () => {
      const config = configOf(source);
      const beside = join(directory.path, 'beside.jsonl');
      await expect(runMetaExport({ config, file: beside })).rejects.toThrow(/held by pid/);
      await expect(runMetaImport({ config, file })).rejects.toThrow(/held by pid/);
      await expect(stat(beside)).rejects.toThrow(/ENOENT/);
    });
  });
});

describe('the commands', () => {
  const run = promisify(execFile);
  const rootstock = (dataDir: string, ...args: string[]) =>
    run(process.execPath, ['dist/src/main.js', '--data-dir', dataDir, ...args]);

  it('export and import a data directory, and say in words why not', async () => {
    const directory = await temporaryDirectory();
    try {
      const [from, to, file] = ['from', 'to', 'file'].map((name) => join(directory.path, name));
      if (!from || !to || !file) throw new Error('three names give three paths');
      await expect(rootstock(from, 'meta', 'export', file)).rejects.toMatchObject({
        code: 1,
        stderr: 'the metastore is empty: nothing to export\n',
      });
      await whileServed({ dataDir: from, sets: [], remove: directory.remove }, async () => {});
      const { stdout } = await rootstock(from, 'meta', 'export', file);
      expect(stdout).toMatch(/^\d+ keys written to /);
      expect((await rootstock(to, 'meta', 'import', file)).stdout).toBe(
        stdout.replace('written to', 'read from'),
      );
    } finally {
      await directory.remove();
    }
  });
});

describe('files nobody can use', () => {
  const [kind] = stores;
  let store: TestStore;
  beforeAll(async () => {
    if (kind) store = await kind.open();
  });
  afterAll(() => store.remove());

  it('an export of an empty store leaves no file', async () => {
    const file = join(store.dataDir, 'empty.jsonl');
    await expect(runMetaExport({ config: configOf(store), file })).rejects.toThrow(/is empty/);
    await expect(unlink(file)).rejects.toThrow(/ENOENT/);
  });

  it('an import of a file that is not there, or is something else, says so', async () => {
    const file = join(store.dataDir, 'notes.txt');
    const config = configOf(store);
    await expect(runMetaImport({ config, file })).rejects.toMatchObject({
      kind: 'ParameterInvalid',
      message: expect.stringContaining(file),
    });
    await writeFile(file, 'dear diary\n');
    await expect(runMetaImport({ config, file })).rejects.toThrow(/line 1 is damaged/);
  });
});
