import { describe, expect, it } from 'vitest';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { DDL_SOURCE_ID, DdlSource } from '../../../../src/root/ticks/ddl-source.js';
import { SafeTimes } from '../../../../src/timetick/safe-times.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const ts = (value: bigint) => value as Timestamp;

function aSource() {
  const clock = new VirtualClock();
  const safeTimes = new SafeTimes();
  const timeline: { min: Timestamp | undefined } = { min: undefined };
  const oracle = { next: 1_000n, isSlow: false };
  const allocateNow = () => {
    if (oracle.isSlow) return undefined;
    oracle.next += 1n;
    return ts(oracle.next);
  };
  const source = new DdlSource({
    safeTimes,
    timeline,
    oracle: { allocateNow },
    clock,
    intervalMs: 200,
  });
  return { clock, safeTimes, timeline, oracle, source };
}

describe('DDL as a source of time ticks', () => {
  it('holds every channel until it reports for the first time', () => {
    const { safeTimes, source } = aSource();
    safeTimes.join(7n);
    safeTimes.report(7n, { defaultTimestamp: ts(5_000n), channels: new Map() });
    expect(safeTimes.safeTime('a')).toBe(0n);
    source.start();
    expect(safeTimes.safeTime('a')).toBe(1_001n);
    source.stop();
  });

  it('reports the present at every interval while no DDL is open', async () => {
    const { clock, safeTimes, source } = aSource();
    source.start();
    await clock.advance(600);
    expect(safeTimes.safeTime('a')).toBe(1_004n);
    source.stop();
    await clock.advance(600);
    expect(safeTimes.safeTime('a')).toBe(1_004n);
    expect(clock.timerCount).toBe(0);
  });

  it('stays right before the oldest open DDL for as long as that is open', async () => {
    const { clock, safeTimes, timeline, oracle, source } = aSource();
    source.start();
    timeline.min = ts(1_010n);
    oracle.next = 2_000n;
    await clock.advance(1_000);
    expect(safeTimes.safeTime('a')).toBe(1_009n);
    timeline.min = undefined;
    await clock.advance(200);
    expect(safeTimes.safeTime('a')).toBe(2_001n);
    source.stop();
  });

  it('leaves an interval out when no timestamp is to be had at once', async () => {
    const { clock, safeTimes, oracle, source } = aSource();
    source.start();
    oracle.isSlow = true;
    await clock.advance(400);
    expect(safeTimes.safeTime('a')).toBe(1_001n);
    oracle.isSlow = false;
    await clock.advance(200);
    expect(safeTimes.safeTime('a')).toBe(1_002n);
    source.stop();
  });

  it('is one source, with an id that no proxy has', () => {
    expect(DDL_SOURCE_ID).toBeLessThan(0n);
    const { safeTimes } = aSource();
    safeTimes.join(7n);
    safeTimes.report(7n, { defaultTimestamp: ts(5_000n), channels: new Map() });
    safeTimes.leave(DDL_SOURCE_ID);
    expect(safeTimes.safeTime('a')).toBe(5_000n);
  });
});
