import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DATABASE_ID, type PartitionId } from '../../../../src/domain/ids.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { MsgType } from '../../../../src/gen/common.js';
import { ProxyCaches } from '../../../../src/root/proxies/proxy-caches.js';
import { aRecord } from '../../../kit/records.js';
import { silentLogger } from '../../../kit/silent-logger.js';
import { aProxy, SimulatedProxies } from '../../../kit/simulated-proxies.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const DEADLINE_MS = 1_000;
const DATABASES = ['default', 'sales'].map((name, i) => ({
  id: i === 0 ? DEFAULT_DATABASE_ID : (9n as typeof DEFAULT_DATABASE_ID),
  name,
  createdUnixNs: 0n,
  properties: [],
}));

const collection = { ...aRecord(), databaseId: DEFAULT_DATABASE_ID };
const { id, name } = collection;
const dropped = { ...collection, state: 'Dropping' as const };
const partition = {
  id: 900n as PartitionId,
  name: 'p',
  createdAt: 5n as Timestamp,
  state: 'Dropping' as const,
};

let clock: VirtualClock;
let proxies: SimulatedProxies;
let caches: ProxyCaches;

beforeEach(() => {
  clock = new VirtualClock();
  proxies = new SimulatedProxies();
  caches = new ProxyCaches({
    clients: proxies,
    clock,
    log: silentLogger,
    catalog: {
      databases: () => DATABASES,
      databaseById: (wanted) => DATABASES.find((database) => database.id === wanted),
    },
    sourceId: 4n,
    deadlineMs: DEADLINE_MS,
  });
});

/** Proxies that have joined and remember one collection under its name and an alias. */
async function joined(...ids: readonly bigint[]) {
  for (const serverId of ids) caches.join(aProxy(serverId));
  await clock.advance(0);
  return ids.map((serverId) => {
    const proxy = proxies.at(aProxy(serverId).address);
    proxy.cache.remember('default', name, id, ['p', 'q']);
    proxy.cache.remember('default', 'nick', id);
    proxy.cache.remember('sales', 'other', 42n);
    return proxy;
  });
}

const EVERYTHING = [
  `default/${name}`,
  `default/${name}/p`,
  `default/${name}/q`,
  'default/nick',
  'sales/other',
].sort();

