import { beforeEach, describe, expect, it } from 'vitest';
import type { InProcessMembership } from '../../../../src/adapters/in-process/membership.js';
import type { CommitFault } from '../../../kit/faulty-meta-store.js';
import { SessionWorld } from '../../../kit/session-world.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const TTL_MS = 10_000;
const PROXY = { role: 'proxy', address: '10.0.0.1:19530', leaseTtlMs: TTL_MS };
const FRONT = { ...PROXY, address: 'in-process' };
const RETRY_MS = 5_000;

let clock: VirtualClock;
let world: SessionWorld;
let membership: InProcessMembership;

beforeEach(async () => {
  clock = new VirtualClock();
  world = new SessionWorld(clock);
  membership = await world.begin();
});

/** As after `kill -9`: what the former process had in memory is gone, its timers too. */
async function restart(): Promise<InProcessMembership> {
  await membership.close();
  membership = await world.begin();
  return membership;
}

const fail = (fault: CommitFault | undefined) => {
  world.store.faults = { onCommit: () => fault };
};

describe('a session', () => {
  it('goes on after a restart, under its id and lease', async () => {
    const lease = await membership.register(PROXY);
    await restart();
    const { serverId } = lease;
    expect(await membership.find('proxy', serverId)).toEqual({ ...PROXY, serverId });
    expect(await membership.keepAlive(lease)).toEqual(lease);
  });

  it('lasts for its whole lease from the restart on, and no longer', async () => {
    const { serverId } = await membership.register(PROXY);
    await clock.advance(TTL_MS - 1);
    await restart();
    await clock.advance(TTL_MS - 1);
    expect(await membership.find('proxy', serverId)).toBeDefined();
    await clock.advance(1);
    expect(await membership.find('proxy', serverId)).toBeUndefined();
    expect(world.written).toEqual([]);
  });

  it.each([
    ['left', (lease: { serverId: bigint; leaseId: bigint }) => membership.leave(lease)],
    ['let its lease run out', () => clock.advance(TTL_MS)],
  ])('that %s is not there after a restart', async (_how, end) => {
    await end(await membership.register(PROXY));
    expect(world.written).toEqual([]);
    await restart();
    expect(await membership.find('proxy', 1n)).toBeUndefined();
  });

  it('taken up under its id again goes on with the later lease', async () => {
    const first = await membership.register(PROXY);
    const second = await membership.register({ ...PROXY, serverId: first.serverId });
    await restart();
    await expect(membership.keepAlive(first)).rejects.toMatchObject({ kind: 'NodeNotFound' });
    expect(await membership.keepAlive(second)).toEqual(second);
  });

  it('keeps its id from others after a restart', async () => {
    const { serverId } = await membership.register(PROXY);
    await restart();
    const other = { ...PROXY, address: '10.0.0.2:19530' };
    const refused = membership.register({ ...other, serverId });
    await expect(refused).rejects.toMatchObject({ kind: 'ParameterInvalid' });
  });

  it('of the front of the process ends with the process', async () => {
    await membership.register(FRONT);
    expect(world.written).toEqual([]);
    expect(world.store.commitCount).toBe(0);
  });
});

