import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NatsMessageStream } from '../../src/adapters/nats/nats-message-stream.js';
import { decodePositions } from '../../src/adapters/reader-positions.js';
import { positionAt, sequenceOf } from '../../src/domain/stream-position.js';
import { KEEP_ALL, message, numbered, textOf } from '../kit/message-stream-bed.js';
import { type NatsServer, startNats } from '../kit/nats-server.js';
import { NatsWitness } from '../kit/nats-witness.js';

describe('positions of readers in the NatsMessageStream', () => {
  let server: NatsServer;
  let stream: NatsMessageStream;
  let operator: NatsConnection;

  beforeEach(async () => {
    server = await startNats();
    stream = await NatsMessageStream.open({
      servers: [server.endpoint],
      retention: KEEP_ALL,
      requestTimeoutMs: 1_000,
    });
    operator = await connect({ servers: server.endpoint });
    await stream.createChannel('c');
    await stream.append('c', numbered(100).map(message));
  });

  afterEach(async () => {
    await stream.close();
    await operator.close();
    await server.stop();
  });

  const move = (sequence: number): Promise<void> =>
    stream.storePosition('c', 'r', positionAt(sequence));
  const storedNow = async (): Promise<number> =>
    sequenceOf((await stream.storedPosition('c', 'r')) ?? positionAt(0));

  it('keeps every acknowledged position when the server is killed amid the next one', async () => {
    const last = 3_000;
    await stream.append('c', numbered(last - 100, 101).map(message));
    let acked = 0;
    for (let round = 0; round < 3; round++) {
      const before = acked;
      const moving = (async () => {
        while (acked < last) {
          await move(acked + 1);
          acked += 1;
        }
      })();
      const outcome = expect(moving).rejects.toMatchObject({ kind: 'MessageStreamUnavailable' });
      const witness = await NatsWitness.of(server, 'rootstock+readers.c');
      await witness.killAmid((save) => {
        const saved = decodePositions(save.string()).get('r') ?? 0;
        return acked >= before + 5 && acked < saved;
      });
      await server.restart();
      await outcome;
      // The one that was not acknowledged may have been stored.
      await expect.poll(storedNow).toBeGreaterThanOrEqual(acked);
      expect(await storedNow()).toBeLessThanOrEqual(acked + 1);
    }
    await move(last);
    expect(await storedNow()).toBe(last);
  });

  it('a channel made anew knows no reader, though its deletion was cut short', async () => {
    await move(100);
    const manager = await jetstreamManager(operator);
    await manager.streams.delete('c');
    await stream.createChannel('c');
    expect(await stream.storedPosition('c', 'r')).toBeUndefined();
    await stream.append('c', numbered(3).map(message));
    await move(2);
    expect(await storedNow()).toBe(2);
  });

  it('begins anew when somebody removed the stream of the positions', async () => {
    await move(50);
    const manager = await jetstreamManager(operator);
    await manager.streams.delete('rootstock+readers');
    expect(await storedNow()).toBe(0);
    await move(10).catch(({ retriable }) => expect(retriable).toBe(true));
    await move(10);
    expect(await storedNow()).toBe(10);
  });

  it('leaves nothing of a deleted channel behind', async () => {
    await move(50);
    await stream.deleteChannel('c');
    const manager = await jetstreamManager(operator);
    expect((await manager.streams.info('rootstock+readers')).state.messages).toBe(0);
  });

  it('stores appends in the order of the calls though the server rejects some of them', async () => {
    const manager = await jetstreamManager(operator);
    await manager.streams.update('c', { max_msg_size: 2_000 });
    const large = { payload: Buffer.alloc(3_000), properties: {} };
    const calls = Array.from({ length: 100 }, (_, call) => {
      const batch = [
        message(`${call} a`),
        ...(call % 7 === 3 ? [large] : []),
        message(`${call} b`),
      ];
      return stream.append('c', batch);
    });
    const outcomes = await Promise.allSettled(calls);
    const rejected = outcomes.filter(({ status }) => status === 'rejected');
    expect(rejected).toHaveLength(14);
    const page = await stream.read('c', { kind: 'after', position: positionAt(100) }, 1_000);
    const texts = page.map(textOf);
    const all = outcomes.flatMap((_, call) => [`${call} a`, `${call} b`]);
    expect(texts).toEqual(all.slice(0, texts.length));
    const last = await stream.lastPosition('c');
    expect(last && sequenceOf(last)).toBe(100 + all.length);
  });
});
