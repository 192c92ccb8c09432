import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { identifyProcess } from '../../src/adapters/process-identity.js';
import type { Candidate } from '../../src/ports/meta-store.js';
import { killAtExit } from './kill-at-exit.js';

/** This process as a candidate; it lives as long as the test does. */
export const livingCandidate = (address = '127.0.0.1:53100'): Candidate => identifyProcess(address);

/** A candidate on a host nobody can look into from here. */
export const remoteCandidate = (address = '192.0.2.1:53100'): Candidate => ({
  ...livingCandidate(address),
  host: 'elsewhere',
  bootId: '00000000-0000-0000-0000-000000000000',
});

/** A candidate that is a real process of its own, and can be killed. */
export interface MortalCandidate {
  readonly candidate: Candidate;
  /** `kill -9`; settles when the process is gone. */
  kill(): Promise<void>;
}

/** A neighbour process that does nothing but live. */
export async function mortalCandidate(address = '127.0.0.1:53101'): Promise<MortalCandidate> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  killAtExit(child);
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep did not start');
  const candidate = { ...livingCandidate(address), pid, processStart: startOf(pid) };
  return { candidate, kill: () => killAndWait(child) };
}

/** A candidate whose process has ended. */
export async function deadCandidate(): Promise<Candidate> {
  const { candidate, kill } = await mortalCandidate();
  await kill();
  return candidate;
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

function startOf(pid: number): string {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const start = line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  if (start === undefined) throw new Error(`/proc/${pid}/stat is shorter than expected`);
  return start;
}
