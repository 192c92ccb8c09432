import { readFileSync } from 'node:fs';

const KIB_PER_MIB = 1_024;

/** Memory of a process that is in RAM, in MiB. Linux only, like every place the suite runs at. */
export function residentMib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / KIB_PER_MIB);
}