/** Whether the promise has settled without time passing. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await clock.advance(0);
  return settled;
}

describe('what a proxy forgets', () => {
  it.each([
    [
      'a dropped collection, by every name',
      () => caches.expireCollection(dropped),
      ['sales/other'],
    ],
    ['an altered one, too', () => caches.expireCollection(collection), ['sales/other']],
    [
      'a dropped partition alone',
      () => caches.expirePartition(collection, partition),
      EVERYTHING.filter((path) => !path.endsWith('/p')),
    ],
    [
      'an alias alone',
      () => caches.expireAlias('default', 'nick'),
      EVERYTHING.filter((path) => !path.endsWith('nick')),
    ],
    [
      'a whole database',
      () => caches.expireDatabase('sales'),
      EVERYTHING.filter((path) => !path.startsWith('sales')),
    ],
  ])('is %s', async (_what, expire, left) => {
    const all = await joined(1n, 2n, 3n);
    await expire();
    for (const { cache } of all) expect(cache.names).toEqual(left);
  });

  it('is said by id alone for a collection, with the words of facts/rootcoord §12.2', async () => {
    const [proxy] = await joined(1n);
    await caches.expireCollection(dropped);
    expect(proxy?.cache.heard.at(-1)).toMatchObject({
      base: { msgType: MsgType.DropCollection, timestamp: dropped.updatedAt, sourceID: 4n },
      collectionID: id,
      dbName: '',
      collectionName: '',
      partitionName: '',
    });
  });
});

describe('a proxy that joins', () => {
  it('forgets everything: nobody knows what it heard last', async () => {
    const [proxy] = await joined(1n);
    caches.join(aProxy(1n));
    await clock.advance(0);
    expect(proxy?.cache.names).toEqual([]);
  });

  it('at another address is called there and no more at the old one', async () => {
    const [old] = await joined(1n);
    const elsewhere = { ...aProxy(1n), address: '10.9.9.9:1' };
    caches.join(elsewhere);
    proxies.at(elsewhere.address).cache.remember('default', name, id);
    await caches.expireCollection(collection);
    expect(proxies.at(elsewhere.address).cache.names).toEqual([]);
    expect(old?.isClosed).toBe(true);
    expect(old?.cache.names).toEqual(EVERYTHING);
  });

  it('and leaves is called no more', async () => {
    const [proxy] = await joined(1n);
    caches.leave(1n);
    await caches.expireCollection(dropped);
    expect(proxy?.isClosed).toBe(true);
    expect(proxy?.cache.names).toEqual(EVERYTHING);
  });
});

describe('a proxy that hangs', () => {
  it('delays a DDL by the deadline and not a millisecond more', async () => {
    const [hanging, well] = await joined(1n, 2n);
    if (hanging) hanging.health = 'hangs';
    const told = caches.expireCollection(dropped);
    await clock.advance(DEADLINE_MS - 1);
    expect(await isSettled(told)).toBe(false);
    expect(well?.cache.names).toEqual(['sales/other']);
    await clock.advance(1);
    expect(await isSettled(told)).toBe(true);
    expect(caches.unreachable).toEqual([aProxy(1n)]);
  });

  it('delays no DDL after the first, nor those that wait beside it', async () => {
    const [hanging] = await joined(1n);
    if (hanging) hanging.health = 'hangs';
    const first = caches.expireCollection(dropped);
    await clock.advance(DEADLINE_MS - 100);
    const beside = caches.expireAlias('default', 'nick');
    await clock.advance(100);
    expect(await isSettled(first)).toBe(true);
    expect(await isSettled(beside)).toBe(true);
    expect(await isSettled(caches.expireDatabase('sales'))).toBe(true);
  });

  it('is told everything once it answers, and waited for again', async () => {
    const [proxy] = await joined(1n);
    if (!proxy) return;
    proxy.health = 'hangs';
    const told = caches.expireCollection(dropped);
    await clock.advance(DEADLINE_MS);
    await told;
    proxy.health = 'well';
    await clock.advance(DEADLINE_MS + 200);
    expect(proxy.cache.names).toEqual([]);
    expect(caches.unreachable).toEqual([]);
    proxy.health = 'hangs';
    expect(await isSettled(caches.expireDatabase('sales'))).toBe(false);
  });

  it('is told at once when it is heard of, however long it was away', async () => {
    const [proxy] = await joined(1n);
    if (!proxy) return;
    proxy.health = 'fails';
    await caches.expireCollection(dropped);
    await clock.advance(3_600_000);
    proxy.health = 'well';
    caches.reset(1n);
    await clock.advance(0);
    expect(proxy.cache.names).toEqual([]);
  });
});

describe('a proxy that fails', () => {
  it('fails no DDL, and is told again of what is in no database any more', async () => {
    const [proxy] = await joined(1n);
    if (!proxy) return;
    proxy.cache.remember('gone', 'c', 77n);
    proxy.health = 'fails';
    await expect(caches.expireDatabase('gone')).resolves.toBeUndefined();
    proxy.health = 'well';
    await clock.advance(200);
    expect(proxy.cache.names).toEqual([]);
  });

  it('is tried less and less often, at least twice a minute', async () => {
    const [proxy] = await joined(1n);
    if (!proxy) return;
    proxy.health = 'fails';
    await caches.expireCollection(dropped);
    await clock.advance(600_000);
    proxy.health = 'well';
    await clock.advance(30_000);
    expect(caches.unreachable).toEqual([]);
  });

  it('keeps nothing running once it is gone', async () => {
    const [proxy] = await joined(1n, 2n);
    if (proxy) proxy.health = 'fails';
    await caches.expireCollection(dropped);
    caches.close();
    expect(clock.timerCount).toBe(0);
  });

  it('is told of what was dropped, however much else it missed', async () => {
    const [proxy] = await joined(1n);
    if (!proxy) return;
    proxy.cache.remember('gone', 'c', 77n);
    proxy.health = 'fails';
    await caches.expireDatabase('gone');
    await caches.expireCollection(dropped);
    for (let i = 0; i < 1_000; i++) await caches.expireAlias('default', `a${i}`);
    proxy.health = 'well';
    await clock.advance(60_000);
    expect(proxy.cache.names).toEqual([]);
    const drops = proxy.cache.heard.filter(
      ({ base, collectionID }) => base?.msgType === MsgType.DropCollection && collectionID === id,
    );
    expect(drops).toHaveLength(1);
  });

  it('keeps no more of what it missed than its limit, however much that is', async () => {
    const [proxy] = await joined(1n);
    if (!proxy) return;
    proxy.health = 'fails';
    for (let i = 0; i < 1_000; i++) await caches.expireAlias('default', `a${i}`);
    proxy.health = 'well';
    const heard = proxy.cache.heard.length;
    await clock.advance(60_000);
    expect(proxy.cache.heard.length - heard).toBe(DATABASES.length + 256);
  });
});
