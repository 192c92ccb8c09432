import { status as grpcStatus } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { EmbeddedMessageStream } from '../../src/adapters/embedded/embedded-message-stream.js';
import { MsgType } from '../../src/gen/common.js';
import { WatchSafeTimeRequest, type WatchSafeTimeResponse } from '../../src/gen/control.js';
import type { ChannelMsg } from '../../src/root/messages/channel-msg.js';
import { controlClients } from '../kit/control-client.js';
import { decodeChannelMsg } from '../kit/decode-channel-msg.js';
import { eventually } from '../kit/eventually.js';
import { ProxyNode } from '../kit/proxy-node.js';
import { allocateTimestamps, describeAtRoot } from '../kit/root-calls.js';
import { SafeTimeFollower } from '../kit/safe-time-follower.js';
import { collectionOf, freshName } from '../kit/sdk-collections.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { TickProxy, updateTicks } from '../kit/tick-proxy.js';

const INTERVAL_MS = 50;
const SETS = [
  `proxy.timeTickInterval=${INTERVAL_MS}`,
  'rootstock.proxies.invalidateTimeout=1500',
  'rootstock.undrop.keepSeconds=0',
];
const CHANNELS = 16;
const WATCHERS_MAX = 64;
const RETENTION = { ageMs: 3_600_000, bytes: 2 ** 30 };

const [embedded] = stores;
if (!embedded) throw new Error('there is a store');

/** A new collection on several physical channels. */
async function createOn(server: SuiteServer, shards_num = 2) {
  const collection_name = freshName('ticks');
  const { code } = await server.sdk.createCollection({
    ...collectionOf(collection_name),
    shards_num,
  });
  expect(code).toBe(0);
  const { physicalChannelNames, createdTimestamp } = await describeAtRoot(
    server.root,
    collection_name,
  );
  const [first = '', second = ''] = physicalChannelNames;
  return { collection_name, first, second, createdTimestamp };
}

const nowAt = async ({ root }: SuiteServer) => (await allocateTimestamps(root, 1)).timestamp;

/** Everything RootCoord put onto a channel so far. */
async function messagesOn(server: SuiteServer, channel: string): Promise<ChannelMsg[]> {
  const { dataDir } = server.store;
  const stream = await EmbeddedMessageStream.open({ dataDir, retention: RETENTION });
  try {
    const messages: ChannelMsg[] = [];
    let page = await stream.read(channel, { kind: 'earliest' }, 1_000);
    while (page.length > 0) {
      messages.push(...page.map(decodeChannelMsg).filter((msg) => msg !== undefined));
      const last = page.at(-1);
      page = last
        ? await stream.read(channel, { kind: 'after', position: last.position }, 1_000)
        : [];
    }
    return messages;
  } finally {
    await stream.close();
  }
}

const timestampOf = ({ body }: ChannelMsg): bigint => body.base?.timestamp ?? 0n;

