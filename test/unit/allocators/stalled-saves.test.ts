import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timestamp } from '../../../src/domain/timestamp.js';
import {
  openOracle,
  stateWith,
  UINT32_MAX,
  WINDOW_MS,
  watch,
} from '../../kit/allocator-fixtures.js';
import { settled } from '../../kit/virtual-clock.js';

const WINDOWS_LONG = 6;
const STEPS_PER_WINDOW = 300;

const aWindowMs = fc.constantFrom(600, 1_000, WINDOW_MS, 30_000);
/** Up to twenty million a second, which nobody asks for; the aim is a million and a half. */
const aRate = fc.integer({ min: 1, max: 20_000 });
const aStall = fc.constantFrom('stall' as const, 'stallReply' as const);

describe('while every save takes 0.9 of a window', () => {
  it('each allocation is served at once, without any time passing, by either call', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ windowMs: aWindowMs, perMs: aRate, kind: aStall }),
        fc.double({ min: 0, max: WINDOWS_LONG / 2, noNaN: true }),
        async ({ windowMs, perMs, kind }, windowsBefore) => {
          const { oracle, clock, store, now } = await openOracle(stateWith(), { windowMs });
          await clock.advance(windowsBefore * windowMs);
          store.faults = { onCommit: () => ({ kind, ms: 0.9 * windowMs }) };
          const savesBefore = store.commitCount;
          const stepMs = windowMs / STEPS_PER_WINDOW;
          let last = now();
          for (let step = 0; step < WINDOWS_LONG * STEPS_PER_WINDOW; step += 1) {
            await clock.advance(stepMs);
            const count = Math.ceil(perMs * stepMs);
            const first = step % 2 === 0 ? now(count) : await promptly(oracle.allocate(count));
            expect(first).toBeGreaterThan(last);
            last = first;
          }
          expect(store.commitCount - savesBefore).toBeGreaterThanOrEqual(WINDOWS_LONG - 2);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('while one save takes 0.9 of a window', () => {
  it('the largest block waits for it at most, and for its own: it is never refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        aStall,
        fc.integer({ min: 0, max: 2 * WINDOW_MS }),
        async (kind, askedMs) => {
          const { oracle, clock, store } = await openOracle();
          const stallMs = 0.9 * WINDOW_MS;
          store.faults = { onCommit: (i) => (i === 1 ? { kind, ms: stallMs } : undefined) };
          await clock.advance(askedMs);
          const block = watch(oracle.allocate(UINT32_MAX));
          await clock.advance(stallMs + 3 * 50);
          expect(block.value).toBeGreaterThan(0n);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a window', () => {
  it('is extended at half its life, in the background: no sooner, and an update later at most', async () => {
    await fc.assert(
      fc.asyncProperty(
        aWindowMs,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 20_000 }),
        async (windowMs, updateIntervalMs, perMs) => {
          const times = { windowMs, updateIntervalMs };
          const { clock, store, durable, now } = await openOracle(stateWith(), times);
          const leftAtSavesMs: number[] = [];
          store.faults = {
            onCommit: () => {
              leftAtSavesMs.push(durable() - clock.nowMs());
              return undefined;
            },
          };
          for (let ms = 0; ms < 3 * windowMs; ms += updateIntervalMs) {
            if (perMs > 0) now(perMs * updateIntervalMs);
            await clock.advance(updateIntervalMs);
          }
          expect(leftAtSavesMs.length).toBeGreaterThanOrEqual(4);
          for (const leftMs of leftAtSavesMs) {
            expect(leftMs).toBeLessThanOrEqual(windowMs / 2);
            expect(leftMs).toBeGreaterThan(windowMs / 2 - updateIntervalMs - 1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** What a call answers before any time passes. */
async function promptly(call: Promise<Timestamp>): Promise<Timestamp> {
  const seen = watch(call);
  await settled();
  if (seen.value === undefined) throw seen.error ?? new Error('the call waits');
  return seen.value;
}
