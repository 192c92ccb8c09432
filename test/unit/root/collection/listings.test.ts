import { describe, expect, it } from 'vitest';
import type { CollectionRecord } from '../../../../src/domain/records.js';
import { aCreate, aDrop } from '../../../kit/ddl-fixtures.js';
import { anAsker, bootRuntime } from '../../../kit/root-runtime.js';

const namesOf = (records: Iterable<CollectionRecord | undefined>): string[] =>
  [...records].flatMap((record) => record?.name ?? []).sort();

/** Six collections: three stay as they were, two are gone, one came later. */
async function aPast() {
  const { root } = await bootRuntime();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await root.createCollection(aCreate(name), anAsker());
  }
  const at = await root.allocateTimestamps(1, 0n);
  await root.dropCollection(aDrop('a'), anAsker());
  await root.createCollection(aCreate('late'), anAsker());
  return { root, at };
}

describe('a listing', () => {
  it('stays what it was while it is walked and DDL goes on', async () => {
    const { root, at } = await aPast();
    for (const [moment, expected] of [
      [at, ['a', 'b', 'c', 'd', 'e']],
      [0n, ['b', 'c', 'd', 'e', 'late']],
    ] as const) {
      for (let pausedAt = 0; pausedAt < 6; pausedAt++) {
        const walk = root.listings.collections('default', moment)[Symbol.iterator]();
        const seen: (CollectionRecord | undefined)[] = [];
        for (let i = 0; i < pausedAt; i++) seen.push(walk.next().value);
        await root.dropCollection(aDrop('e'), anAsker());
        await root.createCollection(aCreate('passing'), anAsker());
        await root.dropCollection(aDrop('passing'), anAsker());
        for (let next = walk.next(); !next.done; next = walk.next()) seen.push(next.value);
        expect(namesOf(seen), `paused at ${pausedAt}`).toEqual(expected);
        await root.createCollection(aCreate('e'), anAsker());
        if (moment !== 0n) continue;
        expect(namesOf(root.listings.collections('default', 0n))).toEqual(expected);
      }
    }
  });

  it('names the sequence the present stands at, and none for the past', async () => {
    const { root, at } = await aPast();
    expect(root.listings.picture([], 0n).sequence).toBe(root.feed.lastSequence);
    expect(root.listings.picture(['default'], at).sequence).toBe(0n);
    expect(namesOf(root.listings.picture([], at).collections)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
