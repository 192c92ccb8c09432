import { credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { MsgBase, MsgType, type Status } from '../../src/gen/common.js';
import { type LeaseResponse, MembershipServiceClient } from '../../src/gen/membership.js';
import { CheckHealthRequest, type CheckHealthResponse } from '../../src/gen/milvus.js';
import { InvalidateCollMetaCacheRequest } from '../../src/gen/proxy.js';
import { answerOf } from '../kit/answer-of.js';
import { eventually } from '../kit/eventually.js';
import { ProxyNode, register } from '../kit/proxy-node.js';
import { describeAtRoot } from '../kit/root-calls.js';
import { SafeTimeFollower } from '../kit/safe-time-follower.js';
import { collectionOf, freshName } from '../kit/sdk-collections.js';
import { releaseStream } from '../kit/segment-calls.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

const DEADLINE_MS = 1_000;
const GRACE_MS = 500;
const LEASE_MS = 2_000;
/** Timers of two processes need not agree to the millisecond. */
const SLACK_MS = 200;
const SETS = [
  `rootstock.proxies.invalidateTimeout=${DEADLINE_MS}`,
  `rootstock.proxies.joinGrace=${GRACE_MS}`,
];

const byValue = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

describe.each(stores)('proxies over gRPC, with the $name store', (kind) => {
  const server = SuiteServer.on(kind, SETS);
  const nodes: ProxyNode[] = [];
  afterEach(async () => {
    for (const node of nodes.splice(0)) {
      await node.leave();
      await node.close();
    }
  });

  async function startNode(): Promise<ProxyNode> {
    const { rootCoordAddress } = server.process;
    const node = await ProxyNode.start({ rootCoordAddress, leaseTtlMs: LEASE_MS });
    nodes.push(node);
    // What it is told as a newcomer is over when it says so.
    await eventually(
      async () => node.told.length,
      (told) => told > 0,
    );
    return node;
  }

  const startNodes = (count: number) => Promise.all(Array.from({ length: count }, startNode));

  async function create(word: string): Promise<string> {
    const collection_name = freshName(word);
    const { code } = await server.sdk.createCollection(collectionOf(collection_name));
    expect(code).toBe(0);
    return collection_name;
  }

  const health = () =>
    answerOf<CheckHealthResponse>((done) =>
      server.root.checkHealth(CheckHealthRequest.create(), done),
    );

  const isHealthy = async () => {
    const { reasons } = await eventually(health, ({ isHealthy: well }) => well);
    expect(reasons).toEqual([]);
  };

  /** Milliseconds the work took. */
  async function timed(work: () => Promise<unknown>): Promise<number> {
    const startedMs = performance.now();
    await work();
    return performance.now() - startedMs;
  }

  describe('after a DDL is answered, every proxy has forgotten', () => {
    it('a collection: created, altered, renamed, dropped', async () => {
      const all = await startNodes(3);
      const name = await create('life');
      const { collectionID } = await describeAtRoot(server.root, name);
      for (const { told } of all) expect(told.at(-1)).toMatchObject({ collectionID });
      const remember = () => {
        for (const { cache } of all) cache.remember('default', name, collectionID);
      };
      const nothing = () => all.map(({ cache }) => cache.names.length);
      remember();
      await server.sdk.alterCollectionProperties({
        collection_name: name,
        properties: { 'collection.ttl.seconds': 3600 },
      });
      expect(nothing()).toEqual([0, 0, 0]);
      remember();
      const renamed = freshName('renamed');
      await server.sdk.renameCollection({ collection_name: name, new_collection_name: renamed });
      expect(nothing()).toEqual([0, 0, 0]);
      remember();
      await server.sdk.dropCollection({ collection_name: renamed });
      expect(nothing()).toEqual([0, 0, 0]);
      for (const { told } of all) {
        expect(told.at(-1)).toMatchObject({
          base: { msgType: MsgType.DropCollection },
          collectionName: '',
          collectionID,
        });
      }
    });

    it('an alias: created, moved, dropped', async () => {
      const [node] = await startNodes(2);
      const [first, second] = [await create('first'), await create('second')];
      const alias = freshName('alias');
      const steps = [
        () => server.sdk.createAlias({ collection_name: first, alias }),
        () => server.sdk.alterAlias({ collection_name: second, alias }),
        () => server.sdk.dropAlias({ alias }),
      ];
      for (const step of steps) {
        node?.cache.remember('default', alias, 1n);
        await step();
        expect(node?.cache.names).toEqual([]);
      }
    });

    it('a partition: created and dropped, and no other', async () => {
      const [node] = await startNodes(2);
      const name = await create('parted');
      await server.sdk.createPartition({ collection_name: name, partition_name: 'p' });
      expect(node?.told.at(-1)).toMatchObject({ base: { msgType: MsgType.CreatePartition } });
      const { collectionID } = await describeAtRoot(server.root, name);
      node?.cache.remember('default', name, collectionID, ['p', 'q']);
      await server.sdk.dropPartition({ collection_name: name, partition_name: 'p' });
      expect(node?.cache.names).toEqual([`default/${name}`, `default/${name}/q`]);
    });

    it('a database, with everything in it', async () => {
      const [node] = await startNodes(1);
      const db_name = freshName('db');
      await server.sdk.createDatabase({ db_name });
      node?.cache.remember(db_name, 'c');
      node?.cache.remember('default', 'c');
      await server.sdk.dropDatabase({ db_name });
      expect(node?.cache.names).toEqual(['default/c']);
    });

    it('what another coordinator asks for', async () => {
      const all = await startNodes(3);
      for (const { cache } of all) cache.remember('default', 'c', 9n);
      const request = InvalidateCollMetaCacheRequest.fromPartial({
        base: MsgBase.fromPartial({ msgType: MsgType.LoadCollection }),
        collectionID: 9n,
      });
      const status = await answerOf<Status>((done) =>
        server.root.invalidateCollectionMetaCache(request, done),
      );
      expect(status.code).toBe(0);
      expect(all.map(({ cache }) => cache.names)).toEqual([[], [], []]);
    });
  });

  describe('a proxy that hangs', () => {
    it('delays one DDL by the deadline, and none after it', async () => {
      const [hanging, well] = await startNodes(2);
      if (!hanging || !well) throw new Error('a node is missing');
      hanging.isHanging = true;
      const first = await timed(() => create('slow'));
      expect(first).toBeGreaterThan(DEADLINE_MS - SLACK_MS);
      expect(first).toBeLessThan(2 * DEADLINE_MS);
      expect(await timed(() => create('quick'))).toBeLessThan(DEADLINE_MS - SLACK_MS);
      const { isHealthy: isWell, reasons } = await health();
      expect(isWell).toBe(false);
      expect(reasons).toEqual([`proxy ${hanging.serverId} at ${hanging.address} is out of reach`]);
    });

    it('forgets everything as soon as it answers again', async () => {
      const [node] = await startNodes(1);
      if (!node) throw new Error('a node is missing');
      node.isHanging = true;
      node.cache.remember('default', 'stale');
      await create('unheard');
      node.isHanging = false;
      await isHealthy();
      expect(node.cache.names).toEqual([]);
    });
  });

  describe('a proxy that dies', () => {
    it('fails no DDL, is excluded when its lease ends, and is forgotten in the end', async () => {
      const [dead, well] = await startNodes(2);
      if (!dead || !well) throw new Error('a node is missing');
      await dead.die();
      await create('without');
      const whole = `proxy ${dead.serverId} at ${dead.address}`;
      const named = (words: string) => (answer: CheckHealthResponse) =>
        answer.reasons.some((reason) => reason.startsWith(`${whole} ${words}`));
      await eventually(health, named('holds the time ticks'), LEASE_MS);
      await eventually(health, named('is excluded from the time ticks'), 2 * LEASE_MS);
      expect(await dead.report()).toMatchObject({
        code: 65535,
        reason: `skip ChannelTimeTickMsg from un-recognized session ${dead.serverId}`,
      });
      await isHealthy();
      expect((await well.report()).code).toBe(0);
    });

    it('and goes on registers again under its id, and forgets everything first', async () => {
      const [node] = await startNodes(1);
      if (!node) throw new Error('a node is missing');
      const { serverId } = node;
      await node.die();
      node.cache.remember('default', 'stale');
      await eventually(health, ({ reasons }) => reasons.some((text) => text.includes('excluded')));
      expect(await node.keepAlive()).toMatchObject({ status: { code: 901 } });
      await node.goOn();
      await node.register(serverId);
      expect(node.serverId).toBe(serverId);
      node.live();
      await eventually(
        async () => node.cache.names,
        (names) => names.length === 0,
      );
      await isHealthy();
    });
  });

  it('a silent proxy that keeps its lease is excluded, and taken up again with a retry', async () => {
    const { rootCoordAddress } = server.process;
    const node = await ProxyNode.start({ rootCoordAddress, leaseTtlMs: LEASE_MS });
    nodes.push(node);
    node.isMute = true;
    await eventually(health, ({ reasons }) => reasons.some((text) => text.includes('excluded')));
    expect(await node.report()).toMatchObject({ code: 65535, retriable: true });
    expect(await node.report()).toMatchObject({ code: 0 });
    node.isMute = false;
    await isHealthy();
  });

  it('every proxy lets go of the search streams of a collection, or the caller hears of it', async () => {
    const proxies = await startNodes(2);
    const [first] = proxies;
    expect(await releaseStream(server.root, 77n)).toMatchObject({ code: 0 });
    for (const { released } of proxies) expect(released).toEqual([77n]);
    if (first) first.isHanging = true;
    expect(await releaseStream(server.root, 78n)).toMatchObject({ code: 10_001 });
    for (const { released } of proxies) expect(released).toEqual([77n, 78n]);
  });

  it('a proxy that leaves is forgotten at once', async () => {
    const [node] = await startNodes(1);
    if (!node) throw new Error('a node is missing');
    await node.die();
    expect((await node.leave()).code).toBe(0);
    await isHealthy();
    expect(await node.report()).toMatchObject({ code: 65535 });
  });

  describe('safe times over gRPC wait for a proxy', () => {
    it.each([
      ['that is mute', async (node: ProxyNode) => Object.assign(node, { isMute: true })],
      ['that was killed', (node: ProxyNode) => node.die()],
    ])('%s, for its lease and no longer', async (_what, fail) => {
      const [node] = await startNodes(3);
      if (!node) throw new Error('a node is missing');
      const { physicalChannelNames } = await describeAtRoot(server.root, await create('ticking'));
      const { rootCoordAddress } = server.process;
      const follower = new SafeTimeFollower(rootCoordAddress, physicalChannelNames[0] ?? '');
      const values = async () => follower.timestamps.length;
      await eventually(values, (count) => count > 5);
      expect(follower.longestPauseMs(follower.arrivedMs[0] ?? 0)).toBeLessThan(LEASE_MS / 2);
      const failedMs = performance.now();
      await fail(node);
      const longest = async () => follower.longestPauseMs(failedMs);
      const pauseMs = await eventually(longest, (ms) => ms > LEASE_MS / 2);
      follower.close();
      expect(pauseMs).toBeGreaterThan(LEASE_MS - SLACK_MS);
      expect(pauseMs).toBeLessThan(2 * LEASE_MS);
      expect(follower.timestamps).toEqual([...follower.timestamps].sort(byValue));
    });
  });

  describe('a registration is refused', () => {
    it.each([
      ['without a role', { role: '' }],
      ['as another role', { role: 'datanode' }],
      ['without an address', { address: '' }],
      ['at a file', { address: 'unix:/tmp/s' }],
      ['at port 0', { address: 'host:0' }],
      ['with too short a lease', { leaseTtlMs: 1n }],
      ['with too long a lease', { leaseTtlMs: 2n ** 62n }],
      ['with a negative lease', { leaseTtlMs: -5n }],
      ['under the id of DDL', { serverId: -1n }],
    ])('%s', async (_what, other) => {
      const { rootCoordAddress } = server.process;
      const client = new MembershipServiceClient(rootCoordAddress, credentials.createInsecure());
      const request = { address: '127.0.0.1:1', leaseTtlMs: 5_000n, ...other };
      const { status, serverId } = await register(client, request);
      client.close();
      expect(status).toMatchObject({ code: 1100, retriable: false });
      expect(serverId).toBe(0n);
    });
  });

  it('a session survives the coordinator, with its lease and its id', async () => {
    const [node] = await startNodes(1);
    if (!node) throw new Error('a node is missing');
    const { lease } = node;
    await node.close();
    nodes.splice(0);
    await server.kill();
    await server.start(SETS);
    const { rootCoordAddress } = server.process;
    const client = new MembershipServiceClient(rootCoordAddress, credentials.createInsecure());
    const renewed = await answerOf<LeaseResponse>((done) => client.keepAlive(lease, done));
    expect(renewed).toEqual(lease);
    expect((await health()).reasons).toContainEqual(
      expect.stringContaining(`proxy ${lease.serverId} at ${node.address}`),
    );
    await answerOf<Status>((done) => client.leave(renewed, done));
    client.close();
    await isHealthy();
  });
});
