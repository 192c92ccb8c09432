import { describe, expect, it } from 'vitest';
import { CoordError } from '../../../../src/domain/errors.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { BATCH_PAUSE_MS, SafeTimeWatcher } from '../../../../src/root/ticks/safe-time-watcher.js';
import { SafeTimes } from '../../../../src/timetick/safe-times.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const ts = (value: bigint) => value as Timestamp;

function aWatcher(channels: string[] = ['a', 'b']) {
  const clock = new VirtualClock();
  const safeTimes = new SafeTimes();
  safeTimes.join(1n);
  const watcher = new SafeTimeWatcher({ safeTimes, clock }, () => channels);
  const report = (at: bigint, listed: Record<string, bigint> = {}) =>
    safeTimes.report(1n, {
      defaultTimestamp: ts(at),
      channels: new Map(Object.entries(listed).map(([name, one]) => [name, ts(one)])),
    });
  const take = () =>
    watcher.take()?.map(({ channelName, timestamp }) => `${channelName} ${timestamp}`);
  /** Whether waiting is over, and how. */
  const waiting = () => {
    const seen: unknown[] = [];
    watcher.ready().then(
      () => seen.push('ready'),
      (failure: unknown) => seen.push(failure),
    );
    return seen;
  };
  return { clock, safeTimes, watcher, report, take, waiting };
}

describe('a watcher of safe times', () => {
  it('is answered at once, with what there is', () => {
    expect(aWatcher().take()).toEqual([]);
    const later = aWatcher();
    later.report(5n, { b: 3n });
    expect([later.take(), later.take()]).toEqual([['a 5', 'b 3'], undefined]);
  });

  it('is told only what moved, and only the newest', () => {
    const { report, take } = aWatcher();
    report(5n, { b: 3n });
    take();
    report(6n, { b: 3n });
    report(7n, { b: 3n });
    expect([take(), take()]).toEqual([['a 7'], undefined]);
  });

  it('waits for a report, and gathers what comes shortly after the last answer', async () => {
    const { clock, report, take, waiting } = aWatcher(['a']);
    take();
    const seen = waiting();
    await clock.advance(10 * BATCH_PAUSE_MS);
    expect(seen).toEqual([]);
    report(1n);
    await settled();
    expect([seen, take()]).toEqual([['ready'], ['a 1']]);
    const again = waiting();
    report(2n);
    await clock.advance(BATCH_PAUSE_MS - 1);
    expect(again).toEqual([]);
    report(3n);
    await clock.advance(1);
    expect([again, take()]).toEqual([['ready'], ['a 3']]);
  });

  it('gets many channels in several answers, without waiting in between', async () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `c${index}`);
    const { report, take, waiting } = aWatcher(names);
    report(1n);
    const sizes: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      sizes.push(take()?.length ?? 0);
      if (round < 2) {
        const seen = waiting();
        await settled();
        expect(seen).toEqual(['ready']);
      }
    }
    expect([sizes, take()]).toEqual([[1_024, 1_024, 452], undefined]);
  });

  it('forgets channels that are watched no more', () => {
    const names = ['a', 'b'];
    const { report, take } = aWatcher(names);
    report(5n);
    take();
    names.splice(0, 2, 'c');
    expect(take()).toEqual(['c 5']);
    names.splice(0, 1, 'a');
    expect(take()).toEqual(['a 5']);
  });

  it.each(['before', 'while'])('learns of the end %s it waits', async (moment) => {
    const { safeTimes, take, waiting, clock } = aWatcher();
    take();
    const reason = CoordError.of('ServiceNotReady');
    const early = moment === 'while' ? waiting() : [];
    safeTimes.end(reason);
    const seen = moment === 'while' ? early : waiting();
    await settled();
    expect(seen).toEqual([reason]);
    expect(take).toThrow(reason);
    expect(clock.timerCount).toBe(0);
  });
});
