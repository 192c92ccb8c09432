import { describe, expect, it } from 'vitest';
import { CoordError } from '../../../src/domain/errors.js';
import { commitOrBreak } from '../../../src/ports/ground.js';

/** What the caller and the leadership hear of work that ends like this. */
async function outcomeOf(work: () => Promise<string>) {
  const broken: unknown[] = [];
  const ground = { onBroken: (reason: unknown) => broken.push(reason) };
  const heard = await commitOrBreak(ground, work).catch((caught: unknown) => caught);
  return { heard, broken };
}

describe('work that commits', () => {
  it('gives what it comes to', async () => {
    expect(await outcomeOf(async () => 'done')).toEqual({ heard: 'done', broken: [] });
  });

  it('of which nothing was written may be asked for again', async () => {
    const refused = CoordError.of('MetaStoreUnavailable');
    const outcome = await outcomeOf(() => Promise.reject(refused));
    expect(outcome).toEqual({ heard: refused, broken: [] });
  });

  it.each([
    ['whose fence is gone', CoordError.of('ServiceNotReady')],
    ['that throws what no store throws', new RangeError('a bug')],
  ])('%s ends the leadership', async (_, failure) => {
    const outcome = await outcomeOf(() => Promise.reject(failure));
    expect(outcome.heard).toBe(failure);
    expect(outcome.broken).toEqual([failure]);
  });
});
