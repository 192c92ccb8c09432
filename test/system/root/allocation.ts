import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/gen/common.js';
import { timestampNow } from '../../kit/milvus-calls.js';
import { allocateIds, allocateTimestamps } from '../../kit/root-calls.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const LOGICAL_BITS = 18n;
const UINT32_MAX = 2 ** 32 - 1;
const CLIENTS = 50;
/** As far ahead of the clock as a client that trusts its own may be. */
const AHEAD_MS = 1_000n;

interface Block {
  readonly first: bigint;
  readonly count: number;
}

/** Blocks of many clients, lowest first, must not touch. */
function expectDisjoint(blocks: readonly Block[]): void {
  const sorted = blocks.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  for (const [i, block] of sorted.slice(1).entries()) {
    const { first = 0n, count = 0 } = sorted[i] ?? {};
    expect(block.first).toBeGreaterThanOrEqual(first + BigInt(count));
  }
}

/** Timestamps and ids (facts/rootcoord §9, §18). */
export function allocationSuite(server: SuiteServer): void {
  const timestamps = async (count: number, blockTimestamp?: bigint): Promise<Block> => {
    const answer = await allocateTimestamps(server.root, count, blockTimestamp);
    expect(answer).toMatchObject({ status: { code: 0, errorCode: ErrorCode.Success }, count });
    return { first: answer.timestamp, count };
  };

  const ids = async (count: number): Promise<Block> => {
    const answer = await allocateIds(server.root, count);
    expect(answer).toMatchObject({ status: { code: 0, errorCode: ErrorCode.Success }, count });
    return { first: answer.ID, count };
  };

  describe('AllocTimestamp', () => {
    it('answers with the first of a block nobody else gets any of', async () => {
      const counts = Array.from({ length: CLIENTS }, (_, i) => 1 + i * 7);
      expectDisjoint(await Promise.all(counts.map((count) => timestamps(count))));
    });

    it('says the time of day in milliseconds above 18 bits', async () => {
      const { first } = await timestamps(1);
      const offMs = Number(first >> LOGICAL_BITS) - Date.now();
      expect(Math.abs(offMs)).toBeLessThan(10_000);
    });

    it('takes any count a uint32 can say, and goes on after it', async () => {
      const huge = await timestamps(UINT32_MAX);
      const next = await timestamps(1);
      expectDisjoint([huge, next]);
      expect(next.first).toBeGreaterThan(huge.first);
    });

    it('refuses a count of 0', async () => {
      expect(await allocateTimestamps(server.root, 0)).toMatchObject({
        status: {
          code: 65535,
          errorCode: ErrorCode.UnexpectedError,
          reason: 'tso count should be positive',
        },
        timestamp: 0n,
      });
    });

    it('answers with more than blockTimestamp, waiting for it, while others are served', async () => {
      const { first: now } = await timestamps(1);
      const block = now + (AHEAD_MS << LOGICAL_BITS);
      let isWaiting = true;
      const waited = timestamps(3, block).finally(() => {
        isWaiting = false;
      });
      const meanwhile = await timestamps(1);
      expect([isWaiting, meanwhile.first < block]).toEqual([true, true]);
      expect((await waited).first).toBeGreaterThan(block);
    });

    it('does not wait for a blockTimestamp that has passed', async () => {
      const { first } = await timestamps(1);
      expect((await timestamps(1, first)).first).toBeGreaterThan(first);
      expect((await timestamps(1, 1n)).first).toBeGreaterThan(first);
    });

    it('serves MilvusService from the same clock', async () => {
      const { first: before } = await timestamps(1);
      const between = await timestampNow(server.milvus);
      const { first: after } = await timestamps(1);
      expect(between).toBeGreaterThan(before);
      expect(after).toBeGreaterThan(between);
    });
  });

  describe('AllocID', () => {
    it('answers with the first of a block nobody else gets any of', async () => {
      const counts = Array.from({ length: CLIENTS }, (_, i) => 1 + i * 7);
      expectDisjoint(await Promise.all(counts.map((count) => ids(count))));
    });

    it('hands out blocks as large as proxies take', async () => {
      const blocks = [await ids(200_000), await ids(200_000), await ids(1)];
      expectDisjoint(blocks);
    });

    it('refuses a count of 0', async () => {
      expect(await allocateIds(server.root, 0)).toMatchObject({
        status: {
          code: 65535,
          errorCode: ErrorCode.UnexpectedError,
          reason: 'id count should be positive',
        },
        ID: 0n,
      });
    });
  });
}
