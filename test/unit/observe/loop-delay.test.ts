import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.js';
import { LoopDelay, type LoopTotals, turnBetween } from '../../../src/observe/loop-delay.js';
import type { LogFields, Logger } from '../../../src/ports/logger.js';
import { eventually } from '../../kit/eventually.js';
import { silentLogger } from '../../kit/silent-logger.js';

const at = (atMs: number, idleMs: number, usedMs?: number, queuedMs = 0): LoopTotals => ({
  atMs,
  idleMs,
  cpu: usedMs === undefined ? undefined : { usedMs, queuedMs },
});

describe('what a loop did between two looks', () => {
  it.each([
    ['nothing', at(0, 0, 0), at(10, 10, 0), { blockedMs: 0, cpuMs: 0 }],
    ['work all the time', at(0, 0, 0), at(80, 0, 80), { blockedMs: 80, cpuMs: 80 }],
    ['work after a rest', at(100, 50, 20), at(190, 60, 100), { blockedMs: 80, cpuMs: 80 }],
    ['wait for a disk', at(0, 0, 0), at(80, 0, 5), { blockedMs: 80, cpuMs: 5 }],
    ['wait for a processor', at(0, 0, 0), at(80, 0, 20, 60), { blockedMs: 20, cpuMs: 20 }],
    ['wake up late', at(0, 0, 0), at(80, 60, 20, 50), { blockedMs: 20, cpuMs: 20 }],
    ['something the system does not tell', at(0, 0), at(80, 10), { blockedMs: 70, cpuMs: 70 }],
  ])('%s', (_what, before, after, turn) => {
    expect(turnBetween(before, after)).toEqual(turn);
  });
});

/** A logger that keeps its warnings. */
function warnings(): { readonly log: Logger; readonly heard: [string, LogFields][] } {
  const heard: [string, LogFields][] = [];
  const warn = (fields: LogFields, message: string) => heard.push([message, fields]);
  return { log: { ...silentLogger, warn }, heard };
}

const BLOCKED_MS = 120;

describe('the watch over an event loop', () => {
  it('tells of a turn that computes for long: it is all processor time', async () => {
    const { log, heard } = warnings();
    const delay = new LoopDelay({ clock: new SystemClock(), log, warnMs: 100 });
    const { user } = process.cpuUsage();
    while (process.cpuUsage().user - user < BLOCKED_MS * 1_000);
    await eventually(
      async () => heard.length,
      (count) => count > 0,
    );
    expect(heard).toContainEqual(['event loop was blocked', expect.anything()]);
    expect(delay.longest.cpuMs).toBeGreaterThan(BLOCKED_MS / 2);
    expect(delay.longest.blockedMs).toBeGreaterThanOrEqual(delay.longest.cpuMs);
  });

  it('tells of a turn that waits in a system call: it takes no processor time', async () => {
    const { log, heard } = warnings();
    const delay = new LoopDelay({ clock: new SystemClock(), log, warnMs: 100 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
    await eventually(
      async () => delay.longest.blockedMs,
      (ms) => ms >= BLOCKED_MS * 0.9,
    );
    expect(heard[0]?.[1]).toMatchObject({ blockedMs: expect.any(Number) });
    expect(delay.longest.cpuMs).toBeLessThan(BLOCKED_MS / 2);
  });
});
