import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoordError } from '../../../src/domain/errors.js';
import { type Timestamp, timestamp } from '../../../src/domain/timestamp.js';
import { SafeTimes, type TickReport } from '../../../src/timetick/safe-times.js';
import { settled } from '../../kit/virtual-clock.js';

const CHANNELS = ['a', 'b', 'c'];
/** Stands for every channel that no report ever lists. */
const UNLISTED = 'unlisted';
const NAMES = [...CHANNELS, UNLISTED];
const START = timestamp(Date.UTC(2026, 0, 1), 0);
const DAY = timestamp(24 * 3_600_000, 0);

const ts = (value: bigint): Timestamp => value as Timestamp;
const at = (ticks: number): Timestamp => ts(START + BigInt(ticks));

const reportOf = (defaultTicks: number, listed: Record<string, number> = {}): TickReport => ({
  defaultTimestamp: at(defaultTicks),
  channels: new Map(Object.entries(listed).map(([name, ticks]) => [name, at(ticks)])),
});

/** The rule in its plainest form: every promise of every source for every channel. */
class PlainSafeTimes {
  readonly #promised = new Map<bigint, Map<string, bigint>>();
  readonly #safe = new Map<string, bigint>(NAMES.map((name) => [name, 0n]));

  join(sourceId: bigint): void {
    if (!this.#promised.has(sourceId)) this.#promised.set(sourceId, new Map(this.#safe));
  }

  leave(sourceId: bigint): void {
    this.#promised.delete(sourceId);
    this.#settle();
  }

  report(sourceId: bigint, { defaultTimestamp, channels }: TickReport): void {
    const promised = this.#promised.get(sourceId);
    if (!promised) return;
    for (const name of NAMES) {
      const said = channels.get(name) ?? defaultTimestamp;
      if (said > this.#of(promised, name)) promised.set(name, said);
    }
    this.#settle();
  }

  get sources(): bigint[] {
    return [...this.#promised.keys()];
  }

  safeTime(name: string): bigint {
    return this.#of(this.#safe, name);
  }

  #of(times: Map<string, bigint>, name: string): bigint {
    return times.get(name) ?? 0n;
  }

  #settle(): void {
    if (this.#promised.size === 0) return;
    for (const name of NAMES) {
      const all = [...this.#promised.values()].map((promised) => this.#of(promised, name));
      const [least = 0n, ...others] = all;
      let safe = least;
      for (const one of others) if (one < safe) safe = one;
      this.#safe.set(name, safe);
    }
  }
}

const DDL_SOURCE = -1n;
const sourceId = fc.bigInt({ min: 0n, max: 6n });
const ticks = fc.nat(60);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ word: fc.constant('join' as const), sourceId }) },
  { weight: 1, arbitrary: fc.record({ word: fc.constant('leave' as const), sourceId }) },
  {
    weight: 10,
    arbitrary: fc.record({
      word: fc.constant('report' as const),
      sourceId: fc.oneof(sourceId, fc.constant(DDL_SOURCE)),
      ticks,
      listed: fc.dictionary(fc.constantFrom(...CHANNELS), ticks),
    }),
  },
  { weight: 1, arbitrary: fc.record({ word: fc.constant('later' as const), days: fc.nat(390) }) },
);

