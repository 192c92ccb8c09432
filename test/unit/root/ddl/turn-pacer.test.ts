import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../../../src/adapters/clock/system-clock.js';
import { TurnPacer } from '../../../../src/root/ddl/turn-pacer.js';

/** Keeps the loop busy, as planning a large collection does. */
function work(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

/** How many turns others had while the steps were done one after the other. */
async function turnsOfOthers(steps: number, stepMs: number): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const pacer = new TurnPacer(new SystemClock());
  for (let step = 0; step < steps; step++) {
    await pacer.pause();
    work(stepMs);
  }
  clearInterval(timer);
  return turns;
}

describe('the turn pacer', () => {
  it('lets others have a turn while long work goes on', async () => {
    expect(await turnsOfOthers(8, 11)).toBeGreaterThanOrEqual(7);
  });

  it('does not stop work that is done soon', async () => {
    expect(await turnsOfOthers(100, 0)).toBe(0);
  });
});
