import { describe, expect, it } from 'vitest';
import { positionAt, sequenceOf } from '../../src/domain/stream-position.js';
import {
  type MessageStreamBed,
  numbered,
  take,
  takeTexts,
  textOf,
} from '../kit/message-stream-bed.js';

/** A subscription hands over every message from its start on, in order, at its reader's pace. */
export function subscriptionsContract(bedOf: () => MessageStreamBed): void {
  describe('subscribing', () => {
    it('hands over what is there and then what comes', async () => {
      const bed = bedOf();
      await bed.append(...numbered(3));
      const taken = takeTexts(await bed.subscribe({ kind: 'earliest' }), 6);
      await bed.append('m4');
      await bed.append('m5', 'm6');
      expect(await taken).toEqual(numbered(6));
    });

    it('from latest on it hands over what is appended after the call settled', async () => {
      const bed = bedOf();
      await bed.append(...numbered(3));
      const pages = await bed.subscribe({ kind: 'latest' });
      await bed.append(...numbered(2, 4));
      expect(await takeTexts(pages, 2)).toEqual(numbered(2, 4));
    });

    it('goes on after a position', async () => {
      const bed = bedOf();
      await bed.append(...numbered(10));
      const [, , third] = await take(await bed.subscribe({ kind: 'earliest' }), 3);
      const start = { kind: 'after', position: third?.position ?? positionAt(0) } as const;
      expect(await takeTexts(await bed.subscribe(start), 7)).toEqual(numbered(7, 4));
    });

    it('gives each of several readers everything, while messages keep coming', async () => {
      const bed = bedOf();
      const readers = [1, 2, 3].map(async () =>
        take(await bed.subscribe({ kind: 'earliest' }), 3_000),
      );
      for (let from = 1; from <= 3_000; from += 100) await bed.append(...numbered(100, from));
      for (const taken of await Promise.all(readers)) {
        expect(taken.map(textOf)).toEqual(numbered(3_000));
        expect(taken.map((one) => sequenceOf(one.position))).toEqual(taken.map((_, i) => i + 1));
      }
    });

    it('hears of appends of another instance', async () => {
      const bed = bedOf();
      const reader = await bed.harness.open();
      const taken = takeTexts(await bed.subscribe({ kind: 'earliest' }, reader), 2);
      await bed.append('m1');
      await bed.append('m2');
      expect(await taken).toEqual(['m1', 'm2']);
    });

    it('a slow reader loses nothing and holds up no appends', async () => {
      const bed = bedOf();
      const pages = (await bed.subscribe({ kind: 'earliest' }))[Symbol.asyncIterator]();
      await bed.append('m1');
      const first = await pages.next();
      expect(first.done).toBe(false);
      await bed.append(...numbered(4_000, 2));
      const texts: string[] = [];
      while (texts.length < 4_000) {
        const { value } = await pages.next();
        texts.push(...(value ?? []).map(textOf));
      }
      expect(texts).toEqual(numbered(4_000, 2));
    });

    it('ends, waiting or not, when its signal aborts', async () => {
      const bed = bedOf();
      const waiting = take(await bed.subscribe({ kind: 'earliest' }), 1);
      bed.over.abort();
      expect(await waiting).toEqual([]);
      expect(await take(await bed.subscribe({ kind: 'earliest' }), 1)).toEqual([]);
    });

    it('tells a reader whose messages were forgotten before it came to them', async () => {
      const bed = bedOf();
      const pages = await bed.subscribe({ kind: 'earliest' });
      await bed.append(...numbered(10));
      await bed.stream.truncate(bed.channel, positionAt(6));
      await expect(take(pages, 1)).rejects.toMatchObject({ kind: 'PositionNotRetained' });
    });

    it('never skips what was forgotten while it read', async () => {
      const bed = bedOf();
      await bed.append('m1');
      const pages = (await bed.subscribe({ kind: 'earliest' }))[Symbol.asyncIterator]();
      await pages.next();
      for (let from = 2; from <= 4_000; from += 500) await bed.append(...numbered(500, from));
      await bed.stream.truncate(bed.channel, positionAt(3_900));
      const texts: string[] = [];
      const readOn = async (): Promise<void> => {
        for (;;) texts.push(...((await pages.next()).value ?? []).map(textOf));
      };
      await expect(readOn()).rejects.toMatchObject({ kind: 'PositionNotRetained' });
      expect(texts).toEqual(numbered(texts.length, 2));
    });

    it('tells a waiting reader that its channel was deleted, also when it is made anew', async () => {
      const bed = bedOf();
      await bed.append('m1');
      const pages = (await bed.subscribe({ kind: 'earliest' }))[Symbol.asyncIterator]();
      await pages.next();
      const outcome = expect(pages.next()).rejects.toMatchObject({
        kind: 'MessageChannelNotFound',
      });
      await bed.stream.deleteChannel(bed.channel);
      await bed.stream.createChannel(bed.channel);
      await bed.append('other 1', 'other 2');
      await outcome;
    });

    it('refuses the subscription that is one too many, until another ends', async () => {
      const bed = bedOf();
      const stream = await bed.harness.open({ limits: { subscriptionsMax: 2 } });
      await bed.append('m1');
      const first = await bed.subscribe({ kind: 'earliest' }, stream);
      await bed.subscribe({ kind: 'earliest' }, stream);
      await expect(bed.subscribe({ kind: 'earliest' }, stream)).rejects.toMatchObject({
        kind: 'MessageStreamUnavailable',
      });
      await take(first, 1);
      await bed.subscribe({ kind: 'earliest' }, stream);
    });

    it('closing ends a waiting subscription with an error', async () => {
      const bed = bedOf();
      const waiting = take(await bed.subscribe({ kind: 'earliest' }), 1);
      const outcome = expect(waiting).rejects.toMatchObject({ kind: 'MessageStreamUnavailable' });
      await bed.stream.close();
      await outcome;
    });
  });
}
