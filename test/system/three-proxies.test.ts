import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedMessageStream } from '../../src/adapters/embedded/embedded-message-stream.js';
import { NatsMessageStream } from '../../src/adapters/nats/nats-message-stream.js';
import type { MessageStream } from '../../src/ports/message-stream.js';
import { BeatingProxy } from '../kit/beating-proxy.js';
import { decodeChannelMsg } from '../kit/decode-channel-msg.js';
import { eventually } from '../kit/eventually.js';
import { MessageLog } from '../kit/message-log.js';
import { type NatsServer, startNats } from '../kit/nats-server.js';
import { ProxyNode } from '../kit/proxy-node.js';
import { allocateTimestamps, describeAtRoot } from '../kit/root-calls.js';
import { collectionOf, freshName } from '../kit/sdk-collections.js';
import { type StoreKind, stores, type TestStore } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

const LEASE_MS = 1_200;
/** No lease ends during a test that has it. */
const LONG_LEASE_MS = 60_000;
/** The lease begins before the test hears that the server is healthy, or that a beat was answered. */
const SLACK_MS = 500;
/** Longer than a test looks; a proxy that hangs is cut off before. */
const INVALIDATE_MS = 10_000;
const SETS = [
  'proxy.timeTickInterval=50',
  'rootstock.proxies.joinGrace=500',
  `rootstock.proxies.invalidateTimeout=${INVALIDATE_MS}`,
];
const RETENTION = { ageMs: 86_400_000, bytes: 2 ** 30 };
/** Reports of the others that prove that the ticks do not go on though they could. */
const REPORTS = 8;

/** A store, and how a consumer reads the channels beside it. */
interface World {
  readonly name: string;
  readonly kind: StoreKind;
  openStream(store: TestStore): Promise<MessageStream>;
}

const onEmbeddedLog = (kind: StoreKind): World => ({
  name: `the ${kind.name} store and the embedded log`,
  kind,
  openStream: ({ dataDir }) => EmbeddedMessageStream.open({ dataDir, retention: RETENTION }),
});

function onNats(kind: StoreKind): World {
  const servers: NatsServer[] = [];
  const open = async () => {
    const [store, nats] = await Promise.all([kind.open(), startNats()]);
    servers.push(nats);
    const sets = [...store.sets, 'mq.type=natsmq', `rootstock.nats.servers=${nats.endpoint}`];
    const remove = async () => {
      await nats.stop();
      await store.remove();
    };
    return { ...store, sets, remove };
  };
  return {
    name: `the ${kind.name} store and NATS`,
    kind: { name: kind.name, open },
    openStream: () =>
      NatsMessageStream.open({ servers: servers.map((s) => s.endpoint), retention: RETENTION }),
  };
}

const worlds = [...stores.map(onEmbeddedLog), ...stores.slice(0, 1).map(onNats)];

