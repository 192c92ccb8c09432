import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { StallAlarm } from '../../../../src/root/ticks/stall-alarm.js';
import { RecordedLog } from '../../../kit/recorded-log.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

describe('the alarm for time that stands still', () => {
  let clock: VirtualClock;
  let log: RecordedLog;
  let safeTimes: { defaultTime: Timestamp };
  let alarm: StallAlarm;

  beforeEach(() => {
    clock = new VirtualClock();
    log = new RecordedLog();
    safeTimes = { defaultTime: 1n as Timestamp };
    alarm = new StallAlarm({ safeTimes, clock, log });
  });

  afterEach(() => {
    alarm.stop();
    expect(clock.timerCount).toBe(0);
  });

  const move = () => {
    safeTimes.defaultTime = (safeTimes.defaultTime + 1n) as Timestamp;
  };

  it('warns after two minutes, and again after two more', async () => {
    const told = () => log.saying('no time tick was merged').map(({ standsForMs }) => standsForMs);
    await clock.advance(100_000);
    move();
    await clock.advance(120_000);
    expect(told()).toEqual([]);
    await clock.advance(120_000);
    expect(told()).toEqual([120_000]);
    await clock.advance(120_000);
    expect(told()).toEqual([120_000, 240_000]);
  });

  it('tells a health check from two minutes on, and for how long', async () => {
    await clock.advance(119_999);
    expect(alarm.reason).toBeUndefined();
    await clock.advance(1);
    expect(alarm.reason).toBe('no time tick was merged for 120000 ms');
    await clock.advance(33_333);
    expect(alarm.reason).toBe('no time tick was merged for 153333 ms');
  });

  it('has nothing to tell from the moment that time goes on', async () => {
    await clock.advance(150_000);
    move();
    expect(alarm.reason).toBeUndefined();
    await clock.advance(120_000);
    expect(alarm.reason).toBeUndefined();
    await clock.advance(10_000);
    expect(alarm.reason).toContain('120000 ms');
  });

  it('has nothing to tell while time goes on, however slowly', async () => {
    for (let round = 0; round < 10; round += 1) {
      await clock.advance(100_000);
      expect(alarm.reason).toBeUndefined();
      move();
    }
    expect(log.lines).toEqual([]);
  });
});
