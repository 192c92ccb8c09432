import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  identifyProcess,
  isProcessAlive,
  livenessOf,
} from '../../../src/adapters/process-identity.js';
import { deadCandidate, livingCandidate, mortalCandidate } from '../../kit/candidates.js';
import { killAtExit } from '../../kit/kill-at-exit.js';
import { temporaryDirectory } from '../../kit/temporary-directory.js';

describe('process identity', () => {
  it('tells host, boot, pid name space, pid and start of this process', () => {
    const me = identifyProcess('10.0.0.7:53100');
    expect(me).toMatchObject({ address: '10.0.0.7:53100', pid: process.pid });
    expect(me.host).not.toBe('');
    expect(me.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(me.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    expect(me.processStart).toMatch(/^\d+$/);
    expect(identifyProcess('10.0.0.7:53100')).toEqual(me);
  });

  it('knows the living from the dead', async () => {
    expect(livenessOf(livingCandidate())).toBe('alive');
    const mortal = await mortalCandidate();
    expect(livenessOf(mortal.candidate)).toBe('alive');
    await mortal.kill();
    expect(livenessOf(mortal.candidate)).toBe('dead');
  });

  it('takes a process with the same pid but another start for another process', () => {
    expect(livenessOf({ ...livingCandidate(), processStart: '1' })).toBe('dead');
  });

  it('counts a killed process nobody collected as dead', async () => {
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600']);
    killAtExit(parent);
    onTestFinished(() => {
      parent.kill('SIGKILL');
    });
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    const candidate = { ...livingCandidate(), pid, processStart: startOf(pid) };
    expect(isProcessAlive(candidate)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isProcessAlive(candidate)).toBe(false);
    expect(existsSync(`/proc/${pid}/stat`)).toBe(true);
  });

  it('reads the start of a process whatever its program is called', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const program = join(directory.path, 'a) Z 1 2');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['600'], { stdio: 'ignore' });
    killAtExit(child);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    await expect.poll(() => readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('a) Z 1 2\n');
    expect(isProcessAlive({ ...livingCandidate(), pid, processStart: startOf(pid) })).toBe(true);
  });

  it.each([
    ['host', { host: 'elsewhere' }],
    ['boot', { bootId: '00000000-0000-0000-0000-000000000000' }],
    ['pid name space', { pidNamespace: 'pid:[1]' }],
  ])(
    'cannot tell about a process of another %s, even if its pid is free here',
    async (_, other) => {
      expect(livenessOf({ ...(await deadCandidate()), ...other })).toBe('unknown');
    },
  );

  it('proves only death where the platform does not tell when a process started', async () => {
    expect(livenessOf({ ...livingCandidate(), processStart: '' })).toBe('unknown');
    expect(livenessOf({ ...(await deadCandidate()), processStart: '' })).toBe('dead');
  });

  it('takes a pid that can be none for dead', () => {
    for (const pid of [0, -1, 1.5, Number.NaN]) {
      expect(isProcessAlive({ ...livingCandidate(), pid })).toBe(false);
    }
  });
});

/** Field 22 of the stat line, counted from the end of the name. */
function startOf(pid: number): string {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return line.slice(line.lastIndexOf(') ') + 2).split(' ')[19] ?? '';
}
