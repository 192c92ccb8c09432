import type { sendUnaryData } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { logicalOf, physicalMsOf, type Timestamp } from '../../../src/domain/timestamp.js';
import { AllocTimestampResponse, MilvusServiceService } from '../../../src/gen/milvus.js';
import { TsoClient, type TsoClientOptions } from '../../../src/tso-client/tso-client.js';
import { eventually } from '../../kit/eventually.js';
import { startLoopbackServer } from '../../kit/loopback-server.js';
import { SeverableProxy } from '../../kit/severable-proxy.js';
import { TimestampHistory } from '../../kit/timestamp-history.js';
import { type Offer, TimestampServer } from '../../kit/timestamp-server.js';

const clients: TsoClient[] = [];
const servers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function startServer(
  options?: Parameters<typeof TimestampServer.start>[0],
): Promise<TimestampServer> {
  const server = await TimestampServer.start(options);
  servers.push({ close: () => server.kill() });
  return server;
}

function clientOf(address: string | string[], options: Partial<TsoClientOptions> = {}): TsoClient {
  const client = new TsoClient({ address, ...options });
  clients.push(client);
  return client;
}

/** Many callers, each asking again as soon as it was served. */
async function playAll(
  history: TimestampHistory,
  callers: readonly TsoClient[],
  calls: number,
  countOf: (n: number) => number = () => 1,
): Promise<void> {
  await Promise.all(
    callers.map(async (client, n) => {
      for (let i = 0; i < calls; i += 1) {
        const count = countOf(n + i);
        await history.play(count, () =>
          count === 1 ? client.allocate() : client.allocateBlock(count),
        );
      }
    }),
  );
}

const repeat = <T>(times: number, make: (n: number) => T): T[] =>
  Array.from({ length: times }, (_, n) => make(n));

