import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idWindowKeys, timestampWindowKeys } from '../../../src/allocators/allocator-keys.js';
import { IdAllocator } from '../../../src/allocators/id-allocator.js';
import { TimestampOracle } from '../../../src/allocators/timestamp-oracle.js';
import type { WindowAllocatorOptions } from '../../../src/allocators/window-options.js';
import {
  AllocationHistory,
  type HistoryEvent,
  type Subject,
} from '../../kit/allocation-history.js';
import {
  bootOn,
  HOUR_MS,
  KV_ROOT,
  stateWith,
  TIMESTAMP_KEYS,
  UINT32_MAX,
} from '../../kit/allocator-fixtures.js';
import type { CommitFault } from '../../kit/faulty-meta-store.js';

/** Ids seen as the places on the line they are. */
async function openIds(options: WindowAllocatorOptions): Promise<Subject> {
  const ids = await IdAllocator.open(options);
  return {
    take(count) {
      const first = ids.allocateNow(count);
      if (first === undefined) return undefined;
      return { physicalMs: Number(first >> 18n), logical: Number(first & 0x3ffffn) };
    },
  };
}

const subjects = [
  ['timestamps', timestampWindowKeys(KV_ROOT), TimestampOracle.open],
  ['ids', idWindowKeys(KV_ROOT), openIds],
] as const;

const aFault: fc.Arbitrary<CommitFault | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  fc.constant<CommitFault>({ kind: 'refuse' }),
  fc.constant<CommitFault>({ kind: 'loseReply' }),
  fc.record({ kind: fc.constant('stall' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({ kind: fc.constant('stallReply' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({ kind: fc.constant('hang' as const), isWritten: fc.boolean() }),
);

const aCount = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 100 }) },
  fc.integer({ min: 1, max: 10_000_000 }),
  fc.integer({ min: 1, max: UINT32_MAX }),
);

const anEvent: fc.Arbitrary<HistoryEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      count: aCount,
      times: fc.integer({ min: 1, max: 50 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.integer({ min: 0, max: 2_000 }),
    }),
  },
  fc.record({
    kind: fc.constant('step' as const),
    ms: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
  }),
  fc.record({ kind: fc.constant('trouble' as const), fault: aFault }),
  fc.constant<HistoryEvent>({ kind: 'drain' }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      downMs: fc.integer({ min: 0, max: 4_000 }),
    }),
  },
);

describe.each(subjects)('%s', (_name, keys, open) => {
  it('stay disjoint and increasing through any crashes, clock steps and failed saves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anEvent, { maxLength: 80 }), async (events) => {
        const history = new AllocationHistory(keys, open);
        for (const event of events) await history.play(event);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a deposed predecessor', () => {
  it('that has not heard of it yet stays below its successor', async () => {
    const state = stateWith();
    const before = bootOn(state);
    const old = await TimestampOracle.open({
      ...before,
      keys: TIMESTAMP_KEYS,
    });
    await before.clock.advance(1_000);
    const after = bootOn(state, { wallMs: before.clock.nowMs() - HOUR_MS });
    const successor = await TimestampOracle.open({
      ...after,
      keys: TIMESTAMP_KEYS,
    });
    const lowest = successor.allocateNow(1) ?? 0n;
    let blocks = 0;
    for (let first = old.allocateNow(1_000_000); first; first = old.allocateNow(1_000_000)) {
      expect(first + 1_000_000n).toBeLessThanOrEqual(lowest);
      blocks += 1;
    }
    expect(blocks).toBeGreaterThan(400);
  });
});
