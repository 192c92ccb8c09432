import { describe, expect, it } from 'vitest';
import { WorkLane } from '../../../src/rpc/work-lane.js';
import { BusyClock } from '../../kit/busy-clock.js';
import { settled } from '../../kit/virtual-clock.js';

/** A lane, and work that takes `costMs` of the loop and leaves its name in `done`. */
function aLane() {
  const clock = new BusyClock();
  const lane = new WorkLane(clock);
  const done: string[] = [];
  const work = (name: string, costMs: number) => () => {
    done.push(name);
    clock.spend(costMs);
  };
  return { clock, lane, done, work };
}

describe('the work lane', () => {
  it('runs requests at once while a turn has done little', () => {
    const { lane, done, work } = aLane();
    for (const name of ['a', 'b', 'c']) lane.run(work(name, 1));
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('leaves the rest to later turns, in the order of arrival, once a turn has done enough', async () => {
    const { clock, lane, done, work } = aLane();
    for (const name of ['a', 'b', 'c', 'd']) lane.run(work(name, 6));
    expect(done).toEqual(['a']);
    await clock.turn();
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets others have a turn between two requests that each fill one', async () => {
    const { clock, lane, done, work } = aLane();
    for (const name of ['a', 'b', 'c']) lane.run(work(name, 6));
    clock.setTimeout(() => done.push('somebody else'), 0);
    await clock.turn();
    expect(done).toEqual(['a', 'b', 'somebody else', 'c']);
  });

  it('lets nobody overtake those who wait', async () => {
    const { clock, lane, done, work } = aLane();
    lane.run(work('a', 6));
    lane.run(work('b', 1));
    clock.setTimeout(() => lane.run(work('late', 1)), 0);
    await clock.turn();
    expect(done).toEqual(['a', 'b', 'late']);
  });

  it('begins a new turn when the old one is over', async () => {
    const { clock, lane, done, work } = aLane();
    lane.run(work('a', 6));
    await clock.turn();
    lane.run(work('b', 6));
    expect(done).toEqual(['a', 'b']);
  });

  it('refuses when too much is waiting, and never runs what it refused', async () => {
    const { clock, lane, done, work } = aLane();
    lane.run(work('first', 6));
    const taken = Array.from({ length: 10_240 }, () => lane.run(work('waiting', 0)));
    expect(new Set(taken)).toEqual(new Set([true]));
    expect(lane.run(work('refused', 0))).toBe(false);
    await clock.turn();
    expect(done).toHaveLength(10_241);
    expect(done).not.toContain('refused');
  });

  it('keeps no timer when there is nothing to do', async () => {
    const { clock, lane, work } = aLane();
    lane.run(work('a', 6));
    await clock.turn();
    expect(clock.timerCount).toBe(0);
  });
});

describe('a longer piece of work in the lane', () => {
  /** Takes `count` steps of a millisecond each. */
  async function aPiece({ clock, lane, done, work }: ReturnType<typeof aLane>, name: string) {
    for (let step = 0; step < 4; step++) await lane.step(work(name, 1));
    clock.spend(0);
    done.push(`${name} is done`);
  }

  it('leaves the loop to others sooner than requests do', async () => {
    const bench = aLane();
    const piece = aPiece(bench, 'step');
    await settled();
    expect(bench.done).toEqual(['step', 'step']);
    await bench.clock.turn();
    await piece;
    expect(bench.done).toEqual(['step', 'step', 'step', 'step', 'step is done']);
  });

  it('takes turns with other pieces, and lets requests go first', async () => {
    const bench = aLane();
    bench.lane.run(bench.work('full', 6));
    const pieces = [aPiece(bench, 'a'), aPiece(bench, 'b')];
    bench.lane.run(bench.work('request', 1));
    await bench.clock.turn();
    expect(bench.done.slice(0, 3)).toEqual(['full', 'request', 'a']);
    await Promise.all([...pieces, bench.clock.turn(), bench.clock.turn(), bench.clock.turn()]);
    expect(bench.done.filter((name) => name === 'b')).toHaveLength(4);
  });

  it('goes on under a flood of requests', async () => {
    const { clock, lane, done, work } = aLane();
    for (let i = 0; i < 20; i++) lane.run(work('request', 6));
    void lane.step(work('step', 1));
    clock.setTimeout(() => done.push('a turn later'), 0);
    await clock.turn();
    expect(done.indexOf('step')).toBeLessThan(3);
  });

  it('hears of what a step throws', async () => {
    const { lane } = aLane();
    const broken = () => {
      throw new Error('broken step');
    };
    await expect(lane.step(broken)).rejects.toThrow('broken step');
  });
});
