import { describe, expect, it } from 'vitest';
import { WATCHERS_MAX } from '../../../../src/root/feed/change-feed.js';
import { aFeedBench, born, type FeedBench, sequencesOf } from '../../../kit/feed-bench.js';
import { refusalOf } from '../../../kit/refusals.js';

const range = (first: number, last: number): bigint[] =>
  Array.from({ length: last - first + 1 }, (_, i) => BigInt(first + i));

/** Ten entries of three changes each: sequences 1 to 30. */
async function aJournal(): Promise<FeedBench> {
  const bench = await aFeedBench();
  for (let entry = 0; entry < 10; entry++) {
    await bench.commit([born(100 + 3 * entry), born(101 + 3 * entry), born(102 + 3 * entry)]);
  }
  return bench;
}

/** The same journal, as a restart finds it: nothing of it in memory. */
async function aReloadedJournal() {
  const bench = await aJournal();
  const { feed } = bench;
  for (let i = 0; feed.recentCount > 0 && i < 3; i++) {
    await bench.commit(
      Array.from({ length: 1 }, () => born(1_000 + i, { properties: hugePair() })),
    );
  }
  return bench;
}

/** Larger than everything the feed keeps in memory. */
const hugePair = () => [{ key: 'pad', value: 'x'.repeat(1_400_000) }];

