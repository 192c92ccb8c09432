import { describe, expect, it } from 'vitest';
import { CoordError } from '../../../../src/domain/errors.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import type { ChannelMessage, MessageStream } from '../../../../src/ports/message-stream.js';
import { TickPublisher } from '../../../../src/root/ticks/tick-publisher.js';
import { SafeTimes } from '../../../../src/timetick/safe-times.js';
import { decodeChannelMsg } from '../../../kit/decode-channel-msg.js';
import { RecordedLog } from '../../../kit/recorded-log.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const ts = (value: bigint) => value as Timestamp;
const INTERVAL_MS = 200;
const SOURCE = 42n;

interface Append {
  readonly channel: string;
  readonly tick: bigint;
  readonly sourceId: bigint;
  readonly atMs: number;
  finish(failure?: Error): void;
}

/** Channels whose appends end when the test says so. */
class HeldStream implements Pick<MessageStream, 'append' | 'createChannel'> {
  readonly appends: Append[] = [];
  readonly created: string[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  append(channel: string, messages: readonly ChannelMessage[]) {
    const [message] = messages;
    const msg = message && decodeChannelMsg(message);
    if (msg?.type !== 'TimeTick') throw new Error('only ticks are published');
    return new Promise<[]>((resolve, reject) => {
      this.appends.push({
        channel,
        tick: msg.body.base?.timestamp ?? 0n,
        sourceId: msg.body.base?.sourceID ?? 0n,
        atMs: this.#clock.monotonicMs(),
        finish: (failure) => (failure ? reject(failure) : resolve([])),
      });
    });
  }

  async createChannel(channel: string): Promise<void> {
    this.created.push(channel);
  }

  /** `channel tick` of each append so far. */
  get lines(): string[] {
    return this.appends.map(({ channel, tick }) => `${channel} ${tick}`);
  }

  async finishAll(): Promise<void> {
    for (const { finish } of this.appends) finish();
    await settled();
  }
}

function aPublisher(channels: string[] = ['a', 'b']) {
  const clock = new VirtualClock();
  const safeTimes = new SafeTimes();
  const stream = new HeldStream(clock);
  const log = new RecordedLog();
  const inUse = [...channels];
  const publisher = new TickPublisher({
    stream,
    safeTimes,
    channelsInUse: () => inUse,
    sourceId: SOURCE,
    clock,
    log,
    intervalMs: INTERVAL_MS,
  });
  safeTimes.join(1n);
  publisher.start();
  const report = (at: bigint, listed: Record<string, bigint> = {}) =>
    safeTimes.report(1n, {
      defaultTimestamp: ts(at),
      channels: new Map(Object.entries(listed).map(([name, one]) => [name, ts(one)])),
    });
  return { clock, stream, publisher, report, inUse, log };
}

describe('publishing time ticks', () => {
  it('puts the safe time of every channel in use on that channel, all in one round', async () => {
    const { clock, stream, report } = aPublisher();
    report(10n, { b: 7n });
    await clock.advance(0);
    expect(stream.lines).toEqual(['a 10', 'b 7']);
    expect(stream.appends.map(({ sourceId }) => sourceId)).toEqual([SOURCE, SOURCE]);
  });

  it('says nothing before the first safe time and nothing twice', async () => {
    const { clock, stream, report } = aPublisher();
    await clock.advance(1_000);
    expect(stream.lines).toEqual([]);
    report(10n, { b: 7n });
    await clock.advance(0);
    await stream.finishAll();
    report(11n, { b: 7n });
    await clock.advance(INTERVAL_MS);
    expect(stream.lines).toEqual(['a 10', 'b 7', 'a 11']);
  });

  it('has a round an interval while reports come, whatever their pace', async () => {
    const { clock, stream, report } = aPublisher(['a']);
    for (let at = 1; at <= 100; at += 1) {
      report(BigInt(at));
      await clock.advance(10);
      await stream.finishAll();
    }
    const moments = stream.appends.map(({ atMs }) => atMs);
    expect(moments.slice(1).map((atMs, index) => atMs - (moments[index] ?? 0))).toEqual(
      moments.slice(1).map(() => INTERVAL_MS),
    );
    expect(moments.length).toBe(1_000 / INTERVAL_MS + 1);
  });

  it('has one append under way per channel, and then the newest tick', async () => {
    const { clock, stream, report } = aPublisher();
    report(1n);
    await clock.advance(0);
    const [onA, onB] = stream.appends;
    onB?.finish();
    await settled();
    for (const at of [2n, 3n, 4n]) {
      report(at);
      await clock.advance(INTERVAL_MS);
      await settled();
    }
    expect(stream.lines).toEqual(['a 1', 'b 1', 'b 2']);
    onA?.finish();
    stream.appends[2]?.finish();
    await settled();
    report(5n);
    await clock.advance(INTERVAL_MS);
    expect(stream.lines.slice(3)).toEqual(['a 5', 'b 5']);
  });

  it('tells of a failure once in a while, and lets the next tick stand for it', async () => {
    const { clock, stream, report, log } = aPublisher();
    for (let at = 1; at <= 75; at += 1) {
      report(BigInt(at));
      await clock.advance(INTERVAL_MS);
      for (const { finish } of stream.appends.slice(-2)) finish(new Error('no stream'));
      await settled();
    }
    expect(stream.lines.slice(-2)).toEqual(['a 75', 'b 75']);
    expect(log.saying('time ticks were not published')).toMatchObject([
      { level: 'warn', channel: 'a', count: 2 },
      { level: 'warn', channel: 'a', count: 2 },
    ]);
  });

  it('makes a channel again that somebody deleted', async () => {
    const { clock, stream, report } = aPublisher(['a']);
    report(1n);
    await clock.advance(INTERVAL_MS);
    stream.appends[0]?.finish(CoordError.of('MessageChannelNotFound', { channel: 'a' }));
    await settled();
    expect(stream.created).toEqual(['a']);
    report(2n);
    await clock.advance(INTERVAL_MS);
    expect(stream.lines).toEqual(['a 1', 'a 2']);
  });

  it('tells when a round takes longer than an interval', async () => {
    const { clock, stream, report, log } = aPublisher(['a']);
    report(1n);
    await clock.advance(INTERVAL_MS);
    await stream.finishAll();
    expect(log.lines).toEqual([]);
    report(2n);
    await clock.advance(2 * INTERVAL_MS);
    await stream.finishAll();
    expect(log.saying('time ticks are published too slowly')).toMatchObject([
      { level: 'warn', tookMs: 2 * INTERVAL_MS, count: 1 },
    ]);
  });

  it('follows the channels as they come and go', async () => {
    const { clock, stream, report, inUse } = aPublisher(['a']);
    report(1n);
    await clock.advance(0);
    await stream.finishAll();
    inUse.splice(0, 1, 'b', 'c');
    report(2n);
    await clock.advance(INTERVAL_MS);
    expect(stream.lines).toEqual(['a 1', 'b 2', 'c 2']);
  });

  it('ends with its stop, leaving no timer', async () => {
    const { clock, stream, publisher, report } = aPublisher();
    report(1n);
    publisher.stop();
    report(2n);
    await clock.advance(INTERVAL_MS);
    expect([stream.lines, clock.timerCount]).toEqual([[], 0]);
  });
});