describe('time ticks over gRPC', () => {
  const server = SuiteServer.on(embedded, SETS);
  const proxies: TickProxy[] = [];
  const followers: SafeTimeFollower[] = [];
  afterEach(async () => {
    for (const follower of followers.splice(0)) follower.close();
    for (const proxy of proxies.splice(0)) await proxy.leave();
  });

  async function join(): Promise<TickProxy> {
    const proxy = await TickProxy.join(server.process.rootCoordAddress);
    proxies.push(proxy);
    return proxy;
  }

  function follow(channel: string): SafeTimeFollower {
    const follower = new SafeTimeFollower(server.process.rootCoordAddress, channel);
    followers.push(follower);
    return follower;
  }

  const isAt = (follower: SafeTimeFollower, timestamp: bigint) =>
    eventually(
      async () => follower.timestamps.at(-1),
      (latest) => latest === timestamp,
    );

  it('the safe time of a channel is the least of what all proxies reported for it', async () => {
    const { first, second } = await createOn(server);
    const [onFirst, onSecond] = [follow(first), follow(second)];
    const [slow, fast] = [await join(), await join()];
    const [low, high] = [await nowAt(server), await nowAt(server)];
    expect(await slow.report(low)).toMatchObject({ code: 0 });
    expect(await fast.report(high)).toMatchObject({ code: 0 });
    await Promise.all([isAt(onFirst, low), isAt(onSecond, low)]);
    await slow.report(await nowAt(server), { [first]: low + 1n });
    await Promise.all([isAt(onFirst, low + 1n), isAt(onSecond, high)]);
    await slow.leave();
    proxies.shift();
    await isAt(onFirst, high);
  });

  it('what goes back changes nothing', async () => {
    const { first } = await createOn(server);
    const follower = follow(first);
    const proxy = await join();
    const reported = await nowAt(server);
    await proxy.report(reported);
    await isAt(follower, reported);
    await proxy.report(reported - 1n, { [first]: 1n });
    await proxy.report(reported + 1n);
    await isAt(follower, reported + 1n);
    expect(follower.timestamps.slice(-2)).toEqual([reported, reported + 1n]);
  });

  it('no promise of the future counts, nor does it bind a proxy later', async () => {
    const { first } = await createOn(server);
    const follower = follow(first);
    const proxy = await join();
    await proxy.report(2n ** 64n - 1n);
    const after = await nowAt(server);
    const later = await eventually(
      () => nowAt(server),
      (now) => now >> 18n > after >> 18n,
    );
    await proxy.report(later);
    await isAt(follower, later);
  });

  it('a DDL at work holds the tick until it is answered', async () => {
    const { collection_name, first } = await createOn(server);
    const { rootCoordAddress } = server.process;
    const node = await ProxyNode.start({ rootCoordAddress, leaseTtlMs: 30_000, intervalMs: 20 });
    await eventually(
      async () => node.told.length,
      (told) => told > 0,
    );
    const follower = follow(first);
    await eventually(
      async () => follower.timestamps.length,
      (count) => count > 1,
    );
    const toldBefore = node.told.length;
    node.isHanging = true;
    const dropped = server.sdk.createAlias({ collection_name, alias: freshName('held') });
    await eventually(
      async () => node.told.length,
      (told) => told > toldBefore,
    );
    // The DDL has its timestamp since before the proxy was told of it.
    const duringDdl = await nowAt(server);
    const reported: bigint[] = [];
    for (let interval = 0; interval < 10; interval += 1) {
      reported.push((await node.report()).code === 0 ? await nowAt(server) : 0n);
      await eventually(
        () => nowAt(server),
        (now) => (now >> 18n) - ((reported.at(-1) ?? 0n) >> 18n) > INTERVAL_MS,
      );
    }
    const seenDuringDdl = [...follower.timestamps];
    expect((await dropped).error_code).toBe('Success');
    expect(reported).not.toContain(0n);
    expect(seenDuringDdl.filter((timestamp) => timestamp >= duringDdl)).toEqual([]);
    await eventually(
      async () => follower.timestamps.at(-1) ?? 0n,
      (latest) => latest > duringDdl,
    );
    node.isHanging = false;
    await node.leave();
    await node.close();
  });

  it('ticks stand on the channel in order, and DD messages before any tick past them', async () => {
    // A channel without any collection has no ticks: one more collection is on all of them.
    await createOn(server, CHANNELS);
    const { collection_name, first, createdTimestamp } = await createOn(server);
    const isPast = (messages: readonly ChannelMsg[], timestamp: bigint) =>
      messages.some((msg) => msg.type === 'TimeTick' && timestampOf(msg) >= timestamp);
    const messages = () => messagesOn(server, first);
    await eventually(messages, (all) => isPast(all, createdTimestamp));
    await server.sdk.dropCollection({ collection_name });
    const afterDrop = await nowAt(server);
    await eventually(messages, (all) => all.some(({ type }) => type === 'DropCollection'));
    const all = await eventually(messages, (now) => now.length > 0 && isPast(now, afterDrop));
    let tick = 0n;
    for (const msg of all) {
      expect(timestampOf(msg), msg.type).toBeGreaterThan(tick);
      if (msg.type === 'TimeTick') tick = timestampOf(msg);
    }
    expect(all.filter(({ type }) => type === 'TimeTick').length).toBeGreaterThan(2);
  });

  describe('a report is refused', () => {
    const timeTick = { msgType: MsgType.TimeTick };
    it.each([
      [
        'without a type',
        { defaultTimestamp: 1n },
        1100,
        'invalid message type: invalid parameter[expected=TimeTick][actual=Undefined]',
      ],
      [
        'of another type',
        { base: { msgType: MsgType.Insert }, channelNames: ['a'], defaultTimestamp: 1n },
        1100,
        'invalid message type: invalid parameter[expected=TimeTick][actual=Insert]',
      ],
      [
        'whose lists differ in length',
        { base: { ...timeTick, sourceID: 404n }, channelNames: ['a'], timestamps: [] },
        65535,
        'invalid TimeTickMsg, timestamp and channelname size mismatch',
      ],
      [
        'of nobody who is known',
        { base: { ...timeTick, sourceID: 404n }, defaultTimestamp: 1n },
        65535,
        'skip ChannelTimeTickMsg from un-recognized session 404',
      ],
      [
        'in the name of DDL',
        { base: { ...timeTick, sourceID: -1n }, defaultTimestamp: 1n },
        65535,
        'skip ChannelTimeTickMsg from un-recognized session -1',
      ],
      [
        'that names a channel at length',
        {
          base: { ...timeTick, sourceID: 404n },
          channelNames: ['c'.repeat(256)],
          timestamps: [1n],
        },
        1102,
        `parameter too large[channel=${'c'.repeat(256)}][max=255]`,
      ],
    ])('%s', async (_, message, code, reason) => {
      expect(await updateTicks(server.root, message)).toMatchObject({ code, reason });
    });

    it('never for saying nothing', async () => {
      const base = { msgType: MsgType.TimeTick, sourceID: 404n };
      expect(await updateTicks(server.root, { base, timestamps: [1n] })).toMatchObject({ code: 0 });
    });
  });

  describe('watching safe times', () => {
    const client = controlClients(server);
    const watch = (channelNames: string[] = []) =>
      client().watchSafeTime(WatchSafeTimeRequest.fromPartial({ channelNames }));

    const firstOf = (stream: ReturnType<typeof watch>) =>
      new Promise<WatchSafeTimeResponse>((resolve, reject) => {
        stream.once('data', resolve);
        stream.on('error', reject);
      });

    it('begins with every channel in use when none is named', async () => {
      const { first, second } = await createOn(server);
      const stream = watch();
      const { safeTimes } = await firstOf(stream);
      stream.on('error', () => {}).cancel();
      expect(safeTimes.map(({ channelName }) => channelName)).toEqual(
        expect.arrayContaining([first, second]),
      );
      expect(safeTimes.filter(({ timestamp }) => timestamp === 0n)).toEqual([]);
    });

    it('is refused for more channels than there can be', async () => {
      const names = Array.from({ length: 4_097 }, (_, index) => `c${index}`);
      await expect(firstOf(watch(names))).rejects.toMatchObject({
        code: grpcStatus.INVALID_ARGUMENT,
        details: 'parameter too large[channels=4097][max=4096]',
      });
    });

    it('is for a limited number at once, and those who leave make room', async () => {
      const streams = Array.from({ length: WATCHERS_MAX }, () => watch());
      await Promise.all(streams.map(firstOf));
      await expect(firstOf(watch())).rejects.toMatchObject({ code: grpcStatus.RESOURCE_EXHAUSTED });
      for (const stream of streams) stream.on('error', () => {}).cancel();
      await eventually(
        () => firstOf(watch()).catch(() => undefined),
        (answer) => answer !== undefined,
      );
    });
  });
});

describe('without time ticks', () => {
  const server = SuiteServer.on(embedded, [...SETS, 'common.ttMsgEnabled=false']);

  it('channels get none, and nothing waits for them', async () => {
    const { collection_name, first } = await createOn(server);
    await server.sdk.dropCollection({ collection_name });
    const messages = await eventually(
      () => messagesOn(server, first),
      (all) => all.some(({ type }) => type === 'DropCollection'),
    );
    expect(messages.map(({ type }) => type)).toEqual(['CreateCollection', 'DropCollection']);
  });
});
