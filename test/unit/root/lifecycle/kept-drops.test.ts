import { describe, expect, it } from 'vitest';
import { CoordError } from '../../../../src/domain/errors.js';
import { type Timestamp, timestamp } from '../../../../src/domain/timestamp.js';
import type { Timer } from '../../../../src/ports/clock.js';
import { isFinalBy, waitWhileKept } from '../../../../src/root/lifecycle/kept-drops.js';
import { watch } from '../../../kit/allocator-fixtures.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const KEEP_MS = 60_000;

interface Options {
  readonly keepMs?: number;
  /** How long ago the drop was committed; undefined when nobody knows. */
  readonly droppedAgoMs?: number | undefined;
  /** Refuses the first so many confirmations as too early. */
  readonly tooEarly?: number;
  readonly fails?: CoordError;
}

/** A wait under way, and when it asked for a confirmation. */
function aWait({ keepMs = KEEP_MS, droppedAgoMs, tooEarly = 0, fails }: Options) {
  const clock = new OverflowingClock();
  const startMs = clock.nowMs();
  const askedAfterMs: number[] = [];
  const leaving = new AbortController();
  const droppedAt: Timestamp | undefined =
    droppedAgoMs === undefined ? undefined : timestamp(startMs - droppedAgoMs, 7);
  const confirm = async () => {
    askedAfterMs.push(clock.nowMs() - startMs);
    if (fails) throw fails;
    if (askedAfterMs.length <= tooEarly) throw CoordError.of('ServiceUnavailable');
  };
  // What the machines do: from a refusal they go back to wait.
  const becomeFinal = async () => {
    do {
      await waitWhileKept(clock, keepMs, droppedAt, leaving.signal);
    } while (!(await isFinalBy(confirm, clock, leaving.signal)));
    return 'final';
  };
  return { clock, askedAfterMs, leaving, end: watch(becomeFinal()) };
}

/** Real timers overflow past 24 days, and fire at once. */
class OverflowingClock extends VirtualClock {
  override setTimeout(callback: () => void, delayMs: number): Timer {
    return super.setTimeout(callback, delayMs > 2 ** 31 - 1 ? 1 : delayMs);
  }
}

describe('a kept drop', () => {
  it('is confirmed exactly when its time is over, not a millisecond before', async () => {
    const { clock, askedAfterMs, end } = aWait({ droppedAgoMs: 0 });
    await clock.advance(KEEP_MS - 1);
    expect([askedAfterMs, end]).toEqual([[], {}]);
    await clock.advance(1);
    expect([askedAfterMs, end.value]).toEqual([[KEEP_MS], 'final']);
  });

  it('waits for what is left of its time when somebody waited before', async () => {
    const { clock, askedAfterMs, end } = aWait({ droppedAgoMs: 59_000 });
    await clock.advance(KEEP_MS);
    expect([askedAfterMs, end.value]).toEqual([[1_000], 'final']);
  });

  it.each([
    ['its time was over already', { droppedAgoMs: KEEP_MS }],
    ['it is not known how long ago it was', { droppedAgoMs: undefined }],
    ['nothing is kept', { keepMs: 0, droppedAgoMs: 0 }],
    ['nothing is kept, and its timestamp lies ahead', { keepMs: 0, droppedAgoMs: -5_000 }],
  ])('is confirmed at once when %s', async (_title, options) => {
    const { askedAfterMs, end, clock } = aWait(options);
    await settled();
    expect([askedAfterMs, end.value, clock.timerCount]).toEqual([[0], 'final', 0]);
  });

  it('asks again as long as timestamps lag behind the clock', async () => {
    const { clock, askedAfterMs, end } = aWait({ droppedAgoMs: KEEP_MS, tooEarly: 3 });
    await clock.advance(14);
    expect(end).toEqual({});
    await clock.advance(1);
    expect([askedAfterMs, end.value]).toEqual([[0, 5, 10, 15], 'final']);
  });

  it('waits longer when the clock is set back', async () => {
    const { clock, askedAfterMs } = aWait({ droppedAgoMs: 0 });
    clock.step(-10_000);
    await clock.advance(KEEP_MS + 10_000 - 1);
    expect(askedAfterMs).toEqual([]);
    await clock.advance(1);
    expect(askedAfterMs).toEqual([KEEP_MS]);
  });

  it('waits for years if it has to, longer than a timer can', async () => {
    const yearMs = 365 * 24 * 3_600_000;
    const { clock, askedAfterMs } = aWait({ keepMs: yearMs, droppedAgoMs: 0 });
    await clock.advance(yearMs - 1);
    expect(askedAfterMs).toEqual([]);
    await clock.advance(1);
    expect(askedAfterMs).toEqual([yearMs]);
  });

  it('passes on any other failure', async () => {
    const fails = CoordError.of('MetaStoreUnavailable');
    const { end } = aWait({ droppedAgoMs: KEEP_MS, fails });
    await settled();
    expect(end.error).toBe(fails);
  });

  it('leaves no timer and asks nothing once whoever waits is stopped', async () => {
    const { clock, askedAfterMs, leaving, end } = aWait({ droppedAgoMs: 0 });
    leaving.abort();
    await settled();
    expect([clock.timerCount, end.error?.kind]).toEqual([0, 'Cancelled']);
    await clock.advance(2 * KEEP_MS);
    expect(askedAfterMs).toEqual([]);
  });
});
