import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedMessageStream } from '../../src/adapters/embedded/embedded-message-stream.js';
import { openMessageEnvironment } from '../../src/adapters/embedded/message-environment.js';
import { positionAt, sequenceOf } from '../../src/domain/stream-position.js';
import { type CompiledProgram, compileProgram } from '../kit/compile-program.js';
import { eventually } from '../kit/eventually.js';
import { KEEP_ALL, message, numbered } from '../kit/message-stream-bed.js';
import { ProgramRun } from '../kit/program-run.js';
import { type TemporaryDirectory, temporaryDirectory } from '../kit/temporary-directory.js';

describe('positions of readers in the EmbeddedMessageStream', () => {
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

  const openStream = async (sweepEveryMs = 1_000): Promise<EmbeddedMessageStream> => {
    const options = { dataDir: directory.path, retention: KEEP_ALL, sweepEveryMs };
    const stream = await EmbeddedMessageStream.open(options);
    opened.push(stream);
    return stream;
  };

  describe('under kill -9', () => {
    let appender: CompiledProgram;
    let reader: CompiledProgram;

    beforeAll(async () => {
      appender = await compileProgram('embedded-appender');
      reader = await compileProgram('embedded-reader');
    }, 60_000);

    afterAll(async () => {
      await appender.remove();
      await reader.remove();
    });

    const sequencesOf = (lines: readonly string[], word: string): number[] =>
      lines
        .filter((line) => line.startsWith(`${word} `))
        .map((line) => Number(line.split(' ').at(-1)));

    it('keeps every acknowledged position of the process that appends', async () => {
      for (const [run, killAfter] of [1, 50, 400].entries()) {
        const args = [appender.path, directory.path, '64', String(run)];
        const child = new ProgramRun(process.execPath, args);
        await child.until((lines) => sequencesOf(lines, 'stored').length >= killAfter);
        await child.kill();
        const stream = await openStream();
        for (const channel of await stream.channels('c')) {
          const acked = Math.max(0, ...sequencesOf(child.lines, `stored ${channel}`));
          const stored = sequenceOf((await stream.storedPosition(channel, 'r')) ?? positionAt(0));
          const last = sequenceOf((await stream.lastPosition(channel)) ?? positionAt(0));
          expect(stored).toBeGreaterThanOrEqual(acked);
          expect(stored).toBeLessThanOrEqual(last);
        }
        await stream.close();
      }
    }, 60_000);

    it('a killed reader goes on where it was, and appends go on, too', async () => {
      const stream = await openStream();
      await stream.createChannel('c');
      const over = new AbortController();
      const appending = (async () => {
        while (!over.signal.aborted) await stream.append('c', [message('m')]);
      })();
      let before = { acked: 0, read: 0 };
      for (const killAfter of [1, 20, 100, 300]) {
        const child = new ProgramRun(process.execPath, [reader.path, directory.path, 'r']);
        await child.until((lines) => sequencesOf(lines, 'stored').length >= killAfter);
        await child.kill();
        const read = sequencesOf(child.lines, 'read');
        const [first = 0] = read;
        // What was stored but not acknowledged any more is the one message it may begin behind.
        expect(first).toBeGreaterThan(before.acked);
        expect(first).toBeLessThanOrEqual(before.read + 1);
        expect(read).toEqual(read.map((_, index) => first + index));
        before = {
          acked: Math.max(...sequencesOf(child.lines, 'stored')),
          read: Math.max(...read),
        };
      }
      over.abort();
      await appending;
      await stream.append('c', [message('last')]);
      expect(stream.lost.aborted).toBe(false);
    }, 60_000);
  });

  it('shares the commit of appends', async () => {
    const stream = await openStream();
    const channels = ['c1', 'c2', 'c3', 'c4'];
    for (const channel of channels) {
      await stream.createChannel(channel);
      await stream.append(channel, numbered(64).map(message));
    }
    const writeCalls = (): number =>
      Number(/syscw: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
    const costOf = async (round: (sequence: number) => Promise<unknown>, from: number) => {
      const before = writeCalls();
      for (let sequence = from; sequence < from + 32; sequence++) await round(sequence);
      return writeCalls() - before;
    };
    const append = (): Promise<unknown> => stream.append('c1', [message('m')]);
    const store = (channel: string, sequence: number): Promise<void> =>
      stream.storePosition(channel, 'r', positionAt(sequence));
    const atOnce = await costOf(
      (sequence) => Promise.all([append(), ...channels.map((one) => store(one, sequence))]),
      1,
    );
    const apart = await costOf(async (sequence) => {
      await append();
      for (const channel of channels) await store(channel, sequence);
    }, 33);
    expect(atOnce * 2).toBeLessThan(apart);
  });

  it('takes positions from an instance that may append no more', async () => {
    const first = await openStream();
    await first.createChannel('c');
    await first.append('c', numbered(2).map(message));
    const second = await openStream();
    await second.append('c', [message('m3')]);
    await expect(first.append('c', [message('late')])).rejects.toMatchObject({
      kind: 'ServiceNotReady',
    });
    await first.storePosition('c', 'r', positionAt(3));
    expect(await second.storedPosition('c', 'r')).toEqual(positionAt(3));
    await second.append('c', [message('m4')]);
  });

  it('sweeps what was stored for a channel as it was being deleted', async () => {
    const stream = await openStream(10);
    await stream.createChannel('c');
    await stream.append('c', [message('m1')]);
    await stream.storePosition('c', 'r', positionAt(1));
    const environment = await openMessageEnvironment(directory.path);
    await environment.readers.put('999', '[["r",1]]', 1);
    const keys = (): string[] => {
      environment.readers.resetReadTxn();
      return [...environment.readers.getKeys()];
    };
    expect(keys()).toContain('1');
    await eventually(
      async () => keys(),
      (ids) => !ids.includes('999'),
    );
    expect(keys()).toEqual(['1']);
    await stream.deleteChannel('c');
    expect(keys()).toEqual([]);
    await environment.close();
  });
});