describe('timestamps through the client', () => {
  it('are unique, and larger than any that was returned before the call began', async () => {
    const server = await startServer();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 16 }),
        fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1_000_000 })), {
          minLength: 1,
          maxLength: 20,
        }),
        async (clientCount, callerCount, requestsInFlightMax, counts) => {
          const history = new TimestampHistory();
          const ours = repeat(clientCount, () => clientOf(server.address, { requestsInFlightMax }));
          const callers = repeat(callerCount, (n) => ours[n % clientCount]).filter((c) => !!c);
          await playAll(history, callers, 20, (n) => counts[n % counts.length] ?? 1);
          for (const client of ours) client.close();
          expect(history.calls).toBe(callerCount * 20);
          history.assertDisjoint();
        },
      ),
      { numRuns: 12 },
    );
  });

  it.each<Offer[]>([['rootCoord'], ['milvus']])(
    'come from a server that has only the unary call of %s, by the same rules',
    async (offer) => {
      const server = await startServer({ offers: [offer] });
      const history = new TimestampHistory();
      const ours = repeat(2, () => clientOf(server.address));
      await playAll(history, [...repeat(50, () => ours).flat()], 4);
      expect(history.calls).toBe(400);
      history.assertDisjoint();
    },
  );

  it('survive a restart: everybody is served by one of both lives, and nothing comes twice', async () => {
    const first = await startServer();
    const client = clientOf(first.address);
    const history = new TimestampHistory();
    const callers = playAll(
      history,
      repeat(200, () => client),
      60,
    );
    while (history.calls < 2_000) await client.allocate();
    const before = history.highest;
    await first.kill();
    const second = await startServer({ state: first.state, port: first.port });
    await callers;
    expect(history.calls).toBe(12_000);
    history.assertDisjoint();
    expect(history.highest).toBeGreaterThan(before);
    expect(second.port).toBe(first.port);
  });

  it('survive an end in order, which waits for no idle client', async () => {
    const first = await startServer();
    const client = clientOf(first.address);
    const before = await client.allocate();
    const stoppingAt = performance.now();
    await first.stop();
    expect(performance.now() - stoppingAt).toBeLessThan(5_000);
    const waiting = client.allocate();
    await startServer({ state: first.state, port: first.port });
    expect(await waiting).toBeGreaterThan(before);
  });

  it('move on to the stream when a server that lacked it comes back with it', async () => {
    const old = await startServer({ offers: ['milvus'] });
    const client = clientOf(old.address);
    const before = await client.allocate();
    await expect(client.allocateBlock(2)).rejects.toMatchObject({ kind: 'ServiceUnimplemented' });
    await old.kill();
    await startServer({ state: old.state, port: old.port });
    expect(await client.allocateBlock(2)).toBeGreaterThan(before);
  });

  it('never go back, even when a server of the past answers', async () => {
    const now = await startServer();
    const client = clientOf(now.address, { timeoutMs: 1_000 });
    const before = await client.allocate();
    await now.kill();
    const past = await startServer({ port: now.port, clockOffMs: -3_600_000 });
    await expect(client.allocate()).rejects.toMatchObject({
      kind: 'ServiceUnavailable',
      message: expect.stringContaining('a timestamp of the past'),
    });
    await past.kill();
    await startServer({ port: now.port, state: now.state });
    expect(await client.allocate()).toBeGreaterThan(before);
  });

  it('are there for more callers of one turn than a request may have', async () => {
    const server = await startServer();
    const client = clientOf(server.address);
    const all = await Promise.all(repeat(25_000, () => client.allocate()));
    expect(new Set(all).size).toBe(25_000);
    expect(client.callers).toBe(0);
  });

  it('come from whoever leads now, of several servers', async () => {
    const [standby, leader] = [await startServer(), await startServer()];
    standby.depose();
    const client = clientOf([standby.address, leader.address]);
    const before = await client.allocate();
    leader.depose();
    const waiting = client.allocate();
    await standby.kill();
    await startServer({ state: leader.state, port: standby.port });
    expect(await waiting).toBeGreaterThan(before);
  });

  it('come as two numbers, which are the parts of what others get', async () => {
    const server = await startServer();
    const client = clientOf(server.address);
    const asParts = (): Promise<[number, number]> =>
      new Promise((resolve, reject) => client.allocateParts((...parts) => resolve(parts), reject));
    const before = await client.allocate();
    const [first, second, whole] = await Promise.all([asParts(), asParts(), client.allocate()]);
    const last = await client.allocate();
    const values = [first, second].map(([ms, logical]) => (BigInt(ms) << 18n) | BigInt(logical));
    expect(new Set([...values, whole]).size).toBe(3);
    for (const value of [...values, whole]) {
      expect(value > before && value < last).toBe(true);
    }
    expect(logicalOf(last)).toBeLessThan(2 ** 18);
    expect(Math.abs(physicalMsOf(last) - Date.now())).toBeLessThan(5_000);
  });

  it('cross from one millisecond into the next inside a request', async () => {
    const server = await startServer();
    const client = clientOf(server.address);
    const parts: [number, number][] = [];
    const block = client.allocateBlock(2 ** 18 - 1);
    const singles = repeat(
      3,
      () =>
        new Promise<void>((resolve, reject) =>
          client.allocateParts((...got) => {
            parts.push(got);
            resolve();
          }, reject),
        ),
    );
    const blocks: Timestamp[] = [await block];
    await Promise.all(singles);
    const taken = parts.map(([ms, logical]) => (BigInt(ms) << 18n) | BigInt(logical));
    expect(parts.every(([, logical]) => logical < 2 ** 18)).toBe(true);
    for (const [i, value] of taken.entries()) {
      if (i > 0) expect(value).toBe((taken[i - 1] ?? 0n) + 1n);
      const [first = 0n] = blocks;
      expect(value < first || value >= first + BigInt(2 ** 18 - 1)).toBe(true);
    }
  });
});

