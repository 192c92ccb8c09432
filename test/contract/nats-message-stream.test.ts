import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NatsMessageStream } from '../../src/adapters/nats/nats-message-stream.js';
import { freePort } from '../kit/etcd-server.js';
import { KEEP_ALL, message, numbered, takeTexts, textOf } from '../kit/message-stream-bed.js';
import { type NatsServer, startNats } from '../kit/nats-server.js';

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

  it('keeps every acknowledged append when the server is killed, and reads on after it', async () => {
    const pages = await stream.subscribe('c', { kind: 'earliest' }, over.signal);
    const taken = takeTexts(pages, 200);
    await stream.append('c', numbered(100).map(message));
    await server.kill();
    const during = stream.append('c', numbered(100, 101).map(message));
    await server.restart();
    // Whether they arrived or not, what was acknowledged is read, and in order.
    const isStored = await during.then(
      () => true,
      () => false,
    );
    if (!isStored) await stream.append('c', numbered(100, 101).map(message));
    const texts = await taken;
    expect(texts.slice(0, 100)).toEqual(numbered(100));
    expect(new Set(texts.slice(100))).toEqual(new Set(numbered(100, 101)));
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