describe('a watcher', () => {
  it('reads on from every sequence, also from inside an entry', async () => {
    const bench = await aReloadedJournal();
    for (let known = 0; known <= 30; known++) {
      const changes = await bench.readAll(bench.watch({ afterSequence: BigInt(known) }));
      expect(sequencesOf(changes)).toEqual(range(known + 1, Number(bench.feed.lastSequence)));
    }
  });

  it('hears of what is committed while it waits, and of nothing twice', async () => {
    const bench = await aJournal();
    const watcher = bench.watch({ isOnlyNew: true });
    expect(watcher.take()).toEqual({ changes: [], resumeSequence: 30n });
    const ready = watcher.ready();
    await bench.commit([born(500), born(501)]);
    await ready;
    expect(sequencesOf(watcher.take()?.changes ?? [])).toEqual([31n, 32n]);
    expect(watcher.take()).toBeUndefined();
  });

  it('is not told what is in the store before its commit has settled', async () => {
    const bench = await aJournal();
    const watcher = bench.watch({ afterSequence: 27n });
    const settle = await bench.commitUnnoticed([born(500)]);
    expect(sequencesOf(await bench.readAll(watcher))).toEqual([28n, 29n, 30n]);
    expect(sequencesOf(await bench.readAll(bench.watch()))).toEqual(range(1, 30));
    settle();
    expect(sequencesOf(await bench.readAll(watcher))).toEqual([31n]);
  });

  it('that hangs holds one page of the store, whatever happens meanwhile', async () => {
    const bench = await aFeedBench();
    await bench.commit([born(1)]);
    const watcher = bench.watch();
    await bench.readAll(watcher);
    for (let i = 0; i < 3_000; i++) await bench.commit([born(10 + i)]);
    expect(bench.feed.recentCount).toBeLessThanOrEqual(1_024);
    expect(watcher.heldEntries).toBe(0);
    await watcher.ready();
    expect(watcher.heldEntries).toBeGreaterThan(0);
    expect(watcher.heldEntries).toBeLessThanOrEqual(64);
    expect(sequencesOf(await bench.readAll(watcher))).toEqual(range(2, 3_001));
  });

  it('gets a batch of bounded size, however much there is', async () => {
    const bench = await aFeedBench();
    const pad = [{ key: 'pad', value: 'x'.repeat(50_000) }];
    for (let i = 0; i < 20; i++) await bench.commit([born(10 + i, { properties: pad })]);
    const watcher = bench.watch();
    await watcher.ready();
    const bytes = (watcher.take()?.changes ?? []).reduce((sum, { after }) => sum + after.length, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(64 * 1024 + 51_000);
  });
});

describe('a sequence out of range', () => {
  it('of the future is refused at once', async () => {
    const bench = await aJournal();
    expect(refusalOf(() => bench.watch({ afterSequence: 31n }))).toMatchObject({
      text: 'sequence out of range[sequence=31][newest=30]: it has not happened yet',
    });
    expect(sequencesOf(await bench.readAll(bench.watch({ afterSequence: 30n })))).toEqual([]);
  });

  it('that was folded away is refused with the oldest one named', async () => {
    const bench = await aReloadedJournal();
    await bench.fold([1n, 4n, 7n]);
    const oldest =
      /^sequence out of range\[sequence=\d+\]\[oldest=10\]: the change is no longer kept$/;
    for (const known of [1n, 5n, 8n]) {
      await expect(bench.readAll(bench.watch({ afterSequence: known }))).rejects.toThrow(oldest);
    }
    const [first] = await bench.readAll(bench.watch({ afterSequence: 9n }));
    expect(first?.sequence).toBe(10n);
  });

  it('is never 0: it begins with the oldest there is, be it the newest', async () => {
    const bench = await aReloadedJournal();
    const newest = bench.feed.lastSequence;
    await bench.fold([...range(1, Number(newest) - 1)]);
    expect(sequencesOf(await bench.readAll(bench.watch()))).toEqual([newest]);
  });

  it('is noticed by a watcher that falls behind what is kept', async () => {
    const bench = await aReloadedJournal();
    const watcher = bench.watch({ afterSequence: 3n });
    await bench.fold([1n, 4n, 7n]);
    await expect(watcher.ready()).rejects.toThrow(/oldest=10/);
  });
});

describe('the end of a watch', () => {
  it('comes with the end of leadership', async () => {
    const bench = await aJournal();
    const [waiting, reading] = [bench.watch({ isOnlyNew: true }), bench.watch()];
    waiting.take();
    const ready = waiting.ready();
    bench.feed.close();
    await expect(ready).rejects.toMatchObject({ kind: 'ServiceNotReady' });
    expect(refusalOf(() => reading.take()).text).toMatch(/service not ready/);
    expect(refusalOf(() => bench.watch()).text).toMatch(/service not ready/);
  });

  it('leaves nothing behind when the client goes away', async () => {
    const bench = await aJournal();
    const client = new AbortController();
    const filter = { databaseNames: ['elsewhere'], kinds: [], objectIds: [] };
    const watcher = bench.watch({ afterSequence: 29n, filter }, client.signal);
    await bench.readAll(watcher);
    await bench.commit([born(700)]);
    watcher.take();
    const ready = watcher.ready();
    expect(bench.clock.timerCount).toBeGreaterThan(0);
    client.abort();
    await expect(ready).rejects.toMatchObject({ kind: 'Cancelled' });
    expect(bench.feed.watcherCount).toBe(0);
  });

  it('makes room for another watcher', async () => {
    const bench = await aJournal();
    const clients = Array.from({ length: WATCHERS_MAX }, () => new AbortController());
    for (const client of clients) bench.watch({}, client.signal);
    expect(refusalOf(() => bench.watch())).toMatchObject({
      text: 'more than 256 watchers at once',
    });
    for (const client of clients) client.abort();
    expect(bench.feed.watcherCount).toBe(0);
    bench.watch();
  });
});

describe('progress', () => {
  it('is told once a second while nothing that is wanted happens', async () => {
    const bench = await aJournal();
    const filter = { databaseNames: [], kinds: [], objectIds: [999n] };
    const watcher = bench.watch({ isOnlyNew: true, filter });
    expect(watcher.take()?.resumeSequence).toBe(30n);
    await bench.commit([born(500)]);
    expect(watcher.take()).toBeUndefined();
    await bench.clock.advance(999);
    await bench.commit([born(501)]);
    expect(watcher.take()).toBeUndefined();
    const ready = watcher.ready();
    await bench.clock.advance(1);
    await ready;
    expect(watcher.take()).toEqual({ changes: [], resumeSequence: 32n });
    await bench.clock.advance(5_000);
    expect(watcher.take()).toBeUndefined();
  });
});
