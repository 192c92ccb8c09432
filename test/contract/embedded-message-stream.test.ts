import { readFileSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  EmbeddedMessageStream,
  type EmbeddedMessageStreamOptions,
} from '../../src/adapters/embedded/embedded-message-stream.js';
import { sequenceOf } from '../../src/domain/stream-position.js';
import type { StartAt, StoredMessage } from '../../src/ports/message-stream.js';
import { type CompiledProgram, compileProgram } from '../kit/compile-program.js';
import { eventually } from '../kit/eventually.js';
import { KEEP_ALL, message, numbered, textOf } from '../kit/message-stream-bed.js';
import { ProgramRun } from '../kit/program-run.js';
import { type TemporaryDirectory, temporaryDirectory } from '../kit/temporary-directory.js';
import { VirtualClock } from '../kit/virtual-clock.js';

describe('EmbeddedMessageStream', () => {
  let directory: TemporaryDirectory;
  let opened: EmbeddedMessageStream[];

  beforeEach(async () => {
    directory = await temporaryDirectory();
    opened = [];
  });

  afterEach(async () => {
    for (const stream of opened) await stream.close();
    await directory.remove();
  });

  const openStream = async (
    options: Partial<EmbeddedMessageStreamOptions> = {},
  ): Promise<EmbeddedMessageStream> => {
    const common = { dataDir: directory.path, retention: KEEP_ALL };
    const stream = await EmbeddedMessageStream.open({ ...common, ...options });
    opened.push(stream);
    return stream;
  };

  const readAll = async (stream: EmbeddedMessageStream, channel: string) => {
    const all: StoredMessage[] = [];
    for (let start: StartAt = { kind: 'earliest' }; ; ) {
      const page = await stream.read(channel, start, 1_000);
      const last = page.at(-1);
      if (last === undefined) return all;
      all.push(...page);
      start = { kind: 'after', position: last.position };
    }
  };

  describe('under kill -9', () => {
    let program: CompiledProgram;

    beforeAll(async () => {
      program = await compileProgram('embedded-appender');
    }, 60_000);

    afterAll(() => program.remove());

    const ackedIn = (lines: readonly string[]): readonly string[] =>
      lines.filter((line) => line.startsWith('acked '));

    /** `acked` lines of what is stored, checked to be without gap and in the order of the calls. */
    const readStored = async (): Promise<Set<string>> => {
      const stream = await openStream();
      const stored = new Set<string>();
      for (const channel of await stream.channels('c')) {
        let sequence = 0;
        let before = { run: -1, call: -1 };
        for (const one of await readAll(stream, channel)) {
          const text = textOf(one);
          expect(sequenceOf(one.position)).toBe(++sequence);
          expect(one.properties).toEqual({ n: text });
          const [run = Number.NaN, call = Number.NaN] = text.split(' ').map(Number);
          expect(run > before.run || (run === before.run && call > before.call)).toBe(true);
          before = { run, call };
          stored.add(`acked ${channel} ${sequence} ${text}`);
        }
      }
      await stream.close();
      return stored;
    };

    it('keeps every acknowledged append at its place, in order, without a gap', async () => {
      const everAcked: string[] = [];
      for (const [run, killAfter] of [1, 50, 400, 2_000].entries()) {
        const args = [program.path, directory.path, '64', String(run)];
        const child = new ProgramRun(process.execPath, args);
        await child.until((lines) => ackedIn(lines).length >= killAfter);
        await child.kill();
        everAcked.push(...ackedIn(child.lines));
        const stored = await readStored();
        expect(everAcked.filter((line) => !stored.has(line))).toEqual([]);
      }
    }, 60_000);

    it('keeps them when the disk refuses to grow, and takes no more', async () => {
      const args = ['-c', `ulimit -f 600; exec "$0" "$@"`, process.execPath, program.path];
      const child = new ProgramRun('bash', [...args, directory.path, '16', '1']);
      await child.until((lines) => lines.some((line) => line.startsWith('failed')));
      await child.kill();
      expect(child.lines).toContain('failed ServiceNotReady true');
      expect(ackedIn(child.lines).length).toBeGreaterThan(0);
      const stored = await readStored();
      expect(ackedIn(child.lines).filter((line) => !stored.has(line))).toEqual([]);
    }, 60_000);
  });

  it('shares a commit among appends that wait', async () => {
    const stream = await openStream();
    await stream.createChannel('c');
    const writeCalls = (): number =>
      Number(/syscw: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
    const before = writeCalls();
    for (let i = 0; i < 64; i++) await stream.append('c', [message('one')]);
    const afterSingles = writeCalls();
    await Promise.all(Array.from({ length: 64 }, () => stream.append('c', [message('many')])));
    expect((writeCalls() - afterSingles) * 4).toBeLessThan(afterSingles - before);
  });

  it('lets the last one that began to write go on, and tells the other', async () => {
    const first = await openStream();
    await first.createChannel('c');
    await first.append('c', [message('m1')]);
    const second = await openStream();
    await second.append('c', [message('m2')]);
    await expect(first.append('c', [message('late')])).rejects.toMatchObject({
      kind: 'ServiceNotReady',
    });
    expect(first.lost.aborted).toBe(true);
    expect(second.lost.aborted).toBe(false);
    expect((await readAll(first, 'c')).map(textOf)).toEqual(['m1', 'm2']);
  });

  it('refuses appends while the disk is nearly full', async () => {
    const stream = await openStream({ diskReserveBytes: 2 ** 60 });
    await stream.createChannel('c');
    await expect(stream.append('c', [message('m')])).rejects.toMatchObject({
      kind: 'MessageStreamUnavailable',
      message: expect.stringMatching(/is full: \d+ bytes free/),
    });
  });

  it('names the path of what it cannot open', async () => {
    const stream = await openStream();
    await stream.close();
    const file = join(directory.path, 'messages', 'data.mdb');
    await truncate(file, 100);
    await expect(openStream()).rejects.toMatchObject({ message: expect.stringContaining(file) });
    await writeFile(join(directory.path, 'plain'), '');
    await expect(openStream({ dataDir: join(directory.path, 'plain') })).rejects.toMatchObject({
      kind: 'MessageStreamUnavailable',
      message: expect.stringContaining('plain'),
    });
  });

  it('forgets by the age at the append, by its clock, and keeps the newest block', async () => {
    const clock = new VirtualClock();
    const retention = { ageMs: 60_000, bytes: 2 ** 30 };
    const stream = await openStream({ clock, retention, sweepEveryMs: 1 });
    await stream.createChannel('c');
    await stream.append('c', numbered(2).map(message));
    clock.step(50_000);
    await stream.append('c', [message('m3')]);
    const texts = async (): Promise<string[]> => {
      await clock.advance(1);
      return (await readAll(stream, 'c')).map(textOf);
    };
    expect(await texts()).toEqual(numbered(3));
    clock.step(20_000);
    await eventually(texts, (kept) => kept.length === 1);
    clock.step(1_000_000);
    expect(await texts()).toEqual(['m3']);
    expect(await texts()).toEqual(['m3']);
  });

  it('gives a deleted channel’s space to other channels', async () => {
    const stream = await openStream();
    const large = { payload: Buffer.alloc(500_000, 1), properties: {} };
    const sizes: number[] = [];
    for (let round = 0; round < 6; round++) {
      const channel = `c${round}`;
      await stream.createChannel(channel);
      for (let i = 0; i < 10; i++) await stream.append(channel, [large]);
      await stream.deleteChannel(channel);
      // Its turn comes behind the sweep that the deletion began.
      await stream.createChannel('other');
      sizes.push(readFileSync(join(directory.path, 'messages', 'data.mdb')).byteLength);
    }
    expect(sizes.at(-1)).toBeLessThan(4 * 5_000_000);
  });
});
