import { readFileSync, statSync } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { open } from 'lmdb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  EmbeddedMetaStore,
  type EmbeddedMetaStoreOptions,
} from '../../src/adapters/embedded/embedded-meta-store.js';
import type { Fence, MetaStore, Write } from '../../src/ports/meta-store.js';
import { livingCandidate, remoteCandidate } from '../kit/candidates.js';
import { type CompiledProgram, compileProgram } from '../kit/compile-program.js';
import { ProgramRun } from '../kit/program-run.js';
import { type TemporaryDirectory, temporaryDirectory } from '../kit/temporary-directory.js';

describe('EmbeddedMetaStore', () => {
  let directory: TemporaryDirectory;
  let opened: MetaStore[];

  beforeEach(async () => {
    directory = await temporaryDirectory();
    opened = [];
  });

  afterEach(async () => {
    for (const store of opened) await store.close();
    await directory.remove();
  });

  const openStore = async (
    options: Partial<EmbeddedMetaStoreOptions> = {},
  ): Promise<EmbeddedMetaStore> => {
    const store = await EmbeddedMetaStore.open({ dataDir: directory.path, ...options });
    opened.push(store);
    return store;
  };

  const lead = async (store: MetaStore): Promise<Fence> => {
    const outcome = await store.campaign(livingCandidate());
    if (outcome.kind === 'held') throw new Error(`held by ${outcome.holder}`);
    return outcome.leadership.fence;
  };

  const put = (key: string): Write => ({ kind: 'put', key, value: Buffer.from(key) });

  describe('under kill -9', () => {
    let program: CompiledProgram;

    beforeAll(async () => {
      program = await compileProgram('embedded-writer');
    }, 60_000);

    afterAll(() => program.remove());

    /** Commits by number, as far as they are in the store; throws when one is there in part. */
    const readCommits = async (): Promise<Set<number>> => {
      const store = await openStore();
      await lead(store);
      const keysOf = new Map<number, number>();
      for await (const page of store.scan('own/')) {
        for (const { key, value } of page) {
          const number = Number(key.split('/')[1]);
          expect(Buffer.from(value).toString()).toBe(String(number));
          keysOf.set(number, (keysOf.get(number) ?? 0) + 1);
        }
      }
      expect(new Set(keysOf.values())).toEqual(new Set([8]));
      const shared: string[] = [];
      for await (const page of store.scan('shared/')) {
        for (const { value } of page) shared.push(Buffer.from(value).toString());
      }
      expect(shared).toHaveLength(100);
      expect(new Set(shared).size).toBe(1);
      await store.close();
      return new Set(keysOf.keys());
    };

    const acked = (lines: readonly string[]): number[] =>
      lines.flatMap((line) => (line.startsWith('acked ') ? [Number(line.slice(6))] : []));

    it('keeps every acknowledged commit and no torn one, time after time', async () => {
      const everAcked: number[] = [];
      for (const killAfter of [1, 40, 150, 400]) {
        const first = String(everAcked.length + 1_000_000 * killAfter);
        const run = new ProgramRun(process.execPath, [program.path, directory.path, '16', first]);
        await run.until((lines) => acked(lines).length >= killAfter);
        await run.kill();
        everAcked.push(...acked(run.lines));
        const stored = await readCommits();
        expect(everAcked.filter((number) => !stored.has(number))).toEqual([]);
      }
    }, 60_000);

    it('keeps every acknowledged commit and no torn one when the disk refuses to grow', async () => {
      const limited = `ulimit -f 600; exec "$0" "$@"`;
      const args = ['-c', limited, process.execPath, program.path, directory.path, '4'];
      const run = new ProgramRun('bash', args);
      await run.ended();
      expect(acked(run.lines).length).toBeGreaterThan(0);
      expect(run.lines).toContain('lost');
      const stored = await readCommits();
      expect(acked(run.lines).filter((number) => !stored.has(number))).toEqual([]);
    }, 60_000);

    it('lets one of several processes own the store, and the next one once it is killed', async () => {
      const start = () => new ProgramRun(process.execPath, [program.path, directory.path]);
      const runs = Array.from({ length: 4 }, start);
      await Promise.all(runs.map((run) => run.until((lines) => lines.length > 0)));
      const owners = runs.filter((run) => run.lines[0] === 'elected');
      expect(owners).toHaveLength(1);
      const owner = owners[0];
      for (const run of runs.filter((one) => one !== owner)) {
        expect(run.lines[0]).toContain(`pid ${owner?.pid} on host`);
        await run.ended();
      }
      await owner?.kill();
      const next = start();
      await next.until((lines) => lines.includes('elected'));
      await next.kill();
    }, 60_000);
  });

  describe('ownership across hosts', () => {
    it('leaves an owner of another host in place as long as its heart beats', async () => {
      const owner = await openStore({ renewEveryMs: 20 });
      await owner.campaign(remoteCandidate());
      const rival = await openStore({ ownerTtlMs: 300 });
      const untilMs = performance.now() + 1_000;
      while (performance.now() < untilMs) {
        expect(await rival.campaign(livingCandidate())).toMatchObject({
          kind: 'held',
          holder: expect.stringMatching(/host elsewhere.*silent for \d+ of the 300 ms/),
        });
        await pause(25);
      }
    });

    it('replaces a silent one after its time to live, counted from the first look', async () => {
      const owner = await openStore({ renewEveryMs: 1_000_000 });
      const old = await owner.campaign(remoteCandidate());
      const rival = await openStore({ ownerTtlMs: 300 });
      const sinceMs = performance.now();
      let outcome = await rival.campaign(livingCandidate());
      while (outcome.kind === 'held') {
        await pause(10);
        outcome = await rival.campaign(livingCandidate());
      }
      expect(performance.now() - sinceMs).toBeGreaterThanOrEqual(300);
      if (old.kind === 'held') throw new Error('the first campaign must succeed');
      await expect(owner.commit([put('a')], old.leadership.fence)).rejects.toMatchObject({
        kind: 'ServiceNotReady',
        message: expect.stringContaining(`pid ${process.pid}`),
      });
    });
  });

  describe('the data directory', () => {
    const dataFile = (): string => join(directory.path, 'meta', 'data.mdb');

    const fill = async (): Promise<void> => {
      const store = await openStore();
      const fence = await lead(store);
      await store.commit(
        Array.from({ length: 2_000 }, (_, i) => put(`a/${i}`)),
        fence,
      );
      await store.close();
    };

    it('is made when missing, with files directly in its meta directory, for its owner only', async () => {
      const dataDir = join(directory.path, 'not', 'yet', 'there');
      const store = await openStore({ dataDir });
      await lead(store);
      const mode = statSync(join(dataDir, 'meta')).mode & 0o777;
      expect(mode).toBe(0o700);
      expect(readFileSync(join(dataDir, 'meta', 'data.mdb')).byteLength).toBeGreaterThan(0);
    });

    it('is refused by name when it is a file', async () => {
      const dataDir = join(directory.path, 'file');
      await writeFile(dataDir, '');
      await expect(openStore({ dataDir })).rejects.toMatchObject({
        kind: 'MetaStoreUnavailable',
        message: expect.stringMatching(/file\/meta.*(ENOTDIR|EEXIST)/),
      });
    });

    it('is refused by name when it cannot be made', async () => {
      await expect(openStore({ dataDir: '/proc/rootstock' })).rejects.toMatchObject({
        kind: 'MetaStoreUnavailable',
        message: expect.stringContaining('/proc/rootstock/meta'),
      });
    });

    it('is refused when its file is not from lmdb, instead of dying of it', async () => {
      await mkdir(join(directory.path, 'meta'));
      for (const content of [Buffer.alloc(20_000, 'garbage!'), Buffer.from('hi')]) {
        await writeFile(dataFile(), content);
        await expect(openStore()).rejects.toMatchObject({
          kind: 'ServiceInternal',
          message: expect.stringContaining('not an lmdb file'),
        });
      }
    });

    it('is refused when its file was cut short, instead of dying of it', async () => {
      await fill();
      await truncate(dataFile(), 8_192);
      await expect(openStore()).rejects.toMatchObject({
        kind: 'ServiceInternal',
        message: expect.stringContaining('cut short at 8192 bytes'),
      });
    });

    it('takes over an empty file, which a crash at its making leaves behind', async () => {
      await mkdir(join(directory.path, 'meta'));
      await writeFile(dataFile(), '');
      const store = await openStore();
      await store.commit([put('a')], await lead(store));
    });

    it('is refused when another program wrote it or a newer version did', async () => {
      const path = join(directory.path, 'meta');
      const foreign = open<string, string>({ path, noSubdir: false, encoding: 'string' });
      await foreign.put('somebody', 'else');
      await foreign.close();
      await expect(openStore()).rejects.toMatchObject({
        kind: 'ServiceInternal',
        message: expect.stringContaining('another program wrote it'),
      });
      const newer = open<string, string>({ path, noSubdir: false, encoding: 'string' });
      await newer.put('rootstock-meta-format', '2');
      await newer.close();
      await expect(openStore()).rejects.toMatchObject({
        kind: 'ServiceInternal',
        message: expect.stringContaining('its format is 2, this program knows 1'),
      });
    });

    it('takes no commit while less space is free than the reserve', async () => {
      const store = await openStore({ diskReserveBytes: Number.MAX_SAFE_INTEGER });
      const fence = await lead(store);
      await expect(store.commit([put('a')], fence)).rejects.toMatchObject({
        kind: 'MetaStoreUnavailable',
        message: expect.stringMatching(/is full: \d+ bytes free/),
      });
      expect(await store.get('a')).toBeUndefined();
    });
  });

  it('writes commits of one turn in one transaction', async () => {
    const store = await openStore();
    const fence = await lead(store);
    const writeCalls = (): number =>
      Number(/syscw: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
    const commit = (path: string) => store.commit([put(path)], fence);

    const before = writeCalls();
    for (let i = 0; i < 64; i++) await commit(`one/${i}`);
    const afterSingles = writeCalls();
    await Promise.all(Array.from({ length: 64 }, (_, i) => commit(`many/${i}`)));
    const ofSingles = afterSingles - before;
    const ofMany = writeCalls() - afterSingles;

    expect(ofSingles).toBeGreaterThanOrEqual(128);
    expect(ofMany * 4).toBeLessThan(ofSingles);
  });

  it('refuses the commit that is one too many at once, and goes on', async () => {
    const store = await openStore();
    const fence = await lead(store);
    const commits = Array.from({ length: 1_025 }, (_, i) => store.commit([put(`q/${i}`)], fence));
    const outcomes = await Promise.allSettled(commits);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject([{ kind: 'MetaStoreUnavailable' }]);
    expect(await store.get('q/1024')).toBeUndefined();
    await store.commit([put('q/1024')], fence);
  });
});
