import { once } from 'node:events';
import { type ClientDuplexStream, credentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.js';
import { CoordError } from '../../../src/domain/errors.js';
import {
  AllocateRequest,
  type AllocateResponse,
  TimestampServiceClient,
  TimestampServiceService,
} from '../../../src/gen/timestamps.js';
import { Exchange } from '../../../src/rpc/exchange.js';
import { type RunningServer, startServer } from '../../../src/rpc/server.js';
import { WorkLane } from '../../../src/rpc/work-lane.js';
import { eventually } from '../../kit/eventually.js';

type Stream = ClientDuplexStream<AllocateRequest, AllocateResponse>;
type Handle = (request: AllocateRequest) => AllocateResponse | Promise<AllocateResponse>;

const LIMITS = { streamsMax: 2, outstandingMax: 4 };

const echo: Handle = ({ count }) => ({ timestamp: BigInt(count), count, refusal: undefined });

let server: RunningServer | undefined;
let client: TimestampServiceClient | undefined;

afterEach(async () => {
  client?.close();
  await server?.drain(0);
});

/** A server whose only RPC is a conversation handled by `handle`, and a client of it. */
async function serve(handle: Handle) {
  const state = { isReady: true, defects: [] as unknown[] };
  const deps = {
    assertReady: () => {
      if (!state.isReady) throw CoordError.of('ServiceNotReady');
    },
    onDefect: (_rpc: string, error: unknown) => state.defects.push(error),
    lane: new WorkLane(new SystemClock()),
  };
  const exchange = new Exchange(deps, TimestampServiceService.allocate, LIMITS, handle);
  const running = await startServer({
    ip: '127.0.0.1',
    port: 0,
    receiveBytesMax: 16 * 1_024,
    sendBytesMax: 1_024,
    services: [
      {
        name: 'rootstock.control.v1.TimestampService',
        definition: TimestampServiceService,
        handlers: { allocate: exchange.handler },
      },
    ],
  });
  const made = new TimestampServiceClient(
    `127.0.0.1:${running.port}`,
    credentials.createInsecure(),
    { 'grpc.use_local_subchannel_pool': 1 },
  );
  server = running;
  client = made;
  return { state, exchange, client: made, running };
}

/** What comes over a stream, and how it ends. */
function follow(stream: Stream) {
  const answers: AllocateResponse[] = [];
  const end: { code?: number } = {};
  stream.on('data', (answer: AllocateResponse) => answers.push(answer));
  stream.on('status', ({ code }) => Object.assign(end, { code }));
  stream.on('error', () => {});
  return { answers, end, counts: () => answers.map(({ count }) => count) };
}

const answered = (seen: ReturnType<typeof follow>, count: number) =>
  eventually(
    async () => seen.answers.length,
    (length) => length >= count,
  );

const ended = (seen: ReturnType<typeof follow>, code: status) =>
  eventually(
    async () => seen.end,
    (end) => end.code === code,
  );

describe('a conversation', () => {
  it('answers in the order of the requests, whichever is served first', async () => {
    const waiting: (() => void)[] = [];
    const { client } = await serve((request) => {
      if (request.count % 2 === 0) return echo(request);
      return new Promise((resolve) => waiting.push(() => resolve(echo(request))));
    });
    const stream = client.allocate();
    const seen = follow(stream);
    for (const count of [1, 2, 3, 4]) stream.write({ count });
    await eventually(
      async () => waiting.length,
      (length) => length === 2,
    );
    waiting[1]?.();
    waiting[0]?.();
    await answered(seen, 4);
    expect(seen.counts()).toEqual([1, 2, 3, 4]);
  });

  it('goes on for any number of messages', async () => {
    const { client } = await serve(echo);
    const stream = client.allocate();
    const seen = follow(stream);
    for (let count = 1; count <= 3_000; count += 1) {
      stream.write({ count });
      if (count % 2 === 0) await once(stream, 'data');
    }
    await answered(seen, 3_000);
    expect(seen.counts()).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
  });

  it('ends in order when the client has asked everything', async () => {
    const { client } = await serve(async (request) => echo(request));
    const stream = client.allocate();
    const seen = follow(stream);
    for (const count of [5, 6, 7]) stream.write({ count });
    stream.end();
    const [{ code }] = await once(stream, 'status');
    expect(code).toBe(status.OK);
    expect(seen.counts()).toEqual([5, 6, 7]);
  });

  it('puts a refusal into the answer and goes on', async () => {
    const { client } = await serve((request) => {
      if (request.count === 0) throw CoordError.invalid('nothing was asked for');
      return echo(request);
    });
    const stream = client.allocate();
    const seen = follow(stream);
    for (const count of [1, 0, 2]) stream.write({ count });
    await answered(seen, 3);
    expect(seen.answers.map(({ refusal }) => refusal?.code)).toEqual([undefined, 1100, undefined]);
    expect(seen.counts()).toEqual([1, 0, 2]);
  });

  it('reads no more than so many requests ahead of its answers', async () => {
    const waiting: (() => void)[] = [];
    let served = 0;
    const { client } = await serve((request) => {
      served += 1;
      return new Promise((resolve) => waiting.push(() => resolve(echo(request))));
    });
    const busy = client.allocate();
    const seen = follow(busy);
    for (let count = 1; count <= 100; count += 1) busy.write({ count });
    await eventually(
      async () => served,
      (times) => times === LIMITS.outstandingMax,
    );
    const other = client.allocate();
    const seenByOther = follow(other);
    other.write({ count: 1 });
    await eventually(
      async () => waiting.length,
      (length) => length > LIMITS.outstandingMax,
    );
    waiting.pop()?.();
    await answered(seenByOther, 1);
    expect(served).toBe(LIMITS.outstandingMax + 1);
    while (seen.answers.length < 100) {
      for (const settle of waiting.splice(0)) settle();
      await once(busy, 'data');
    }
    expect(seen.counts()).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('is refused when there are too many, until one of them leaves', async () => {
    const { client } = await serve(echo);
    const streams = [client.allocate(), client.allocate()] as const;
    const seen = streams.map(follow);
    for (const stream of streams) stream.write({ count: 1 });
    for (const each of seen) await answered(each, 1);
    const excess = follow(client.allocate());
    await ended(excess, status.RESOURCE_EXHAUSTED);
    streams[0].cancel();
    await eventually(
      async () => {
        const next = client.allocate();
        const seen = follow(next);
        next.write({ count: 9 });
        await eventually(
          async () => seen.answers.length > 0 || seen.end.code !== undefined,
          (isOver) => isOver,
        );
        return seen.counts();
      },
      (counts) => counts[0] === 9,
    );
  });

  it('does not begin before the coordinator is ready, and ends when it no longer is', async () => {
    const { state, client } = await serve(echo);
    state.isReady = false;
    const early = follow(client.allocate());
    await ended(early, status.UNAVAILABLE);
    state.isReady = true;
    const stream = client.allocate();
    const seen = follow(stream);
    stream.write({ count: 1 });
    await answered(seen, 1);
    state.isReady = false;
    stream.write({ count: 2 });
    await ended(seen, status.UNAVAILABLE);
    expect(seen.counts()).toEqual([1]);
  });

  it('that idles ends when all are told to, so that the server can close', async () => {
    const { exchange, client, running } = await serve(echo);
    const stream = client.allocate();
    const seen = follow(stream);
    stream.write({ count: 1 });
    await answered(seen, 1);
    exchange.endAll(CoordError.of('ServiceNotReady', {}, 'over'));
    await ended(seen, status.UNAVAILABLE);
    const startedAt = performance.now();
    await running.drain(10_000);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('tells of a defect, in the answer and to the log, and goes on', async () => {
    const defect = new TypeError('undefined is not a function');
    const { state, client } = await serve((request) => {
      if (request.count === 13) throw defect;
      return echo(request);
    });
    const stream = client.allocate();
    const seen = follow(stream);
    for (const count of [13, 1]) stream.write({ count });
    await answered(seen, 2);
    expect(seen.answers[0]?.refusal?.code).toBe(65535);
    expect(seen.counts()).toEqual([0, 1]);
    expect(state.defects).toEqual([defect]);
  });

  it('refuses bytes no encoder writes', async () => {
    const { client } = await serve(echo);
    const { path } = TimestampServiceService.allocate;
    const raw: Stream = client.makeBidiStreamRequest(
      path,
      (request: AllocateRequest) =>
        request.count === 0
          ? Buffer.from([0xff, 0xff])
          : Buffer.from(AllocateRequest.encode(request).finish()),
      TimestampServiceService.allocate.responseDeserialize,
    );
    const seen = follow(raw);
    for (const count of [0, 1]) raw.write({ count });
    await answered(seen, 2);
    expect(seen.answers.map(({ refusal }) => refusal?.code)).toEqual([1100, undefined]);
  });
});
