import { once } from 'node:events';
import { credentials, type StatusObject, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { type Timestamp, timestamp } from '../../src/domain/timestamp.js';
import { MilvusServiceService } from '../../src/gen/milvus.js';
import { RootCoordClient, RootCoordService } from '../../src/gen/root_coord.js';
import { TimestampServiceClient } from '../../src/gen/timestamps.js';
import { TsoClient } from '../../src/tso-client/tso-client.js';
import { allocateTimestamps } from '../kit/root-calls.js';
import { ServerProcess } from '../kit/server-process.js';
import { StandbyServer } from '../kit/standby-server.js';
import { stores, type TestStore } from '../kit/stores.js';
import { TimestampHistory } from '../kit/timestamp-history.js';
import { startUnaryGateway } from '../kit/unary-gateway.js';

const TIMEOUT_MS = 120_000;
const CALLERS = 120;
const KILLS = 3;
/** Between two kills, so that each hits a server that serves. */
const CALLS_PER_LIFE = 20_000;
/** One of the ways costs a call for each caller. */
const CALLS_BY_EACH_WAY = 500;
const KILLS_OF_WAYS = 2;

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

describe('timestamps by the calls of other servers', () => {
  it(
    'are unique and linearizable beside those of the stream, through every kill -9',
    async () => {
      const store = await openStore('embedded');
      closers.push(() => store.remove());
      let server = await ServerProcess.start({ dataDir: store.dataDir, sets: store.sets });
      closers.push(() => server.kill());
      const { proxy, rootCoord } = server.ports;
      const sets = [...store.sets, `proxy.port=${proxy}`, `rootCoord.port=${rootCoord}`];
      const doors = [
        await startUnaryGateway(server.rootCoordAddress, {
          allocTimestamp: RootCoordService.allocTimestamp,
        }),
        await startUnaryGateway(server.address, {
          allocTimestamp: MilvusServiceService.allocTimestamp,
        }),
      ];
      for (const door of doors) closers.push(() => door.close());
      const history = new TimestampHistory();
      const ways = [server, ...doors].map(({ address }) => ({ tso: clientOf(address), calls: 0 }));
      const observer = clientOf(server.address);
      let isOver = false;
      const callers = Array.from({ length: CALLERS }, async (_, n) => {
        const way = ways[n % ways.length];
        while (way && !isOver) {
          await history.play(1, () => (n % 2 === 0 ? way.tso.allocate() : fromParts(way.tso)));
          way.calls += 1;
        }
      });
      const untilServedByEach = async (calls: number) => {
        const wanted = ways.map((way) => way.calls + calls);
        while (ways.some((way, i) => way.calls < (wanted[i] ?? 0)))
          await history.play(1, () => observer.allocate());
      };
      for (let life = 1; life <= KILLS_OF_WAYS; life += 1) {
        await untilServedByEach(CALLS_BY_EACH_WAY);
        await server.kill();
        server = await ServerProcess.start({ dataDir: store.dataDir, sets });
      }
      await untilServedByEach(CALLS_BY_EACH_WAY);
      isOver = true;
      await Promise.all(callers);
      history.assertDisjoint();
    },
    TIMEOUT_MS,
  );
});

describe('a leader on etcd that was frozen until another one led', () => {
  it(
    'answers nothing of the past when it wakes, not even what had arrived before',
    async () => {
      const store = await openStore('etcd');
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

function openStore(name: string): Promise<TestStore> {
  const kind = stores.find((one) => one.name === name);
  if (!kind) throw new Error(`${name} is one of the stores`);
  return kind.open();
}

/** A timestamp by the call that makes no promise. */
const fromParts = (tso: TsoClient): Promise<Timestamp> =>
  new Promise((resolve, reject) =>
    tso.allocateParts((...parts) => resolve(timestamp(...parts)), reject),
  );
