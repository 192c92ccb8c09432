import { EmbeddedMetaStore } from '../../src/adapters/embedded/embedded-meta-store.js';
import { ThreadCpu } from '../../src/observe/thread-cpu.js';
import type { Write } from '../../src/ports/meta-store.js';
import type { CommitReport, TurnReport } from './probed-server.js';

/**
 * Loaded into the real server before its own code: watches what no client can see, and tells of it
 * in a line of the log at every SIGUSR2, which begins the watch anew.
 */

const NS_PER_MS = 1e6;

const print = (report: CommitReport | TurnReport): void => {
  process.stdout.write(`${JSON.stringify({ msg: 'probe', ...report })}\n`);
};

/** What every commit holds, and when it was acknowledged on the clock all processes share. */
function watchCommits(): void {
  let report = newCommitReport();
  const commit = EmbeddedMetaStore.prototype.commit;
  EmbeddedMetaStore.prototype.commit = async function (writes, fence) {
    await commit.call(this, writes, fence);
    report.commits += 1;
    for (const write of writes) note(report, write);
  };
  process.on('SIGUSR2', () => {
    print(report);
    report = newCommitReport();
  });
}

const newCommitReport = (): CommitReport => ({
  commits: 0,
  recordWrites: 0,
  historyWrites: 0,
  acknowledgedNs: [],
});

function note(report: CommitReport, { key }: Write): void {
  if (key.includes('/meta/')) report.recordWrites += 1;
  const [, sequence] = /\/rootstock\/journal\/(\d+)$/.exec(key) ?? [];
  if (sequence === undefined) return;
  report.historyWrites += 1;
  report.acknowledgedNs.push([Number(sequence), `${process.hrtime.bigint()}`]);
}

/** Every turn of the event loop, which never rests while it is watched. */
function watchTurns(): void {
  const cpu = new ThreadCpu();
  const queuedMs = () => cpu.times()?.queuedMs ?? 0;
  let turnsMs: number[] = [];
  let heldMs: number[] = [];
  let before = { atNs: process.hrtime.bigint(), queuedMs: queuedMs() };
  const turn = () => {
    const now = { atNs: process.hrtime.bigint(), queuedMs: queuedMs() };
    const turnMs = Number(now.atNs - before.atNs) / NS_PER_MS;
    keepLongest(turnsMs, turnMs);
    keepLongest(heldMs, turnMs - (now.queuedMs - before.queuedMs));
    before = now;
    setImmediate(turn);
  };
  process.on('SIGUSR2', () => {
    print({ turnsMs, heldMs });
    [turnsMs, heldMs] = [[], []];
  });
  turn();
}

const LONGEST_KEPT = 8;

function keepLongest(kept: number[], ms: number): void {
  const shortest = kept[LONGEST_KEPT - 1];
  if (shortest !== undefined && ms <= shortest) return;
  kept.push(ms);
  kept.sort((a, b) => b - a);
  kept.length = Math.min(kept.length, LONGEST_KEPT);
}

if (process.env.ROOTSTOCK_PROBE === 'turns') watchTurns();
else watchCommits();
