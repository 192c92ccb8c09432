import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Candidate } from '../ports/meta-store.js';

/** What can be told from here about the process behind a candidate. */
export type Liveness = 'alive' | 'dead' | 'unknown';

interface ProcessStat {
  /** One letter, `man 5 proc`. */
  readonly state: string;
  /** Clock ticks between boot and the start of the process. */
  readonly start: string;
}

/** Killed, but not yet collected by its parent: it holds no files any more. */
const DEAD_STATES: ReadonlySet<string> = new Set(['Z', 'X']);

/** Identity and address of this process, as others will read it in the store. */
export function identifyProcess(address: string): Candidate {
  return {
    address,
    host: hostname(),
    bootId: textOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: textOrEmpty(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    processStart: readStat('self')?.start ?? '',
  };
}

/**
 * Whether the process runs, if it ever ran in this pid name space. A reused pid and a killed
 * process that nobody collected count as not running.
 */
export function isProcessAlive(candidate: Candidate): boolean {
  const stat = readStat(String(candidate.pid));
  if (stat === undefined || candidate.processStart === '') return answersSignal(candidate.pid);
  return !DEAD_STATES.has(stat.state) && stat.start === candidate.processStart;
}

/**
 * `unknown` for another host, another boot or another pid name space, and where the platform does
 * not tell when a process started: then only silence proves death.
 */
export function livenessOf(candidate: Candidate): Liveness {
  const here = identifyProcess('');
  const isNeighbour =
    candidate.host === here.host &&
    candidate.bootId === here.bootId &&
    candidate.pidNamespace === here.pidNamespace;
  if (!isNeighbour) return 'unknown';
  if (!isProcessAlive(candidate)) return 'dead';
  return candidate.processStart === '' ? 'unknown' : 'alive';
}

/** A candidate in words for a log line or an error. */
export const describeCandidate = (candidate: Candidate): string =>
  `pid ${candidate.pid} on host ${candidate.host} (address ${candidate.address})`;

function readStat(process: string): ProcessStat | undefined {
  const line = textOrEmpty(() => readFileSync(`/proc/${process}/stat`, 'utf8'));
  // The second field is the program's name and may itself hold blanks and brackets.
  const [state, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const start = rest[18];
  return state === undefined || start === undefined ? undefined : { state, start };
}

/** Signal 0 only asks; EPERM means that the process exists and belongs to somebody else. */
function answersSignal(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Platforms without /proc do not tell. */
function textOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