describe('a registration', () => {
  it('is answered only once it is durable', async () => {
    fail({ kind: 'stall', ms: 700 });
    let isAnswered = false;
    const answer = membership.register(PROXY).then(() => {
      isAnswered = true;
    });
    await clock.advance(699);
    expect(isAnswered).toBe(false);
    await clock.advance(1);
    await answer;
    expect(world.written).toEqual(['1']);
  });

  it('is refused, retriable, while the store is away, and leaves nothing behind', async () => {
    fail({ kind: 'refuse' });
    const refused = membership.register(PROXY);
    await expect(refused).rejects.toMatchObject({ kind: 'MetaStoreUnavailable', retriable: true });
    expect(await membership.find('proxy', 1n)).toBeUndefined();
    fail(undefined);
    await clock.advance(10 * RETRY_MS);
    expect(clock.timerCount).toBe(0);
    expect(world.store.commitCount).toBe(1);
    await expect(membership.register(PROXY)).resolves.toMatchObject({ serverId: 2n });
  });

  it('that fails leaves the session as it was', async () => {
    const lease = await membership.register(PROXY);
    fail({ kind: 'refuse' });
    const { serverId } = lease;
    await expect(membership.register({ ...PROXY, serverId })).rejects.toBeDefined();
    expect(await membership.keepAlive(lease)).toEqual(lease);
    await restart();
    expect(await membership.keepAlive(lease)).toEqual(lease);
    fail(undefined);
    await expect(membership.register({ ...PROXY, serverId })).resolves.toMatchObject({ serverId });
  });

  it('is refused, retriable, while another of the same id is under way', async () => {
    fail({ kind: 'stall', ms: 100 });
    const first = membership.register({ ...PROXY, serverId: 7n });
    const second = membership.register({ ...PROXY, serverId: 7n, address: '10.0.0.2:19530' });
    await expect(second).rejects.toMatchObject({ kind: 'ServiceUnavailable', retriable: true });
    await clock.advance(100);
    await expect(first).resolves.toMatchObject({ serverId: 7n });
  });

  it('whose former lease ends meanwhile has a record if it succeeds', async () => {
    const { serverId } = await membership.register(PROXY);
    fail({ kind: 'stall', ms: 2 * TTL_MS });
    const again = membership.register({ ...PROXY, serverId });
    await clock.advance(TTL_MS);
    expect(await membership.find('proxy', serverId)).toBeUndefined();
    fail(undefined);
    await clock.advance(TTL_MS);
    const lease = await again;
    await settled();
    await restart();
    expect(await membership.keepAlive(lease)).toEqual(lease);
  });

  it('whose former lease ends meanwhile has none if it fails', async () => {
    const { serverId } = await membership.register(PROXY);
    fail({ kind: 'stall', ms: 2 * TTL_MS });
    world.disk.faults = { onCommit: () => ({ kind: 'refuse' }) };
    const again = membership.register({ ...PROXY, serverId });
    const isRefused = expect(again).rejects.toMatchObject({ kind: 'MetaStoreUnavailable' });
    await clock.advance(2 * TTL_MS);
    await isRefused;
    expect(world.written).toEqual(['1']);
    fail(undefined);
    world.disk.faults = {};
    await clock.advance(2 * TTL_MS + RETRY_MS);
    expect(world.written).toEqual([]);
  });

  it('shares its commit with those that arrive together', async () => {
    await Promise.all(Array.from({ length: 200 }, () => membership.register(PROXY)));
    expect(world.written).toHaveLength(200);
    expect(world.store.commitCount).toBeLessThan(10);
  });
});

describe('a session that is over while the store is away', () => {
  it('ends at once, and its record goes when the store is back', async () => {
    const lease = await membership.register(PROXY);
    fail({ kind: 'refuse' });
    await membership.leave(lease);
    expect(await membership.find('proxy', lease.serverId)).toBeUndefined();
    expect(world.written).toEqual(['1']);
    await clock.advance(RETRY_MS);
    fail(undefined);
    await clock.advance(RETRY_MS);
    expect(world.written).toEqual([]);
    expect(clock.timerCount).toBe(0);
    expect(world.log.saying('sessions that are over keep their records')).toHaveLength(2);
  });

  it('and is taken up again keeps its new record', async () => {
    const lease = await membership.register(PROXY);
    fail({ kind: 'refuse' });
    await membership.leave(lease);
    fail(undefined);
    const again = await membership.register({ ...PROXY, serverId: lease.serverId });
    await clock.advance(RETRY_MS);
    expect(world.written).toEqual(['1']);
    await restart();
    expect(await membership.keepAlive(again)).toEqual(again);
  });

  it('never asks a store that another coordinator took', async () => {
    const lease = await membership.register(PROXY);
    const former = membership;
    membership = await world.begin();
    await former.leave(lease);
    expect(world.written).toEqual(['1']);
    expect(await membership.keepAlive(lease)).toEqual(lease);
  });
});
