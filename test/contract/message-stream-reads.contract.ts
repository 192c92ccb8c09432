import { describe, expect, it } from 'vitest';
import { positionAt, sequenceOf } from '../../src/domain/stream-position.js';
import type { StartAt } from '../../src/ports/message-stream.js';
import { eventually } from '../kit/eventually.js';
import { type MessageStreamBed, message, numbered, textOf } from '../kit/message-stream-bed.js';

/** Reading begins anywhere that is kept, and never skips in silence. */
export function readsContract(bedOf: () => MessageStreamBed): void {
  const starts: readonly (readonly [string, StartAt, readonly string[]])[] = [
    ['earliest', { kind: 'earliest' }, numbered(5)],
    ['latest', { kind: 'latest' }, []],
    ['at the first', { kind: 'at', position: positionAt(1) }, numbered(5)],
    ['at the third', { kind: 'at', position: positionAt(3) }, numbered(3, 3)],
    ['after the third', { kind: 'after', position: positionAt(3) }, numbered(2, 4)],
    ['after the last', { kind: 'after', position: positionAt(5) }, []],
    ['at the next to come', { kind: 'at', position: positionAt(6) }, []],
  ];

  describe('reading', () => {
    it.each(starts)('begins %s', async (_name, start, texts) => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      expect(await bed.readTexts(start)).toEqual(texts);
    });

    it('tells each message its place', async () => {
      const bed = bedOf();
      await bed.append('m1');
      await bed.append('m2', 'm3');
      const read = await bed.readAll({ kind: 'at', position: positionAt(2) });
      expect(read.map((one) => [sequenceOf(one.position), textOf(one)])).toEqual([
        [2, 'm2'],
        [3, 'm3'],
      ]);
    });

    it('reads no more than asked for', async () => {
      const bed = bedOf();
      await bed.append(...numbered(10));
      const page = await bed.stream.read(bed.channel, { kind: 'earliest' }, 3);
      expect(page.map(textOf)).toEqual(numbered(page.length));
      expect([1, 2, 3]).toContain(page.length);
      expect(await bed.readTexts({ kind: 'earliest' }, 3)).toEqual(numbered(3));
      expect(await bed.stream.read(bed.channel, { kind: 'earliest' }, 0)).toEqual([]);
    });

    it.each([0, 7, 1_000_000])('refuses to begin at message %i of five', async (sequence) => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      const start = { kind: 'at', position: positionAt(sequence) } as const;
      await expect(bed.readTexts(start)).rejects.toMatchObject({ kind: 'PositionNotRetained' });
      await expect(bed.subscribe(start)).rejects.toMatchObject({ kind: 'PositionNotRetained' });
    });

    it('refuses bytes that are no position', async () => {
      const bed = bedOf();
      const start = { kind: 'at', position: Buffer.from('nonsense!') } as const;
      await expect(bed.readTexts(start)).rejects.toMatchObject({ kind: 'ParameterInvalid' });
    });
  });

  describe('forgetting', () => {
    it('truncates before a position, which stays', async () => {
      const bed = bedOf();
      await bed.append(...numbered(3));
      await bed.append(...numbered(3, 4));
      await bed.stream.truncate(bed.channel, positionAt(5));
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual(numbered(2, 5));
      const lost = { kind: 'at', position: positionAt(4) } as const;
      await expect(bed.readTexts(lost)).rejects.toMatchObject({ kind: 'PositionNotRetained' });
      expect(await bed.append('m7')).toEqual([7]);
    });

    it('truncating before what is gone changes nothing, before what is to come is refused', async () => {
      const bed = bedOf();
      await bed.append(...numbered(3));
      await bed.stream.truncate(bed.channel, positionAt(2));
      await bed.stream.truncate(bed.channel, positionAt(1));
      await expect(bed.stream.truncate(bed.channel, positionAt(4))).rejects.toMatchObject({
        kind: 'PositionNotRetained',
      });
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual(numbered(2, 2));
    });

    it('remembers a truncation when it is opened anew', async () => {
      const bed = bedOf();
      await bed.append(...numbered(3));
      await bed.stream.truncate(bed.channel, positionAt(3));
      await bed.stream.close();
      const again = await bed.harness.open();
      const read = await again.read(bed.channel, { kind: 'earliest' }, 10);
      expect(read.map(textOf)).toEqual(['m3']);
    });

    it('forgets the oldest messages of a channel that grows past its size', async () => {
      const bed = bedOf();
      const retention = { ageMs: 3_600_000, bytes: 2 ** 20 };
      const stream = await bed.harness.open({ retention });
      const channel = `${bed.prefix}_1`;
      await stream.createChannel(channel);
      const large = { payload: Buffer.alloc(100_000), properties: {} };
      for (let index = 0; index < 30; index++) await stream.append(channel, [large]);
      const [oldest] = await eventually(
        () => stream.read(channel, { kind: 'earliest' }, 1),
        ([first]) => first !== undefined && sequenceOf(first.position) >= 20,
      );
      expect(oldest && sequenceOf(oldest.position)).toBeLessThan(25);
      const last = await stream.lastPosition(channel);
      expect(last && sequenceOf(last)).toBe(30);
    });

    it('forgets messages by age, and never their numbers', async () => {
      const bed = bedOf();
      const stream = await bed.harness.open({ retention: { ageMs: 300, bytes: 2 ** 30 } });
      const channel = `${bed.prefix}_1`;
      await stream.createChannel(channel);
      await stream.append(channel, numbered(3).map(message));
      await stream.append(channel, [message('m4')]);
      const start = { kind: 'at', position: positionAt(3) } as const;
      await eventually(
        () => stream.read(channel, start, 10).catch(({ kind }) => kind),
        (answer) => answer === 'PositionNotRetained',
      );
      const [position] = await stream.append(channel, [message('m5')]);
      expect(position && sequenceOf(position)).toBe(5);
    });
  });
}
