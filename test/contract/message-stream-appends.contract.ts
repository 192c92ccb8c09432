import { describe, expect, it } from 'vitest';
import { sequenceOf } from '../../src/domain/stream-position.js';
import { type MessageStreamBed, message, numbered, textOf } from '../kit/message-stream-bed.js';

/** Channels come and go; what is appended is there, in order. */
export function appendsContract(bedOf: () => MessageStreamBed): void {
  describe('channels', () => {
    it('lists the channels of a prefix in order, each once however often it is made', async () => {
      const { stream, prefix } = bedOf();
      await stream.createChannel(`${prefix}_2`);
      await stream.createChannel(`${prefix}_1`);
      await stream.createChannel(`${prefix}_1`);
      expect(await stream.channels(`${prefix}_`)).toEqual([0, 1, 2].map((n) => `${prefix}_${n}`));
      expect(await stream.channels('nobody-')).toEqual([]);
    });

    it('making a channel again keeps its messages', async () => {
      const bed = bedOf();
      await bed.append('m1');
      await bed.stream.createChannel(bed.channel);
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual(['m1']);
    });

    it('a channel that was never made is not found', async () => {
      const { stream, prefix, over } = bedOf();
      const absent = `${prefix}_9`;
      const notFound = { kind: 'MessageChannelNotFound' };
      await expect(stream.append(absent, [message('m')])).rejects.toMatchObject(notFound);
      await expect(stream.read(absent, { kind: 'earliest' }, 1)).rejects.toMatchObject(notFound);
      await expect(stream.lastPosition(absent)).rejects.toMatchObject(notFound);
      await expect(
        stream.subscribe(absent, { kind: 'earliest' }, over.signal),
      ).rejects.toMatchObject(notFound);
      await stream.deleteChannel(absent);
    });

    it('a deleted channel takes no appends, and made anew it is empty', async () => {
      const bed = bedOf();
      const { stream, channel } = bed;
      await bed.append('old');
      await stream.deleteChannel(channel);
      expect(await stream.channels(channel)).toEqual([]);
      await expect(bed.append('late')).rejects.toMatchObject({ kind: 'MessageChannelNotFound' });
      await stream.createChannel(channel);
      expect(await stream.lastPosition(channel)).toBeUndefined();
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual([]);
      await bed.append('new');
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual(['new']);
    });

    it.each(['', 'a b', 'a*', 'a/b', 'ä', 'x'.repeat(256)])(
      'refuses the name "%s"',
      async (name) => {
        const { stream } = bedOf();
        await expect(stream.createChannel(name)).rejects.toMatchObject({
          kind: 'ParameterInvalid',
        });
      },
    );
  });

  describe('appending', () => {
    it('gives each message its place, one after the other', async () => {
      const bed = bedOf();
      expect(await bed.stream.lastPosition(bed.channel)).toBeUndefined();
      expect(await bed.append('m1', 'm2')).toEqual([1, 2]);
      expect(await bed.append('m3')).toEqual([3]);
      const last = await bed.stream.lastPosition(bed.channel);
      expect(last && sequenceOf(last)).toBe(3);
    });

    it('keeps the order of the calls, awaited or not', async () => {
      const bed = bedOf();
      const texts = numbered(2_000);
      const sequences = await Promise.all(texts.map((text) => bed.append(text)));
      expect(sequences.flat()).toEqual(texts.map((_, index) => index + 1));
      expect(await bed.readTexts({ kind: 'earliest' }, 2_000)).toEqual(texts);
    });

    it('keeps channels apart', async () => {
      const bed = bedOf();
      const other = `${bed.prefix}_1`;
      await bed.stream.createChannel(other);
      await Promise.all([bed.append('a'), bed.stream.append(other, [message('b')])]);
      const read = await bed.stream.read(other, { kind: 'earliest' }, 10);
      expect(read.map(textOf)).toEqual(['b']);
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual(['a']);
    });

    it('gives payloads and properties back as they were, empty ones too', async () => {
      const bed = bedOf();
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const properties = { msg_type: 'CreateCollection', traceparent: '00-a b:c="d"' };
      await bed.stream.append(bed.channel, [
        { payload: all, properties },
        { payload: new Uint8Array(0), properties: { empty: '' } },
        { payload: all, properties: {} },
      ]);
      const read = await bed.readAll({ kind: 'earliest' });
      expect(read.map((one) => one.properties)).toEqual([properties, { empty: '' }, {}]);
      expect(read.map((one) => [...one.payload])).toEqual([[...all], [], [...all]]);
    });

    it('copies what it is given before the call returns', async () => {
      const bed = bedOf();
      const payload = Buffer.from('before');
      const append = bed.stream.append(bed.channel, [{ payload, properties: {} }]);
      payload.write('after!');
      await append;
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual(['before']);
    });

    it('takes messages up to its limit and refuses larger ones whole', async () => {
      const bed = bedOf();
      const { messageBytesMax } = bed.stream.limits;
      const sized = (bytes: number) => ({ payload: Buffer.alloc(bytes, 7), properties: {} });
      const batch = [message('small'), sized(messageBytesMax + 1)];
      await expect(bed.stream.append(bed.channel, batch)).rejects.toMatchObject({
        kind: 'ParameterTooLarge',
      });
      await bed.stream.append(bed.channel, [sized(messageBytesMax)]);
      const read = await bed.stream.read(bed.channel, { kind: 'earliest' }, 10);
      expect(read.map((one) => one.payload.byteLength)).toEqual([messageBytesMax]);
    });

    it('refuses what its queue does not hold, and goes on', async () => {
      const bed = bedOf();
      const small = await bed.harness.open({ limits: { queuedBytesMax: 1_000 } });
      const batch = [{ payload: Buffer.alloc(1_001), properties: {} }];
      await expect(small.append(bed.channel, batch)).rejects.toMatchObject({
        kind: 'MessageStreamUnavailable',
        retriable: true,
      });
      await small.append(bed.channel, [message('m1')]);
      expect(await bed.readTexts({ kind: 'earliest' })).toEqual(['m1']);
    });

    it('finds everything again when it is opened anew', async () => {
      const bed = bedOf();
      await bed.append(...numbered(100));
      await bed.stream.close();
      const again = await bed.harness.open();
      const read = await bed.readAll({ kind: 'earliest' }, 1_000, again);
      expect(read.map(textOf)).toEqual(numbered(100));
      const [position] = await again.append(bed.channel, [message('m101')]);
      expect(position && sequenceOf(position)).toBe(101);
    });

    it('answers nobody once it is closed', async () => {
      const bed = bedOf();
      await bed.stream.close();
      await bed.stream.close();
      const closed = { kind: 'MessageStreamUnavailable' };
      await expect(bed.append('m')).rejects.toMatchObject(closed);
      await expect(bed.readTexts({ kind: 'earliest' })).rejects.toMatchObject(closed);
      await expect(bed.stream.channels('')).rejects.toMatchObject(closed);
    });

    it('finishes appends under way before it closes', async () => {
      const bed = bedOf();
      const appends = numbered(100).map((text) => bed.append(text));
      await bed.stream.close();
      expect((await Promise.all(appends)).flat()).toHaveLength(100);
    });
  });
}
