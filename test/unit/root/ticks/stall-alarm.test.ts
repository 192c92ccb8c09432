import { describe, expect, it } from 'vitest';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { warnOfStalls } from '../../../../src/root/ticks/stall-alarm.js';
import { RecordedLog } from '../../../kit/recorded-log.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

describe('the alarm for time that stands still', () => {
  it('warns after two minutes, and again after two more', async () => {
    const clock = new VirtualClock();
    const log = new RecordedLog();
    const told = () => log.saying('no time tick was merged').map(({ standsForMs }) => standsForMs);
    const safeTimes = { defaultTime: 1n as Timestamp };
    const stop = warnOfStalls({ safeTimes, clock, log });
    await clock.advance(100_000);
    safeTimes.defaultTime = 2n as Timestamp;
    await clock.advance(120_000);
    expect(told()).toEqual([]);
    await clock.advance(120_000);
    expect(told()).toEqual([120_000]);
    await clock.advance(120_000);
    expect(told()).toEqual([120_000, 240_000]);
    stop();
    expect(clock.timerCount).toBe(0);
  });
});