describe('a call that cannot be served', () => {
  it('is refused when its deadline comes and there is no server', async () => {
    const server = await startServer();
    await server.kill();
    const client = clientOf(server.address, { timeoutMs: 300 });
    await expect(client.allocate()).rejects.toMatchObject({
      kind: 'ServiceUnavailable',
      retriable: true,
    });
    expect(client.callers).toBe(0);
  });

  it('is refused when its deadline comes and the server is silent, which is then left', async () => {
    const server = await startServer();
    const line = await SeverableProxy.before(server.address);
    servers.push(line);
    const client = clientOf(line.endpoint, { timeoutMs: 500 });
    await client.allocate();
    line.loseReplies();
    await expect(client.allocate()).rejects.toMatchObject({ kind: 'TimedOut' });
    expect(await client.allocate()).toBeTypeOf('bigint');
  });

  it('is refused while the coordinator is not ready, and served once one is', async () => {
    const server = await startServer();
    server.depose();
    const hasty = clientOf(server.address, { timeoutMs: 200 });
    await expect(hasty.allocate()).rejects.toMatchObject({
      kind: 'ServiceUnavailable',
      message: expect.stringContaining('service not ready'),
    });
    const patient = clientOf(server.address).allocate();
    await server.kill();
    await startServer({ state: server.state, port: server.port });
    expect(await patient).toBeTypeOf('bigint');
  });

  it('is refused at once when too many wait already; the others are served', async () => {
    const server = await startServer();
    const client = clientOf(server.address, { callersMax: 5 });
    const waiting = repeat(5, () => client.allocate());
    await expect(client.allocate()).rejects.toMatchObject({
      kind: 'TooManyRequests',
      retriable: true,
    });
    const direct = new Promise<unknown>((resolve) => client.allocateParts(resolve, resolve));
    expect(await direct).toMatchObject({ kind: 'TooManyRequests' });
    expect(new Set(await Promise.all(waiting)).size).toBe(5);
    expect(await client.allocate()).toBeTypeOf('bigint');
  });

  it.each([0, -1, 1.5, 2 ** 32])('is refused when it wants a block of %s', async (count) => {
    const client = clientOf('127.0.0.1:1');
    await expect(client.allocateBlock(count)).rejects.toMatchObject({ kind: 'ParameterInvalid' });
  });

  it('is told what the server says: the largest blocks use up the minute ahead', async () => {
    const server = await startServer();
    const client = clientOf(server.address);
    const blocks = repeat(6, () => client.allocateBlock(2 ** 32 - 1));
    const ends = await Promise.allSettled(blocks);
    expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(2);
    expect(ends).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ kind: 'RateLimited', retriable: true }),
    });
  }, 20_000);

  it('is refused when nobody there has any of the calls', async () => {
    const server = await startServer({ offers: [] });
    await expect(clientOf(server.address).allocate()).rejects.toMatchObject({
      kind: 'ServiceUnimplemented',
    });
  });
});

describe('a client that is closed', () => {
  it('refuses who waits and who comes later, and leaves no stream behind', async () => {
    const server = await startServer();
    const client = clientOf(server.address);
    await client.allocate();
    const waiting = client.allocate();
    client.close();
    client.close();
    await expect(waiting).rejects.toMatchObject({ kind: 'Cancelled' });
    await expect(client.allocate()).rejects.toMatchObject({ kind: 'Cancelled' });
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('a client that is closed while a server answers its callers one by one', () => {
  it('asks for nobody any more when the answers come', async () => {
    const held: (() => void)[] = [];
    let shutDown: () => Promise<unknown> = () => Promise.reject(new Error('not started'));
    const server = await startLoopbackServer((bare) => {
      shutDown = () => new Promise((resolve) => bare.tryShutdown(resolve));
      bare.addService(
        { allocTimestamp: MilvusServiceService.allocTimestamp },
        {
          allocTimestamp: (_: unknown, answer: sendUnaryData<AllocTimestampResponse>) =>
            held.push(() => answer(null, AllocTimestampResponse.fromPartial({ timestamp: 1n }))),
        },
      );
    });
    servers.push({ close: async () => server.close() });
    const client = clientOf(server.address);
    const refused = Promise.allSettled(repeat(100, () => client.allocate()));
    await eventually(
      async () => held.length,
      (calls) => calls === 32,
    );
    client.close();
    expect(new Set((await refused).map((end) => end.status))).toEqual(new Set(['rejected']));
    for (const answer of held) answer();
    await shutDown();
    expect(held).toHaveLength(32);
  });
});

describe('the options', () => {
  it.each([
    { address: [] },
    { timeoutMs: 0 },
    { timeoutMs: 2 ** 31 },
    { callersMax: 0.5 },
    { requestsInFlightMax: 17 },
  ])('are refused outside their ranges: %o', (options) => {
    expect(() => new TsoClient({ address: '127.0.0.1:1', ...options })).toThrow(
      'invalid parameter',
    );
  });
});
