import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeEvent, WatchResponse } from '../../../src/gen/control.js';
import { CatalogServer } from '../../kit/catalog-server.js';
import { eventually } from '../../kit/eventually.js';
import type { LoopbackServer } from '../../kit/loopback-server.js';
import { temporaryDirectory } from '../../kit/temporary-directory.js';

const SPEC = `
databases:
  shop:
    collections:
      books:
        shards: 2
        fields:
          - { name: id, type: Int64, primaryKey: true }
          - { name: vector, type: FloatVector, dim: 8 }
        partitions: [a, b]
        aliases: [tomes]
`;

const STEPS = [
  'create database shop',
  'create collection shop.books (id Int64 primary, vector FloatVector dim=8) shards=2 consistency=Bounded',
  'create partition shop.books.a',
  'create partition shop.books.b',
  'create alias shop.tomes for books',
];

describe('the program, against a server that knows only the catalog', { timeout: 30_000 }, () => {
  const started: ChildProcess[] = [];
  let catalog: CatalogServer;
  let server: LoopbackServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let spec: string;

  beforeEach(async () => {
    catalog = new CatalogServer();
    server = await catalog.start();
    directory = await temporaryDirectory();
    spec = join(directory.path, 'spec.yaml');
    await writeFile(spec, SPEC);
  });

  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    server.close();
    await directory.remove();
  });

  function start(...args: string[]): ChildProcess {
    const whole = ['dist/src/main.js', ...args, '--address', server.address];
    const child = spawn(process.execPath, whole, { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    return child;
  }

  async function rootstock(...args: string[]) {
    const child = start(...args);
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('started without pipes');
    const [out, error, [code]] = await Promise.all([
      text(stdout),
      text(stderr),
      once(child, 'close'),
    ]);
    return { code, out: out.split('\n').slice(0, -1), error };
  }

  it('plans what is to do, and says so by its exit code when asked', async () => {
    const plan = await rootstock('plan', spec);
    expect(plan).toEqual({ code: 0, out: STEPS, error: '5 steps to do\n' });
    expect(await rootstock('plan', spec, '--detailed-exitcode')).toMatchObject({ code: 2 });
    expect(await rootstock('apply', spec, '--dry-run')).toMatchObject({ code: 0, out: STEPS });
    expect(catalog.state.size).toBe(1);
  });

  it('applies it, after which there is nothing to do', async () => {
    const apply = await rootstock('apply', spec);
    expect(apply).toEqual({ code: 0, out: STEPS, error: '5 of 5 steps done\n' });
    const plan = await rootstock('plan', spec, '--detailed-exitcode');
    expect(plan).toEqual({ code: 0, out: [], error: 'nothing to do\n' });
  });

  it('stops at the first refusal and goes on when it is run again', async () => {
    catalog.ddlLeft = 3;
    const first = await rootstock('apply', spec);
    expect([first.code, first.out]).toEqual([1, STEPS.slice(0, 3)]);
    expect(first.error).toBe(
      `failed: ${STEPS[3]}: no more today\n3 of 5 steps done; run it again to go on\n`,
    );
    catalog.ddlLeft = Infinity;
    expect(await rootstock('apply', spec)).toMatchObject({ code: 0, out: STEPS.slice(3) });
  });

  it('applies nothing when there is a conflict', async () => {
    await rootstock('apply', spec);
    const changed = SPEC.replace('shards: 2', 'shards: 3').replace('tomes', 'volumes');
    await writeFile(spec, changed);
    const conflict = 'conflict shop.books: shards is 2 and should be 3; it cannot be changed';
    expect(await rootstock('plan', spec)).toEqual({
      code: 1,
      out: ['create alias shop.volumes for books', conflict],
      error: '1 conflict: nothing would be applied\n',
    });
    expect(await rootstock('apply', spec)).toEqual({
      code: 1,
      out: [],
      error: `${conflict}\nnothing was applied\n`,
    });
  });

  it('refuses a bad spec before it calls anybody', async () => {
    await writeFile(spec, 'databses: {}');
    server.close();
    const refused = {
      out: [],
      error:
        '1 problem in the spec:\n  line 1: unknown key "databses"; did you mean "databases"?\n',
    };
    for (const command of ['plan', 'apply']) {
      expect(await rootstock(command, spec)).toEqual({ code: 2, ...refused });
    }
    // There 2 means steps.
    expect(await rootstock('plan', spec, '--detailed-exitcode')).toEqual({ code: 1, ...refused });
  });

  it('says in a sentence that nobody is there', async () => {
    server.close();
    const { code, error } = await rootstock('undrop', '--list');
    expect([code, error]).toEqual([1, `${server.address} cannot be reached\n`]);
  });

  it('watches until it is interrupted, which is no failure', async () => {
    catalog.onWatch = (call) => {
      const events = [ChangeEvent.create({ sequence: 5n, operation: 'collection.created' })];
      call.write(WatchResponse.create({ events, resumeSequence: 5n }));
    };
    const child = start('watch', '--json');
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    await eventually(
      () => Promise.resolve(out),
      (lines) => lines.includes('"sequence":"5"'),
    );
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
  });

  it('says that changes are no longer kept', async () => {
    catalog.onWatch = (call) =>
      call.emit('error', { code: status.OUT_OF_RANGE, details: 'the oldest change kept is 90' });
    const { code, error } = await rootstock('watch', '--from', '7');
    expect(code).toBe(1);
    expect(error).toMatch(/^127\.0\.0\.1:\d+: the oldest change kept is 90\nleave --from out /);
  });
});
