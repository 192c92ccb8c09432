import { describe, expect, it } from 'vitest';
import { CoordError } from '../../../../src/domain/errors.js';
import { timestamp } from '../../../../src/domain/timestamp.js';
import type { Acceptance } from '../../../../src/root/proxies/proxy-sessions.js';
import {
  CHANNEL_NAME_LENGTH_MAX,
  REPORTED_CHANNELS_MAX,
  TickIntake,
} from '../../../../src/root/ticks/tick-intake.js';
import type { TickReport } from '../../../../src/timetick/safe-times.js';

const NOW_MS = 1_000;

function anIntake(acceptance: Acceptance = 'accepted') {
  const reports: [bigint, TickReport][] = [];
  const intake = new TickIntake({
    sessions: {
      accept: (sourceId, report) => {
        reports.push([sourceId, report]);
        return acceptance;
      },
    },
    oracle: { physicalNowMs: () => NOW_MS },
    isInUse: (channel) => channel.startsWith('used'),
  });
  return { intake, reports };
}

const ticksOf = (names: readonly string[], timestamps: readonly bigint[], byDefault = 5n) => ({
  channelNames: names,
  timestamps,
  defaultTimestamp: byDefault,
});

const failureOf = (work: () => void): CoordError | undefined => {
  try {
    work();
  } catch (caught) {
    return CoordError.from(caught);
  }
  return undefined;
};

describe('a report of time ticks', () => {
  it('comes through with the timestamps of the channels in use', () => {
    const { intake, reports } = anIntake();
    intake.accept(7n, ticksOf(['used-a', 'strange', 'used-b'], [1n, 2n, 3n]));
    const channels = new Map([
      ['used-a', 1n],
      ['used-b', 3n],
    ]);
    expect(reports).toEqual([[7n, { defaultTimestamp: 5n, channels }]]);
  });

  it('promises no more than has been given out', () => {
    const { intake, reports } = anIntake();
    const newest = timestamp(NOW_MS, 2 ** 18 - 1);
    intake.accept(7n, ticksOf(['used-a', 'used-b'], [newest + 1n, newest], 2n ** 64n - 1n));
    const channels = new Map([
      ['used-a', newest],
      ['used-b', newest],
    ]);
    expect(reports).toEqual([[7n, { defaultTimestamp: newest, channels }]]);
  });

  it('is no report when it says nothing', () => {
    const { intake, reports } = anIntake('unknown');
    intake.accept(7n, ticksOf([], [1n, 2n], 0n));
    expect(reports).toEqual([]);
  });

  const many = Array.from({ length: REPORTED_CHANNELS_MAX + 1 }, (_, index) => `used-${index}`);
  const long = 'u'.repeat(CHANNEL_NAME_LENGTH_MAX + 1);
  it.each([
    [
      'names and timestamps differ in number',
      ticksOf(['used-a'], []),
      65_535,
      'invalid TimeTickMsg, timestamp and channelname size mismatch',
    ],
    [
      'it lists more channels than there can be',
      ticksOf(
        many,
        many.map(() => 1n),
      ),
      1_102,
      'parameter too large[channels=4097][max=4096]',
    ],
    [
      'a name is longer than a channel has',
      ticksOf([long], [1n]),
      1_102,
      `parameter too large[channel=${long}][max=255]`,
    ],
  ])('is refused, and heard by nobody, when %s', (_, ticks, code, message) => {
    const { intake, reports } = anIntake();
    expect(failureOf(() => intake.accept(7n, ticks))).toMatchObject({ code, message });
    expect(reports).toEqual([]);
  });

  it('of nobody who holds a session is refused', () => {
    const { intake } = anIntake('unknown');
    expect(failureOf(() => intake.accept(7n, ticksOf([], [])))).toMatchObject({
      code: 65_535,
      message: 'skip ChannelTimeTickMsg from un-recognized session 7',
    });
  });

  it('of one that was lost is refused for this once, and worth another try', () => {
    const { intake } = anIntake('returning');
    expect(failureOf(() => intake.accept(7n, ticksOf([], [])))).toMatchObject({
      kind: 'SessionReturning',
      retriable: true,
    });
  });
});
