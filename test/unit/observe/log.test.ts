import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, type LogLevel } from '../../../src/observe/log.js';
import { VirtualClock } from '../../kit/virtual-clock.js';

let directory: string;
let fd: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rootstock-log-'));
  fd = openSync(join(directory, 'log'), 'w');
});

afterEach(() => {
  closeSync(fd);
  rmSync(directory, { recursive: true });
});

const open = (level: LogLevel = 'info') => createLog({ level, clock: new VirtualClock(0), fd });

const lines = (): Record<string, unknown>[] =>
  readFileSync(join(directory, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('log', () => {
  it('has handed the line to the kernel when the call returns, so that no exit loses it', () => {
    open().info({ durationMs: 12 }, 'collection dropped');
    expect(lines()).toEqual([
      {
        level: 'info',
        time: '1970-01-01T00:00:00.000Z',
        pid: process.pid,
        durationMs: 12,
        msg: 'collection dropped',
      },
    ]);
  });

  it('writes the given level and what is worse', () => {
    const log = open('warn');
    log.debug({}, 'debug');
    log.info({}, 'info');
    log.warn({}, 'warn');
    log.error({}, 'error');
    expect(lines().map(({ msg }) => msg)).toEqual(['warn', 'error']);
  });

  it('takes every level Milvus names', () => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) {
      open(level).error({ at: level }, 'said');
    }
    open('fatal').error({}, 'not said');
    expect(lines().map(({ at }) => at)).toEqual(['trace', 'debug', 'info', 'warn', 'error']);
  });

  it('writes bigint ids with all their digits, of children too', () => {
    const log = open().child({ collectionId: 449812345678901235n });
    log.info({ task: { id: 449812345678901236n } }, 'created');
    expect(lines()).toMatchObject([
      { collectionId: '449812345678901235', task: { id: '449812345678901236' } },
    ]);
  });

  it('carries the fields of every ancestor', () => {
    open().child({ component: 'ddl' }).child({ actor: 'x:1' }).info({}, 'idle');
    expect(lines()).toMatchObject([{ component: 'ddl', actor: 'x:1', msg: 'idle' }]);
  });

  it('shows errors with stack and cause', () => {
    open().error({ error: new Error('lost', { cause: new Error('frozen') }) }, 'store failed');
    expect(lines()).toMatchObject([{ error: { message: 'lost', cause: { message: 'frozen' } } }]);
  });

  it('hides credentials wherever they are', () => {
    const log = open().child({ authorization: 'Basic cm9vdA==' });
    log.info({ request: { username: 'root', password: 'Milvus' } }, 'refused');
    expect(lines()).toMatchObject([
      { authorization: '[redacted]', request: { username: 'root', password: '[redacted]' } },
    ]);
  });

  it('keeps a line below 16 KiB whatever a caller sends', () => {
    const name = 'n'.repeat(1_000_000);
    open().info({ name, names: Array.from({ length: 1_000 }, () => name) }, 'refused');
    expect(readFileSync(join(directory, 'log')).length).toBeLessThan(16 * 1024);
    expect(lines()[0]?.name).toMatch(/^n{2048}…\(1000000 characters\)$/);
  });

  it('still writes a line when a field cannot be read', () => {
    const fields = {
      get broken(): never {
        throw new Error('no');
      },
    };
    open().info(fields, 'said');
    expect(lines()).toMatchObject([{ msg: 'said' }]);
  });

  it('survives a stdout that takes nothing more', () => {
    const full = openSync('/dev/full', 'w');
    const log = createLog({ level: 'info', clock: new VirtualClock(0), fd: full });
    expect(() => {
      for (let i = 0; i < 1_000; i++) log.info({ text: 'x'.repeat(4_000) }, 'lost');
    }).not.toThrow();
    closeSync(full);
  });
});
