import { describe, expect, it } from 'vitest';
import { WorkLane } from '../../../src/rpc/work-lane.js';
import { BusyClock } from '../../kit/busy-clock.js';

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