describe.each(worlds)('three proxies over gRPC, with $name', ({ kind, openStream }) => {
  const sets = [...SETS, `rootstock.messages.retentionBytes=${RETENTION.bytes}`];
  const server = SuiteServer.on(kind, sets);
  const collection_name = freshName('ticking');
  const proxies: BeatingProxy[] = [];
  let stream: MessageStream;
  let log: MessageLog;
  let channel: string;

  beforeAll(async () => {
    const { code } = await server.sdk.createCollection(collectionOf(collection_name));
    expect(code).toBe(0);
    const { physicalChannelNames } = await describeAtRoot(server.root, collection_name);
    channel = physicalChannelNames[0] ?? '';
    stream = await openStream(server.store);
    log = await MessageLog.of(stream);
  });

  afterEach(async () => {
    for (const proxy of proxies.splice(0)) {
      await proxy.leave();
      await proxy.close();
    }
    const ticks = ticksOnChannel();
    expect(ticks).toEqual([...ticks].sort(byValue));
  });

  afterAll(async () => {
    await log.finish(stream);
    await stream.close();
  });

  /** Every tick a consumer of the channel got so far, over all lives of the coordinator. */
  const ticksOnChannel = (): bigint[] =>
    log.messagesOn(channel).flatMap((message) => {
      const msg = decodeChannelMsg(message);
      return msg?.type === 'TimeTick' ? [msg.body.base?.timestamp ?? 0n] : [];
    });

  const tick = async (): Promise<bigint> => ticksOnChannel().at(-1) ?? 0n;
  const isAt = (at: bigint) => eventually(tick, (latest) => latest === at);
  const isPast = (at: bigint) => eventually(tick, (latest) => latest > at);
  const now = async () => (await allocateTimestamps(server.root, 1)).timestamp;

  /** Three proxies that take part, with ticks that go as they do; the others have a long lease. */
  async function startThree(firstLeaseMs = LONG_LEASE_MS) {
    const join = (leaseMs = LONG_LEASE_MS) =>
      BeatingProxy.join(server.process.rootCoordAddress, leaseMs);
    const [first, second, third] = await Promise.all([join(firstLeaseMs), join(), join()]);
    proxies.push(first, second, third);
    await isPast(await now());
    return { first, second, third, others: [second, third] };
  }

  async function timed(work: () => Promise<unknown>): Promise<number> {
    const startedMs = performance.now();
    await work();
    return performance.now() - startedMs;
  }

  async function restart(): Promise<void> {
    await server.kill();
    await server.start(sets);
    const { rootCoordAddress } = server.process;
    await Promise.all(proxies.map((proxy) => proxy.moveTo(rootCoordAddress)));
  }

  const haveReported = async (others: readonly BeatingProxy[]) => {
    const wanted = others.map(({ accepted }) => accepted + REPORTS);
    const counts = async () => others.map(({ accepted }) => accepted);
    await eventually(counts, (all) => all.every((count, i) => count >= (wanted[i] ?? 0)));
  };

  describe('ticks wait for one', () => {
    it('that stalls until its lease ends, and again from its second report on', async () => {
      const { first } = await startThree(LEASE_MS);
      await first.stall();
      const heldMs = await timed(async () => {
        await isAt(first.reported);
        await isPast(first.reported);
      });
      expect(heldMs).toBeGreaterThan(LEASE_MS - SLACK_MS);
      expect(heldMs).toBeLessThan(2 * LEASE_MS);
      expect(await first.report()).toMatchObject({ code: 65535, retriable: true });
      expect(await first.report()).toMatchObject({ code: 0 });
      await isAt(first.reported);
      first.goOn();
      await isPast(await now());
    });

    it('that was killed until its lease ends, and again once it registered anew', async () => {
      const { first } = await startThree(LEASE_MS);
      await first.die();
      const heldMs = await timed(async () => {
        await isAt(first.reported);
        await isPast(first.reported);
      });
      expect(heldMs).toBeGreaterThan(LEASE_MS - SLACK_MS);
      expect(heldMs).toBeLessThan(2 * LEASE_MS);
      const { serverId } = first;
      expect(await first.keepAlive()).toMatchObject({ code: 901 });
      expect((await first.report()).reason).toContain(`un-recognized session ${serverId}`);
      expect(await first.register()).toMatchObject({ code: 0 });
      expect(first.serverId).toBe(serverId);
      expect(await first.report()).toMatchObject({ code: 0 });
      await isAt(first.reported);
    });

    it('that stalls until it leaves', async () => {
      const { first, others } = await startThree();
      await first.stall();
      await isAt(first.reported);
      await haveReported(others);
      expect(await tick()).toBe(first.reported);
      const releasedMs = await timed(async () => {
        await first.leave();
        await isPast(first.reported);
      });
      expect(releasedMs).toBeLessThan(LEASE_MS);
      expect(await first.report()).toMatchObject({ code: 65535 });
    });
  });

  it('a DDL in flight holds the ticks though all three report', async () => {
    const { others } = await startThree();
    const { rootCoordAddress } = server.process;
    const third = await ProxyNode.start({ rootCoordAddress, leaseTtlMs: LONG_LEASE_MS });
    const told = async () => third.told.length;
    const before = await eventually(told, (count) => count > 0);
    third.isHanging = true;
    const ddl = server.sdk.createAlias({ collection_name, alias: freshName('held') });
    await eventually(told, (count) => count > before);
    // The DDL has its timestamp since before the proxy was told of it.
    const duringDdl = await now();
    await haveReported(others);
    expect(await third.report()).toMatchObject({ code: 0 });
    expect(ticksOnChannel().filter((at) => at >= duringDdl)).toEqual([]);
    await third.leave();
    await third.close();
    expect((await ddl).error_code).toBe('Success');
    await isPast(duringDdl);
  });

  describe('after kill -9 of the coordinator', () => {
    it('no tick passes what a living proxy still holds, until it reports again', async () => {
      const { first, others } = await startThree();
      await first.stall();
      await isAt(first.reported);
      await restart();
      await haveReported(others);
      expect(await tick()).toBe(first.reported);
      expect(await first.keepAlive()).toMatchObject({ code: 0 });
      expect(await first.report()).toMatchObject({ code: 0 });
      await isAt(first.reported);
      first.goOn();
      await isPast(await now());
    });

    it('a dead proxy holds the ticks for one lease from the restart, one that had left does not', async () => {
      const { first, third } = await startThree(LEASE_MS);
      await first.die();
      await third.leave();
      await isAt(first.reported);
      await restart();
      const heldMs = await timed(() => isPast(first.reported));
      expect(heldMs).toBeGreaterThan(LEASE_MS - SLACK_MS);
      expect(heldMs).toBeLessThan(2 * LEASE_MS);
    });
  });
});

const byValue = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));
