import { once } from 'node:events';
import { credentials, type StatusObject, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import { TimestampServiceClient } from '../../src/gen/timestamps.js';
import { TsoClient } from '../../src/tso-client/tso-client.js';
import { allocateTimestamps } from '../kit/root-calls.js';
import { ServerProcess } from '../kit/server-process.js';
import { StandbyServer } from '../kit/standby-server.js';
import { stores, type TestStore } from '../kit/stores.js';
import { TimestampHistory } from '../kit/timestamp-history.js';

const TIMEOUT_MS = 120_000;
const CALLERS = 120;
const KILLS = 3;
/** Between two kills, so that each hits a server that serves. */
const CALLS_PER_LIFE = 20_000;

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function clientOf(address: string): TsoClient {
  const client = new TsoClient({ address, timeoutMs: 60_000 });
  closers.push(() => client.close());
  return client;
}

describe.each(stores)('timestamps at speed on the $name store', (kind) => {
  it(
    'are unique and linearizable for callers of both ports, through every kill -9',
    async () => {
      const store = await kind.open();
      closers.push(() => store.remove());
      let server = await ServerProcess.start({ dataDir: store.dataDir, sets: store.sets });
      closers.push(() => server.kill());
      const { proxy, rootCoord } = server.ports;
      const sets = [...store.sets, `proxy.port=${proxy}`, `rootCoord.port=${rootCoord}`];
      const clients = [server.address, server.rootCoordAddress, server.address].map(clientOf);
      const history = new TimestampHistory();
      let isOver = false;
      const callers = Array.from({ length: CALLERS }, async (_, n) => {
        const client = clients[n % clients.length];
        while (client && !isOver) {
          if (n % 10 === 0) await history.play(1_000, () => client.allocateBlock(1_000));
          else await history.play(1, () => client.allocate());
        }
      });
      const observer = clientOf(server.address);
      const untilServed = async (calls: number) => {
        while (history.calls < calls) await history.play(1, () => observer.allocate());
      };
      for (let life = 1; life <= KILLS; life += 1) {
        await untilServed(life * CALLS_PER_LIFE);
        await server.kill();
        server = await ServerProcess.start({ dataDir: store.dataDir, sets });
      }
      await untilServed((KILLS + 1) * CALLS_PER_LIFE);
      isOver = true;
      await Promise.all(callers);
      history.assertDisjoint();
    },
    TIMEOUT_MS,
  );

  it(
    'lie above what the unary call gave before, and the server ends in order with streams open',
    async () => {
      const store = await kind.open();
      closers.push(() => store.remove());
      const server = await ServerProcess.start({ dataDir: store.dataDir, sets: store.sets });
      closers.push(() => server.kill());
      const root = new RootCoordClient(server.rootCoordAddress, credentials.createInsecure());
      closers.push(() => root.close());
      const clients = [server.address, server.rootCoordAddress].map(clientOf);
      const history = new TimestampHistory();
      for (let i = 0; i < 30; i += 1) {
        for (const client of clients) await history.play(1, () => client.allocate());
        await history.play(7, async () => {
          const { status: said, timestamp } = await allocateTimestamps(root, 7);
          expect(said?.code).toBe(0);
          return timestamp as Awaited<ReturnType<TsoClient['allocate']>>;
        });
      }
      history.assertDisjoint();
      expect(await server.terminate()).toBe(0);
      const errors = server.log.filter(({ level }) => level === 'error' || level === 'fatal');
      expect(errors).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('a leader on etcd that was frozen until another one led', () => {
  it(
    'answers nothing of the past when it wakes, not even what had arrived before',
    async () => {
      const store = await openEtcd();
      closers.push(() => store.remove());
      const sets = [...store.sets, 'common.session.ttl=2'];
      const leader = await ServerProcess.start({ dataDir: store.dataDir, sets });
      closers.push(() => leader.kill());
      const standby = await StandbyServer.start({ ...store, sets });
      closers.push(() => standby.terminate());
      const client = new TimestampServiceClient(leader.address, credentials.createInsecure());
      closers.push(() => client.close());
      const stream = client.allocate();
      const answers: bigint[] = [];
      stream.on('data', ({ timestamp }) => answers.push(timestamp));
      stream.on('error', () => {});
      const ended = new Promise<StatusObject>((resolve) => stream.on('status', resolve));
      stream.write({ count: 1 });
      await once(stream, 'data');
      leader.freeze();
      stream.write({ count: 1 });
      expect(await clientOf(standby.address).allocate()).toBeGreaterThan(answers[0] ?? 0n);
      leader.thaw();
      const { code } = await ended;
      expect(code).toBe(status.UNAVAILABLE);
      expect(answers).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});

function openEtcd(): Promise<TestStore> {
  const etcd = stores.find(({ name }) => name === 'etcd');
  if (!etcd) throw new Error('etcd is one of the stores');
  return etcd.open();
}
