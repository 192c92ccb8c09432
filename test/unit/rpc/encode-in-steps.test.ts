import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.js';
import type { CollectionId } from '../../../src/domain/ids.js';
import { ShowCollectionsResponse } from '../../../src/gen/milvus.js';
import { showCollectionsReply } from '../../../src/rpc/show-collections-reply.js';
import { WorkLane } from '../../../src/rpc/work-lane.js';
import { aRecord } from '../../kit/records.js';

const records = (count: number) =>
  Array.from({ length: count }, (_, i) => aRecord({ id: BigInt(10 + i) as CollectionId }));

describe('a list encoded in steps', () => {
  it('reads like one that was encoded at once, whatever its length', async () => {
    const lane = new WorkLane(new SystemClock());
    for (const count of [0, 1, 127, 128, 129, 256, 2_047, 2_048, 2_049, 20_000]) {
      const all = records(count);
      const bytes = await showCollectionsReply(lane, all, []);
      const reply = ShowCollectionsResponse.decode(bytes);
      expect(reply.status?.code).toBe(0);
      expect(reply.collectionIds).toEqual(all.map(({ id }) => id));
      expect(reply.collectionNames).toEqual(all.map(({ name }) => name));
      expect(reply.createdTimestamps).toEqual(all.map(({ createdAt }) => createdAt));
      expect(reply.shardsNum).toHaveLength(count);
    }
  });

  it('leaves out the places with nothing in them, and names nobody asked for', async () => {
    const lane = new WorkLane(new SystemClock());
    const [a, b, c] = records(3);
    const bytes = await showCollectionsReply(lane, [undefined, a, undefined, b, c], ['c10', 'c12']);
    expect(ShowCollectionsResponse.decode(bytes).collectionNames).toEqual(['c10', 'c12']);
  });
});
