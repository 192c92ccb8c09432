import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Member, Membership, MembershipLimits } from '../../src/ports/membership.js';

/** A membership under test and the passing of time as it knows it. */
export interface MembershipHarness {
  open(limits?: Partial<MembershipLimits>): Promise<Membership>;
  /** Lets so much time pass, and what is due happen. */
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const TTL_MS = 10_000;
const REGISTRATION = { role: 'proxy', address: '10.0.0.1:19530', leaseTtlMs: TTL_MS };

/** Everything a watcher is told, as words. */
async function watched(membership: Membership, role = 'proxy') {
  const told: string[] = [];
  const stop = await membership.watch(role, {
    joined: ({ serverId }: Member) => told.push(`joined ${serverId}`),
    left: ({ serverId }: Member, how) => told.push(`${how} ${serverId}`),
  });
  return { told, stop };
}

/** What every membership promises (`src/ports/membership.ts`). */
export function membershipContract(name: string, start: () => Promise<MembershipHarness>): void {
  describe(`Membership: ${name}`, () => {
    let harness: MembershipHarness;
    let membership: Membership;

    beforeEach(async () => {
      harness = await start();
      membership = await harness.open();
    });

    afterEach(() => harness.dispose());

    describe('a registration', () => {
      it('gives everybody an id of their own', async () => {
        const leases = [];
        for (let i = 0; i < 8; i++) leases.push(await membership.register(REGISTRATION));
        expect(new Set(leases.map(({ serverId }) => serverId)).size).toBe(8);
        expect(new Set(leases.map(({ leaseId }) => leaseId)).size).toBe(8);
        for (const { serverId, leaseTtlMs } of leases) {
          expect(serverId).toBeGreaterThan(0n);
          expect(leaseTtlMs).toBe(TTL_MS);
        }
      });

      it('can be found under its role and id, and nowhere else', async () => {
        const { serverId } = await membership.register(REGISTRATION);
        expect(await membership.find('proxy', serverId)).toEqual({ serverId, ...REGISTRATION });
        expect(await membership.find('datanode', serverId)).toBeUndefined();
        expect(await membership.find('proxy', serverId + 1n)).toBeUndefined();
      });

      it('that says the id it had keeps it, and voids the lease before', async () => {
        const first = await membership.register(REGISTRATION);
        const { serverId } = first;
        const second = await membership.register({ ...REGISTRATION, serverId });
        expect(second.serverId).toBe(serverId);
        await expect(membership.keepAlive(first)).rejects.toMatchObject({ kind: 'NodeNotFound' });
        await membership.leave(first);
        expect(await membership.keepAlive(second)).toEqual(second);
      });

      it('takes up an id nobody holds, as after a restart of who keeps the sessions', async () => {
        const { serverId } = await membership.register({ ...REGISTRATION, serverId: 77n });
        expect(serverId).toBe(77n);
      });

      it.each([
        ['an id another address holds', { address: '10.0.0.2:19530', serverId: 5n }],
        ['an id that is none', { serverId: -1n }],
        ['too short a lease', { leaseTtlMs: 10 }],
        ['too long a lease', { leaseTtlMs: 3_600_000 }],
        ['no lease', { leaseTtlMs: Number.NaN }],
      ])('refuses %s', async (_what, other) => {
        await membership.register({ ...REGISTRATION, serverId: 5n });
        const refused = membership.register({ ...REGISTRATION, ...other });
        await expect(refused).rejects.toMatchObject({ kind: 'ParameterInvalid' });
      });

      it('is refused past the limit, also among those that arrive together', async () => {
        const small = await harness.open({ membersMax: 3 });
        const outcomes = await Promise.allSettled(
          Array.from({ length: 5 }, () => small.register(REGISTRATION)),
        );
        const refusals = outcomes.filter(({ status }) => status === 'rejected');
        expect(refusals).toMatchObject([
          { reason: { kind: 'QuotaExceeded' } },
          { reason: { kind: 'QuotaExceeded' } },
        ]);
        const [one] = outcomes.flatMap((o) => (o.status === 'fulfilled' ? [o.value] : []));
        if (one) await small.leave(one);
        await expect(small.register(REGISTRATION)).resolves.toBeDefined();
      });
    });

    describe('a lease', () => {
      it('ends when it was not renewed for its time to live, and only then', async () => {
        const { serverId } = await membership.register(REGISTRATION);
        await harness.pass(TTL_MS - 100);
        expect(await membership.find('proxy', serverId)).toBeDefined();
        await harness.pass(200);
        expect(await membership.find('proxy', serverId)).toBeUndefined();
      });

      it('lasts for as long as it is renewed', async () => {
        const lease = await membership.register(REGISTRATION);
        for (let i = 0; i < 10; i++) {
          await harness.pass(TTL_MS / 2);
          expect(await membership.keepAlive(lease)).toEqual(lease);
        }
        await harness.pass(TTL_MS + 100);
        await expect(membership.keepAlive(lease)).rejects.toMatchObject({ kind: 'NodeNotFound' });
      });

      it('cannot be renewed or ended by one who does not know it', async () => {
        const lease = await membership.register(REGISTRATION);
        const forged = { ...lease, leaseId: lease.leaseId + 1n };
        await expect(membership.keepAlive(forged)).rejects.toMatchObject({ kind: 'NodeNotFound' });
        await membership.leave(forged);
        expect(await membership.find('proxy', lease.serverId)).toBeDefined();
      });

      it('can be ended twice', async () => {
        const lease = await membership.register(REGISTRATION);
        await membership.leave(lease);
        await membership.leave(lease);
        expect(await membership.find('proxy', lease.serverId)).toBeUndefined();
      });
    });

    describe('a watcher', () => {
      it('is told of who is there, then of who comes and goes, in order', async () => {
        const a = await membership.register(REGISTRATION);
        const { told } = await watched(membership);
        const b = await membership.register(REGISTRATION);
        await membership.leave(a);
        await harness.pass(TTL_MS + 100);
        expect(told).toEqual([
          `joined ${a.serverId}`,
          `joined ${b.serverId}`,
          `left ${a.serverId}`,
          `expired ${b.serverId}`,
        ]);
      });

      it('is told that a member registered again, not that it left', async () => {
        const { serverId } = await membership.register(REGISTRATION);
        const { told } = await watched(membership);
        await membership.register({ ...REGISTRATION, serverId });
        expect(told).toEqual([`joined ${serverId}`, `joined ${serverId}`]);
      });

      it('hears of its role alone, and of nothing once it has stopped', async () => {
        const proxies = await watched(membership);
        const nodes = await watched(membership, 'datanode');
        const { serverId } = await membership.register({ ...REGISTRATION, role: 'datanode' });
        nodes.stop();
        await membership.register({ ...REGISTRATION, role: 'datanode' });
        expect(proxies.told).toEqual([]);
        expect(nodes.told).toEqual([`joined ${serverId}`]);
      });

      it('is refused past the limit', async () => {
        const small = await harness.open({ watchersMax: 1 });
        const { stop } = await watched(small);
        await expect(watched(small)).rejects.toMatchObject({ kind: 'QuotaExceeded' });
        stop();
        await expect(watched(small)).resolves.toBeDefined();
      });

      it('is told nothing when everything is closed', async () => {
        await membership.register(REGISTRATION);
        const { told } = await watched(membership);
        await membership.close();
        await harness.pass(2 * TTL_MS);
        expect(told).toHaveLength(1);
      });
    });
  });
}
