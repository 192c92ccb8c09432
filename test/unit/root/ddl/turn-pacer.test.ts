import { describe, expect, it } from 'vitest';
import { TurnPacer } from '../../../../src/root/ddl/turn-pacer.js';
import { BusyClock } from '../../../kit/busy-clock.js';
import { settled } from '../../../kit/virtual-clock.js';

/** Work of some steps, and how many of them were done when the first turn was over. */
async function stepsOfFirstTurn(steps: number, stepMs: number) {
  const clock = new BusyClock();
  const pacer = new TurnPacer(clock);
  let done = 0;
  const work = async () => {
    for (; done < steps; done++) {
      await pacer.pause();
      clock.spend(stepMs);
    }
  };
  const working = work();
  await settled();
  const inFirstTurn = done;
  await clock.turn();
  await working;
  return { inFirstTurn, done };
}

describe('the turn pacer', () => {
  it('lets others have a turn when the work has kept the loop for long', async () => {
    expect(await stepsOfFirstTurn(8, 4)).toEqual({ inFirstTurn: 3, done: 8 });
  });

  it('goes on at once while the turn is young', async () => {
    expect(await stepsOfFirstTurn(100, 0.1)).toEqual({ inFirstTurn: 100, done: 100 });
  });
});
