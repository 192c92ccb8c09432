import { eventually } from '../kit/eventually.js';
import { ServerProcess } from '../kit/server-process.js';
import { pin, SERVER_CORE } from './processes.js';

/** What the server wrote since it was asked last. */
export interface CommitReport {
  commits: number;
  /** Operations on records: databases, collections, partitions, fields, aliases. */
  recordWrites: number;
  /** Operations on the journal. */
  historyWrites: number;
  /** First sequence of each journal entry, and CLOCK_MONOTONIC when its commit was through. */
  acknowledgedNs: [number, string][];
}

/** The longest turns of its event loop since it was asked last, the longest first. */
export interface TurnReport {
  readonly turnsMs: readonly number[];
  /** The same without the time in which other processes had the loop's processor. */
  readonly heldMs: readonly number[];
}

const PROBE = new URL('./server-probe.js', import.meta.url).href;

/** The real program with a probe in it; see `server-probe.ts`. */
export async function startProbed(
  dataDir: string,
  probe: 'commits' | 'turns',
  sets: readonly string[] = [],
): Promise<ServerProcess> {
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `${before ?? ''} --import ${PROBE}`;
  process.env.ROOTSTOCK_PROBE = probe;
  const server = await ServerProcess.start({ dataDir, sets });
  if (before === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = before;
  pin(server.pid, SERVER_CORE);
  return server;
}

const linesOf = ({ log }: ServerProcess) => log.filter(({ msg }) => msg === 'probe');

/** What the probe has seen since the last time. */
export async function readProbe<Report>(server: ServerProcess): Promise<Report> {
  const known = linesOf(server).length;
  process.kill(server.pid, 'SIGUSR2');
  const lines = await eventually(
    async () => linesOf(server),
    (all) => all.length > known,
  );
  return lines.at(-1) as unknown as Report;
}
