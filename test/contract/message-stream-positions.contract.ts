import { describe, expect, it } from 'vitest';
import { type Position, positionAt, sequenceOf } from '../../src/domain/stream-position.js';
import type { MessageStream, StartAt } from '../../src/ports/message-stream.js';
import { eventually } from '../kit/eventually.js';
import { type MessageStreamBed, message, numbered, textOf } from '../kit/message-stream-bed.js';

const READER = 'datacoord.flush-1';

/** A reader stores how far it has come, and finds it again. */
export function positionsContract(bedOf: () => MessageStreamBed): void {
  const store = (bed: MessageStreamBed, sequence: number, reader = READER): Promise<void> =>
    bed.stream.storePosition(bed.channel, reader, positionAt(sequence));

  const storedOf = async (
    bed: MessageStreamBed,
    reader = READER,
    of: MessageStream = bed.stream,
  ): Promise<number | undefined> => {
    const position = await of.storedPosition(bed.channel, reader);
    return position && sequenceOf(position);
  };

  describe('positions of readers', () => {
    it('keeps each reader’s position in each channel apart', async () => {
      const bed = bedOf();
      const other = `${bed.prefix}_1`;
      await bed.stream.createChannel(other);
      await bed.append(...numbered(5));
      await bed.stream.append(other, numbered(5).map(message));
      await Promise.all([store(bed, 2, 'a'), store(bed, 3, 'b'), store(bed, 4, 'a.b')]);
      await bed.stream.storePosition(other, 'a', positionAt(5));
      expect(await Promise.all(['a', 'b', 'a.b', 'c'].map((one) => storedOf(bed, one)))).toEqual([
        2,
        3,
        4,
        undefined,
      ]);
      expect(await bed.stream.storedPosition(other, 'a')).toEqual(positionAt(5));
    });

    it('goes on from there when the stream is opened anew', async () => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      await store(bed, 3);
      await bed.stream.close();
      const again = await bed.harness.open();
      const position = await again.storedPosition(bed.channel, READER);
      const start: StartAt = { kind: 'after', position: position ?? positionAt(0) };
      const rest = await bed.readAll(start, 10, again);
      expect(rest.map(textOf)).toEqual(numbered(2, 4));
    });

    it('never moves a reader back, whatever the order its calls arrive in', async () => {
      const bed = bedOf();
      await bed.append(...numbered(9));
      await store(bed, 4);
      await store(bed, 2);
      expect(await storedOf(bed)).toBe(4);
      await Promise.all([5, 9, 1, 7, 9, 3].map((sequence) => store(bed, sequence)));
      expect(await storedOf(bed)).toBe(9);
    });

    it.each([0, 6, 1_000_000])('refuses position %i of five messages', async (sequence) => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      await expect(store(bed, sequence)).rejects.toMatchObject({ kind: 'PositionNotRetained' });
      expect(await storedOf(bed)).toBeUndefined();
    });

    it('a refused position fails nobody whose call waits beside it', async () => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      const calls = [1, 6, 3, 0, 5].map((sequence) => store(bed, sequence, `r${sequence}`));
      const outcomes = await Promise.allSettled(calls);
      const isFulfilled = ({ status }: { status: string }): boolean => status === 'fulfilled';
      expect(outcomes.map(isFulfilled)).toEqual([true, false, true, false, true]);
      expect(await storedOf(bed, 'r3')).toBe(3);
      expect(await storedOf(bed, 'r6')).toBeUndefined();
    });

    it('refuses bytes that are no position', async () => {
      const { stream, channel } = bedOf();
      const nonsense: Position = Buffer.from('nonsense!');
      await expect(stream.storePosition(channel, READER, nonsense)).rejects.toMatchObject({
        kind: 'ParameterInvalid',
      });
    });

    it.each(['', 'a b', 'a*', 'a/b', 'ä', 'x'.repeat(129)])(
      'refuses the reader "%s"',
      async (reader) => {
        const bed = bedOf();
        await bed.append('m1');
        const invalid = { kind: 'ParameterInvalid' };
        await expect(store(bed, 1, reader)).rejects.toMatchObject(invalid);
        await expect(storedOf(bed, reader)).rejects.toMatchObject(invalid);
        await expect(bed.stream.forgetReader(bed.channel, reader)).rejects.toMatchObject(invalid);
      },
    );

    it.each(['__proto__', '.', '..a-_', 'x'.repeat(128)])('takes the reader "%s"', async (name) => {
      const bed = bedOf();
      await bed.append('m1');
      expect(await storedOf(bed, name)).toBeUndefined();
      await store(bed, 1, name);
      expect(await storedOf(bed, name)).toBe(1);
    });

    it('finds no channel that was never made', async () => {
      const { stream, prefix } = bedOf();
      const absent = `${prefix}_9`;
      const notFound = { kind: 'MessageChannelNotFound' };
      await expect(stream.storePosition(absent, READER, positionAt(1))).rejects.toMatchObject(
        notFound,
      );
      await expect(stream.storedPosition(absent, READER)).rejects.toMatchObject(notFound);
      await expect(stream.forgetReader(absent, READER)).rejects.toMatchObject(notFound);
    });

    it('forgets a reader, who may begin anew further back', async () => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      await store(bed, 5);
      await store(bed, 4, 'other');
      await bed.stream.forgetReader(bed.channel, READER);
      await bed.stream.forgetReader(bed.channel, READER);
      expect(await storedOf(bed)).toBeUndefined();
      expect(await storedOf(bed, 'other')).toBe(4);
      await store(bed, 2);
      expect(await storedOf(bed)).toBe(2);
    });

    it('does what waits in the order of the calls', async () => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      await Promise.all([
        store(bed, 5),
        bed.stream.forgetReader(bed.channel, READER),
        store(bed, 2),
        store(bed, 1),
      ]);
      expect(await storedOf(bed)).toBe(2);
    });

    it('holds so many readers and no more, until one is forgotten', async () => {
      const bed = bedOf();
      await bed.append(...numbered(2));
      const stream = await bed.harness.open({ limits: { readersMax: 2 } });
      const move = (reader: string, sequence: number): Promise<void> =>
        stream.storePosition(bed.channel, reader, positionAt(sequence));
      const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((one) => move(one, 1)));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      await expect(move('c', 1)).rejects.toMatchObject({ kind: 'QuotaExceeded' });
      await move('a', 2);
      await stream.forgetReader(bed.channel, 'b');
      await move('c', 1);
      expect(await storedOf(bed, 'c')).toBe(1);
    });

    it('a channel made anew knows no reader of the deleted one', async () => {
      const bed = bedOf();
      await bed.append(...numbered(3));
      await store(bed, 3);
      await bed.stream.deleteChannel(bed.channel);
      const notFound = { kind: 'MessageChannelNotFound' };
      await expect(storedOf(bed)).rejects.toMatchObject(notFound);
      await expect(store(bed, 3)).rejects.toMatchObject(notFound);
      await bed.stream.createChannel(bed.channel);
      expect(await storedOf(bed)).toBeUndefined();
      await bed.append(...numbered(2));
      await store(bed, 1);
      expect(await storedOf(bed)).toBe(1);
    });

    it('a position that is no longer kept is told, and reading after it is refused', async () => {
      const bed = bedOf();
      await bed.append(...numbered(5));
      await store(bed, 2);
      await bed.stream.truncate(bed.channel, positionAt(5));
      const position = await bed.stream.storedPosition(bed.channel, READER);
      expect(position).toEqual(positionAt(2));
      const start: StartAt = { kind: 'after', position: position ?? positionAt(5) };
      await expect(bed.readTexts(start)).rejects.toMatchObject({ kind: 'PositionNotRetained' });
      await store(bed, 3);
      expect(await storedOf(bed)).toBe(3);
    });

    it('tells a position of a channel that keeps nothing any more', async () => {
      const bed = bedOf();
      const stream = await bed.harness.open({ retention: { ageMs: 200, bytes: 2 ** 30 } });
      await stream.createChannel(bed.channel);
      await stream.append(bed.channel, numbered(3).map(message));
      await stream.append(bed.channel, [message('m4')]);
      await stream.storePosition(bed.channel, READER, positionAt(4));
      await eventually(
        () => stream.read(bed.channel, { kind: 'at', position: positionAt(3) }, 1).catch(() => []),
        (read) => read.length === 0,
      );
      expect(await storedOf(bed, READER, stream)).toBe(4);
    });

    it('several instances store positions in one channel, and none is lost', async () => {
      const bed = bedOf();
      const others = [await bed.harness.open(), await bed.harness.open()];
      await bed.append(...numbered(20));
      const calls = [bed.stream, ...others].flatMap((stream, index) =>
        Array.from({ length: 20 }, (_, step) => {
          const readers = [`r${index}`, 'shared'];
          return readers.map((one) => stream.storePosition(bed.channel, one, positionAt(step + 1)));
        }),
      );
      await Promise.all(calls.flat());
      const readers = ['r0', 'r1', 'r2', 'shared'];
      expect(await Promise.all(readers.map((one) => storedOf(bed, one)))).toEqual([20, 20, 20, 20]);
      // Who only reads takes nothing from who appends.
      await bed.append('m21');
      expect(bed.stream.lost.aborted).toBe(false);
      expect(await storedOf(bed, 'shared', others[0])).toBe(20);
    });

    it('stores what waits before it closes, and nothing after', async () => {
      const bed = bedOf();
      await bed.append(...numbered(20));
      const calls = Array.from({ length: 20 }, (_, index) => store(bed, index + 1, `r${index}`));
      await bed.stream.close();
      await Promise.all(calls);
      await expect(store(bed, 1)).rejects.toMatchObject({ kind: 'MessageStreamUnavailable' });
      await expect(storedOf(bed)).rejects.toMatchObject({ kind: 'MessageStreamUnavailable' });
      const again = await bed.harness.open();
      expect(await storedOf(bed, 'r19', again)).toBe(20);
    });

    it('lists no channel but those that were made', async () => {
      const bed = bedOf();
      const before = await bed.stream.channels('');
      await bed.append('m1');
      await store(bed, 1);
      expect(await bed.stream.channels('')).toEqual(before);
    });
  });
}
