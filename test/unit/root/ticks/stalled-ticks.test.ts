import { describe, expect, it } from 'vitest';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { TimeTicks } from '../../../../src/root/ticks/time-ticks.js';
import { SafeTimes } from '../../../../src/timetick/safe-times.js';
import { ChannelWorld } from '../../../kit/channel-world.js';
import { silentLogger } from '../../../kit/silent-logger.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const STALL_MS = 120_000;
const PROXY_ID = 7n;

/** Time ticks that go on by themselves, unless somebody who joins holds them. */
function ticking(isEnabled = true) {
  const clock = new VirtualClock();
  const safeTimes = new SafeTimes();
  let time = 0n;
  const ticks = new TimeTicks({
    safeTimes,
    sessions: { accept: () => 'unknown' },
    timeline: { min: undefined },
    oracle: { allocateNow: () => ++time as Timestamp, physicalNowMs: () => 0 },
    stream: new ChannelWorld().stream(clock),
    catalog: { channelsInUse: () => [], channelReferences: () => 0 },
    sourceId: 1n,
    clock,
    log: silentLogger,
    settings: { intervalMs: 200, isEnabled },
  });
  ticks.start();
  return { clock, safeTimes, ticks };
}

describe('what a health check says of time ticks', () => {
  it('is nothing while they go on', async () => {
    const { clock, ticks } = ticking();
    await clock.advance(2 * STALL_MS);
    expect(ticks.reasons).toEqual([]);
    ticks.stop();
  });

  it('is that none was merged, while somebody holds them', async () => {
    const { clock, safeTimes, ticks } = ticking();
    safeTimes.join(PROXY_ID);
    await clock.advance(2 * STALL_MS);
    expect(ticks.reasons).toEqual([expect.stringMatching(/^no time tick was merged for \d+ ms$/)]);
    safeTimes.leave(PROXY_ID);
    await clock.advance(1_000);
    expect(ticks.reasons).toEqual([]);
    ticks.stop();
  });

  it('is nothing where none are merged at all', async () => {
    const { clock, ticks } = ticking(false);
    await clock.advance(2 * STALL_MS);
    expect(ticks.reasons).toEqual([]);
    ticks.stop();
  });
});
