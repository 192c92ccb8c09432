import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NatsMessageStream } from '../../src/adapters/nats/nats-message-stream.js';
import { sequenceOf } from '../../src/domain/stream-position.js';
import { freePort } from '../kit/etcd-server.js';
import { KEEP_ALL, message, numbered, takeTexts, textOf } from '../kit/message-stream-bed.js';
import { type NatsServer, startNats } from '../kit/nats-server.js';
import { NatsWitness } from '../kit/nats-witness.js';

/** Messages of one append, so that a kill may leave some of them. */
const BATCH = 20;

describe('NatsMessageStream', () => {
  let server: NatsServer;
  let stream: NatsMessageStream;
  const over = new AbortController();

  beforeEach(async () => {
    server = await startNats();
    stream = await NatsMessageStream.open({ servers: [server.endpoint], retention: KEEP_ALL });
    await stream.createChannel('c');
  });

  afterEach(async () => {
    await stream.close();
    await server.stop();
  });

  it('keeps every acknowledged append when the server is killed amid another, and reads on', async () => {
    const pages = await stream.subscribe('c', { kind: 'earliest' }, over.signal);
    const witness = await NatsWitness.of(server, 'c');
    let acked = 0;
    const append = async (): Promise<void> => {
      await stream.append('c', numbered(BATCH, acked + 1).map(message));
      acked += BATCH;
    };
    const appending = (async () => {
      for (;;) await append();
    })();
    const outcome = expect(appending).rejects.toMatchObject({ kind: 'MessageStreamUnavailable' });
    await witness.killAmid((seen) => acked >= 100 && Number(seen.string().slice(1)) > acked);
    await server.restart();
    await outcome;
    const [before, rejected] = [numbered(acked), numbered(BATCH, acked + 1)];
    await append();
    const last = await stream.lastPosition('c');
    const texts = await takeTexts(pages, last ? sequenceOf(last) : 0);
    // What was rejected may have left some messages, each once and in their order.
    const left = texts.slice(before.length, -BATCH);
    expect(left).toEqual(rejected.filter((text) => left.includes(text)));
    expect(texts).toEqual([...before, ...left, ...rejected]);
    expect(stream.lost.aborted).toBe(false);
  });

  it('refuses, retriable, what a dead server does not answer', async () => {
    await stream.close();
    const options = { servers: [server.endpoint], retention: KEEP_ALL, requestTimeoutMs: 500 };
    stream = await NatsMessageStream.open(options);
    await server.kill();
    const refused = { kind: 'MessageStreamUnavailable', retriable: true };
    await expect(stream.append('c', [message('m')])).rejects.toMatchObject(refused);
    await expect(stream.lastPosition('c')).rejects.toMatchObject(refused);
  });

  it('says so when no server answers', async () => {
    const servers = [`127.0.0.1:${await freePort()}`];
    await expect(NatsMessageStream.open({ servers, retention: KEEP_ALL })).rejects.toMatchObject({
      kind: 'MessageStreamUnavailable',
    });
  });

  it('gives a channel it finds the retention of today', async () => {
    await stream.append('c', numbered(3).map(message));
    const retention = { ageMs: 200, bytes: KEEP_ALL.bytes };
    const other = await NatsMessageStream.open({ servers: [server.endpoint], retention });
    await other.createChannel('c');
    const pages = await stream.subscribe('c', { kind: 'latest' }, over.signal);
    const later = takeTexts(pages, 1);
    await stream.append('c', [message('m4')]);
    expect(await later).toEqual(['m4']);
    await expect
      .poll(async () => (await stream.read('c', { kind: 'earliest' }, 10)).map(textOf))
      .toEqual([]);
    await other.close();
  });
});