describe('safe times', () => {
  it('are the least that any source promised for the channel, over any history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.boolean(), (steps, hasDdl) => {
        const safeTimes = new SafeTimes();
        const plain = new PlainSafeTimes();
        const both = [safeTimes, plain];
        if (hasDdl) for (const one of both) one.join(DDL_SOURCE);
        let now: bigint = START;
        const heard = new Map<string, bigint[]>(NAMES.map((name) => [name, []]));
        for (const name of NAMES)
          safeTimes.channel(name).subscribe((t) => heard.get(name)?.push(t));
        for (const one of steps) {
          if (one.word === 'later') {
            // Without a source time stands still, and the scale with it.
            if (plain.sources.length === 0) continue;
            now += BigInt(one.days) * DAY;
            const report = { defaultTimestamp: ts(now), channels: new Map() };
            for (const id of plain.sources) for (const each of both) each.report(id, report);
          } else if (one.word === 'report') {
            const channels = new Map(
              Object.entries(one.listed).map(([name, value]) => [name, ts(now + BigInt(value))]),
            );
            const report = { defaultTimestamp: ts(now + BigInt(one.ticks)), channels };
            for (const each of both) each.report(one.sourceId, report);
          } else {
            for (const each of both) each[one.word](one.sourceId);
          }
          for (const name of NAMES) expect(safeTimes.safeTime(name)).toBe(plain.safeTime(name));
        }
        for (const name of NAMES) {
          const times = heard.get(name) ?? [];
          expect(times.at(-1)).toBe(plain.safeTime(name));
          expect(times).toEqual([...new Set(times)].sort((x, y) => Number(x - y)));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('are exact to the last bit after years of running', () => {
    const safeTimes = new SafeTimes();
    safeTimes.join(1n);
    safeTimes.join(2n);
    for (let day = 0n; day < 2_000n; day += 50n) {
      const one = ts(START + day * DAY + 1n);
      safeTimes.report(1n, { defaultTimestamp: one, channels: new Map([['a', ts(one + 1n)]]) });
      safeTimes.report(2n, { defaultTimestamp: ts(one + 2n), channels: new Map() });
      expect([safeTimes.safeTime('a'), safeTimes.safeTime('b')]).toEqual([one + 1n, one]);
    }
  });

  it('are held by a new source until its first report, and by none that left', () => {
    const safeTimes = new SafeTimes();
    safeTimes.join(1n);
    safeTimes.report(1n, reportOf(10, { a: 5 }));
    safeTimes.join(2n);
    safeTimes.join(2n);
    safeTimes.report(1n, reportOf(20));
    expect([safeTimes.safeTime('a'), safeTimes.safeTime('b')]).toEqual([at(5), at(10)]);
    safeTimes.leave(2n);
    expect([safeTimes.safeTime('a'), safeTimes.safeTime('b')]).toEqual([at(20), at(20)]);
  });

  it('hear nobody who did not join', () => {
    const safeTimes = new SafeTimes();
    safeTimes.join(1n);
    safeTimes.report(7n, reportOf(10));
    expect(safeTimes.safeTime('a')).toBe(0n);
    safeTimes.report(1n, reportOf(3));
    expect(safeTimes.safeTime('a')).toBe(at(3));
  });

  it('do not believe a source that is more than the scale ahead of all others', () => {
    const safeTimes = new SafeTimes();
    safeTimes.join(1n);
    safeTimes.join(2n);
    safeTimes.report(1n, reportOf(1));
    safeTimes.report(2n, { defaultTimestamp: ts(2n ** 64n - 1n), channels: new Map() });
    expect(safeTimes.safeTime('a')).toBe(at(1));
    safeTimes.report(1n, reportOf(2));
    expect(safeTimes.safeTime('a')).toBe(at(2));
    safeTimes.leave(1n);
    expect(safeTimes.safeTime('a')).toBeGreaterThan(START + 390n * DAY);
    expect(safeTimes.safeTime('a')).toBeLessThan(START + 400n * DAY);
  });
});

describe('waiting for safe times', () => {
  const passedOf = (safeTimes: SafeTimes, channels: string[], ticksAt: number) => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    safeTimes.passed(channels, at(ticksAt), stop.signal).then(
      () => seen.push('passed'),
      (failure: unknown) => seen.push(failure),
    );
    return { stop, seen };
  };

  it('ends when the last of the channels is there, and at once when all are', async () => {
    const safeTimes = new SafeTimes();
    safeTimes.join(1n);
    safeTimes.report(1n, reportOf(1));
    const both = passedOf(safeTimes, ['a', 'b'], 5);
    const now = passedOf(safeTimes, ['a', 'b'], 1);
    safeTimes.report(1n, reportOf(5, { a: 4 }));
    await settled();
    expect([both.seen, now.seen]).toEqual([[], ['passed']]);
    safeTimes.report(1n, reportOf(6));
    await settled();
    expect(both.seen).toEqual(['passed']);
  });

  it('ends with the reason of whoever gives up', async () => {
    const safeTimes = new SafeTimes();
    const waiting = passedOf(safeTimes, ['a', 'b'], 1);
    const reason = CoordError.of('Cancelled');
    waiting.stop.abort(reason);
    await settled();
    expect(waiting.seen).toEqual([reason]);
    await expect(safeTimes.passed([], at(1), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('ends with the clockwork, for those who wait and those who come late', async () => {
    const safeTimes = new SafeTimes();
    const waiting = passedOf(safeTimes, ['a'], 1);
    const reason = CoordError.of('ServiceNotReady');
    safeTimes.end(reason);
    const late = passedOf(safeTimes, ['a'], 1);
    await settled();
    expect([waiting.seen, late.seen]).toEqual([[reason], [reason]]);
  });
});
