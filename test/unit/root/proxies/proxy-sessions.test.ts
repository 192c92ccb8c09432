import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InProcessMembership } from '../../../../src/adapters/in-process/membership.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import type { MemberLease } from '../../../../src/ports/membership.js';
import { InProcessProxy } from '../../../../src/root/proxies/in-process-proxy.js';
import { ProxyCaches } from '../../../../src/root/proxies/proxy-caches.js';
import { ProxySessions } from '../../../../src/root/proxies/proxy-sessions.js';
import { SafeTimes } from '../../../../src/timetick/safe-times.js';
import { RecordedLog } from '../../../kit/recorded-log.js';
import { SimulatedProxies } from '../../../kit/simulated-proxies.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const INTERVAL_MS = 200;
const GRACE_MS = 2_000;
const TTL_MS = 10_000;
const CHANNEL = 'by-dev-rootcoord-dml_0';
const DDL_SOURCE = -1n;

let clock: VirtualClock;
let log: RecordedLog;
let membership: InProcessMembership;
let safeTimes: SafeTimes;
let clients: SimulatedProxies;
let caches: ProxyCaches;
let sessions: ProxySessions;
let allocated: bigint;

beforeEach(async () => {
  clock = new VirtualClock();
  log = new RecordedLog();
  allocated = 0n;
  membership = new InProcessMembership({ clock, allocateServerId: async () => ++allocated });
  safeTimes = new SafeTimes();
  safeTimes.join(DDL_SOURCE);
  clients = new SimulatedProxies();
  const database = { id: 1n as never, name: 'default', createdUnixNs: 0n, properties: [] };
  caches = new ProxyCaches({
    clients,
    clock,
    log,
    catalog: { databases: () => [database], databaseById: () => database },
    sourceId: 4n,
    deadlineMs: 1_000,
  });
  sessions = new ProxySessions({
    membership,
    safeTimes,
    caches,
    clock,
    log,
    intervalMs: INTERVAL_MS,
    joinGraceMs: GRACE_MS,
  });
  await sessions.start();
});

afterEach(async () => {
  sessions.close();
  caches.close();
  await membership.close();
  expect(clock.timerCount).toBe(0);
});

const addressOf = (i: number): string => `10.0.0.${i}:19530`;

const register = (i: number, serverId?: bigint) =>
  membership.register({ role: 'proxy', address: addressOf(i), leaseTtlMs: TTL_MS, serverId });

/** Everything up to `at` is safe, as far as the source is concerned. */
const report = (sourceId: bigint, at: number) =>
  sessions.accept(sourceId, { defaultTimestamp: BigInt(at) as Timestamp, channels: new Map() });

const ddlIsAt = (at: number) =>
  safeTimes.report(DDL_SOURCE, {
    defaultTimestamp: BigInt(at) as Timestamp,
    channels: new Map(),
  });

const safeTime = () => Number(safeTimes.safeTime(CHANNEL));

const standings = () => [...sessions.all()].map(({ standing }) => standing);

/** The proxies report at every interval, and renew their leases, while time passes. */
async function live(leases: readonly MemberLease[], ms: number, from: number): Promise<number> {
  let at = from;
  for (let passed = 0; passed < ms; passed += INTERVAL_MS) {
    await clock.advance(INTERVAL_MS);
    at += 1;
    ddlIsAt(at);
    for (const lease of leases) {
      report(lease.serverId, at);
      await membership.keepAlive(lease);
    }
  }
  return at;
}

describe('a proxy that joins', () => {
  it('holds the ticks until its first report', async () => {
    ddlIsAt(5);
    const { serverId } = await register(1);
    ddlIsAt(9);
    expect(safeTime()).toBe(5);
    expect(report(serverId, 7)).toBe('accepted');
    expect(safeTime()).toBe(7);
    expect(standings()).toEqual(['Active']);
  });

  it('holds them for its grace and no longer, though it keeps its lease', async () => {
    ddlIsAt(5);
    const lease = await register(1);
    ddlIsAt(9);
    await clock.advance(GRACE_MS - 1);
    expect(safeTime()).toBe(5);
    await clock.advance(1);
    expect(safeTime()).toBe(9);
    expect(log.saying('a proxy is lost')).toMatchObject([
      { serverId: lease.serverId, reason: 'neverReported' },
    ]);
  });

  it('and leaves holds nobody from that moment on', async () => {
    const lease = await register(1);
    report(lease.serverId, 3);
    ddlIsAt(9);
    await membership.leave(lease);
    expect(safeTime()).toBe(9);
    expect(standings()).toEqual([]);
  });
});

describe('a proxy that was there before the coordinator', () => {
  /** A coordinator that finds whoever has a session, and this many more. */
  async function succeed(count: number) {
    const leases = [];
    for (let i = 0; i < count; i++) leases.push(await register(i));
    sessions.close();
    safeTimes = new SafeTimes();
    safeTimes.join(DDL_SOURCE);
    sessions = new ProxySessions({
      ...{ membership, safeTimes, caches, clock, log },
      ...{ intervalMs: INTERVAL_MS, joinGraceMs: GRACE_MS },
    });
    await sessions.start();
    return leases;
  }

  it('holds the ticks past its grace, and its first report counts', async () => {
    const [lease] = await succeed(1);
    ddlIsAt(9);
    await clock.advance(GRACE_MS + INTERVAL_MS);
    expect(safeTime()).toBe(0);
    expect(report(lease?.serverId ?? 0n, 4)).toBe('accepted');
    expect(safeTime()).toBe(4);
  });

  it('holds them no longer than its lease, and is named all the time', async () => {
    const [dead] = await succeed(1);
    ddlIsAt(9);
    await clock.advance(2 * INTERVAL_MS);
    const holds = `proxy ${dead?.serverId} at ${addressOf(0)} holds the time ticks`;
    expect(sessions.reasons).toEqual([expect.stringContaining(holds)]);
    await clock.advance(TTL_MS - 2 * INTERVAL_MS - 1);
    expect(safeTime()).toBe(0);
    await clock.advance(1);
    expect(safeTime()).toBe(9);
  });

  it('holds them as long as any silent one when it only renews its lease', async () => {
    const leases = await succeed(1);
    for (let passed = 0; passed <= TTL_MS + 2 * INTERVAL_MS; passed += INTERVAL_MS) {
      ddlIsAt(passed + 1);
      for (const lease of leases) await membership.keepAlive(lease);
      await clock.advance(INTERVAL_MS);
    }
    expect(safeTime()).toBeGreaterThan(0);
    expect(log.saying('a proxy is lost')).toMatchObject([{ reason: 'silent' }]);
  });

  it('does not let those pass who came after it', async () => {
    const [old] = await succeed(1);
    const fresh = await register(1);
    report(fresh.serverId, 8);
    ddlIsAt(9);
    expect(safeTime()).toBe(0);
    await membership.leave(old ?? fresh);
    expect(safeTime()).toBe(8);
  });

  it('forgets everything it cached: what it was not told meanwhile nobody knows', async () => {
    await register(1);
    await clock.advance(0);
    const { cache } = clients.at(addressOf(1));
    cache.remember('default', 'c');
    await succeed(0);
    await clock.advance(0);
    expect(cache.names).toEqual([]);
  });
});

describe('a proxy that falls silent', () => {
  it('is named within one interval after its report was due, in the log and the health check', async () => {
    const [quiet, other] = [await register(1), await register(2)];
    const at = await live([quiet, other], 1_000, 0);
    await live([other], 2 * INTERVAL_MS, at);
    expect(log.saying('proxies hold the time ticks')).toMatchObject([
      { level: 'warn', count: 1, proxies: [{ serverId: quiet.serverId, address: addressOf(1) }] },
    ]);
    expect(sessions.reasons).toEqual([
      expect.stringContaining(`proxy ${quiet.serverId} at ${addressOf(1)} holds the time ticks`),
    ]);
    expect(safeTime()).toBe(at);
  });

  it('is not named for a report that comes a little late', async () => {
    const { serverId } = await register(1);
    for (const ms of [200, 280, 120, 290, 110, 200]) {
      await clock.advance(ms);
      report(serverId, 1);
    }
    expect(log.saying('proxies hold the time ticks')).toEqual([]);
  });

  it('holds the ticks until its lease ends when it is dead', async () => {
    const [dead, other] = [await register(1), await register(2)];
    const at = await live([dead, other], 1_000, 0);
    await live([other], TTL_MS - INTERVAL_MS, at);
    expect(safeTime()).toBe(at);
    const last = await live([other], 2 * INTERVAL_MS, at + 100);
    expect(safeTime()).toBe(last);
    expect(sessions.reasons).toEqual([expect.stringContaining('is excluded from the time ticks')]);
  });

  it('holds them as long as its lease when it is alive and only silent', async () => {
    const [mute, other] = [await register(1), await register(2)];
    const at = await live([mute, other], 1_000, 0);
    let next = at + 1;
    for (let passed = 0; passed < TTL_MS + 2 * INTERVAL_MS; passed += INTERVAL_MS) {
      await membership.keepAlive(mute);
      next = await live([other], INTERVAL_MS, next);
    }
    expect(safeTime()).toBe(next);
    expect(log.saying('a proxy is lost')).toMatchObject([{ reason: 'silent' }]);
  });

  it('catches up with its next report', async () => {
    const lease = await register(1);
    const at = await live([lease], 1_000, 0);
    await clock.advance(1_000);
    expect(sessions.reasons).toHaveLength(1);
    ddlIsAt(at + 9);
    expect(report(lease.serverId, at + 5)).toBe('accepted');
    expect(safeTime()).toBe(at + 5);
    expect(sessions.reasons).toEqual([]);
  });

  it('is named together with the others: one line, however many', async () => {
    const leases = [];
    for (let i = 0; i < 40; i++) leases.push(await register(i));
    await live(leases, 1_000, 0);
    await clock.advance(1_000);
    const [line, ...more] = log.saying('proxies hold the time ticks');
    expect(more).toEqual([]);
    expect(line).toMatchObject({ count: 40 });
    expect(line?.proxies).toHaveLength(16);
  });
});

describe('a lost proxy', () => {
  it('that holds its session is taken up with its first report and counts from the next', async () => {
    const lease = await register(1);
    ddlIsAt(5);
    await clock.advance(GRACE_MS);
    expect(report(lease.serverId, 3)).toBe('returning');
    ddlIsAt(20);
    expect(safeTime()).toBe(5);
    expect(report(lease.serverId, 12)).toBe('accepted');
    expect(safeTime()).toBe(12);
  });

  it('never moves safe times back when it returns', async () => {
    const lease = await register(1);
    await clock.advance(GRACE_MS);
    ddlIsAt(50);
    report(lease.serverId, 3);
    report(lease.serverId, 4);
    expect(safeTime()).toBe(50);
  });

  it('whose lease ended is unknown until it registers again, and then holds the ticks', async () => {
    const { serverId } = await register(1);
    report(serverId, 1);
    await clock.advance(TTL_MS);
    expect(report(serverId, 2)).toBe('unknown');
    ddlIsAt(9);
    await register(1, serverId);
    ddlIsAt(15);
    expect(safeTime()).toBe(9);
    expect(report(serverId, 11)).toBe('accepted');
    expect(safeTime()).toBe(11);
  });

  it('is forgotten once its lease is long over', async () => {
    await register(1);
    await clock.advance(TTL_MS);
    expect(sessions.reasons).toHaveLength(1);
    await clock.advance(TTL_MS);
    expect(sessions.reasons).toEqual([]);
    expect(log.saying('a proxy is gone')).toHaveLength(1);
  });

  it('forgets everything it cached when it returns', async () => {
    const lease = await register(1);
    await clock.advance(GRACE_MS);
    const { cache } = clients.at(addressOf(1));
    cache.remember('default', 'c');
    report(lease.serverId, 3);
    await clock.advance(0);
    expect(cache.names).toEqual([]);
  });
});

describe('a report of nobody', () => {
  it('is refused and moves nothing', () => {
    ddlIsAt(5);
    expect(report(99n, 1)).toBe('unknown');
    expect(safeTime()).toBe(5);
  });

  it('is listened to once membership knows the session after all', async () => {
    const lease = await register(1);
    const deaf = new ProxySessions({
      membership: Object.assign(Object.create(membership), {
        watch: async () => () => {},
        find: (role: string, id: bigint) => membership.find(role, id),
      }),
      safeTimes,
      caches,
      clock,
      log,
      intervalMs: INTERVAL_MS,
      joinGraceMs: GRACE_MS,
    });
    await deaf.start();
    const tick = { defaultTimestamp: 3n as Timestamp, channels: new Map() };
    expect(deaf.accept(lease.serverId, tick)).toBe('unknown');
    await clock.advance(0);
    expect(deaf.accept(lease.serverId, tick)).toBe('accepted');
    deaf.close();
  });
});

describe('a coordinator that slept', () => {
  it('blames nobody for what it did not read', async () => {
    const lease = await register(1);
    await live([lease], 1_000, 0);
    const monotonicMs = clock.monotonicMs.bind(clock);
    clock.monotonicMs = () => monotonicMs() + 5_000;
    await clock.advance(INTERVAL_MS / 4);
    expect(log.saying('proxies hold the time ticks')).toEqual([]);
  });
});

describe('a coordinator that slept for longer than every delay', () => {
  const SLEPT_MS = 3 * TTL_MS;
  /** What everybody has after a sleep to be heard. */
  const CATCH_UP_MS = 3_000;

  /** The first thing after the sleep: every timer that came due. */
  async function sleep(): Promise<void> {
    clock.sleep(SLEPT_MS);
    await clock.advance(0);
  }

  it('lets no tick pass a proxy whose renewals and reports it has not read', async () => {
    const lease = await register(1);
    const at = await live([lease], 1_000, 0);
    ddlIsAt(at + 100);
    await sleep();
    await clock.advance(CATCH_UP_MS - INTERVAL_MS);
    expect(safeTime()).toBe(at);
    await membership.keepAlive(lease);
    expect(report(lease.serverId, at + 50)).toBe('accepted');
    expect(safeTime()).toBe(at + 50);
    const last = await live([lease], 2 * TTL_MS, at + 100);
    expect(safeTime()).toBe(last);
    expect(log.saying('a proxy is lost')).toEqual([]);
  });

  it('waits for one that was Lagging already, if it renews its lease', async () => {
    const lease = await register(1);
    const at = await live([lease], 1_000, 0);
    ddlIsAt(at + 100);
    await clock.advance(2 * INTERVAL_MS);
    expect(sessions.reasons).toEqual([expect.stringContaining('holds the time ticks')]);
    await sleep();
    await membership.keepAlive(lease);
    await clock.advance(CATCH_UP_MS - INTERVAL_MS);
    expect(safeTime()).toBe(at);
    await clock.advance(INTERVAL_MS);
    expect(safeTime()).toBe(at + 100);
    expect(log.saying('a proxy is lost')).toMatchObject([{ reason: 'silent' }]);
  });

  it('waits once more for the first report of one that joined', async () => {
    const { serverId } = await register(1);
    ddlIsAt(100);
    await sleep();
    await clock.advance(GRACE_MS - 1);
    expect(safeTime()).toBe(0);
    expect(report(serverId, 7)).toBe('accepted');
    expect(safeTime()).toBe(7);
  });

  it('is held by a dead proxy for that time and no longer', async () => {
    const lease = await register(1);
    const at = await live([lease], 1_000, 0);
    ddlIsAt(at + 100);
    await sleep();
    await clock.advance(CATCH_UP_MS - 1);
    expect(safeTime()).toBe(at);
    await clock.advance(1);
    expect(safeTime()).toBe(at + 100);
    expect(log.saying('a proxy is lost')).toMatchObject([{ reason: 'leaseEnded' }]);
  });
});

describe('the front of this process', () => {
  let time: number;

  function front(
    allocateTimestamp = (): Timestamp | Promise<Timestamp> => BigInt(++time) as Timestamp,
  ) {
    time = 0;
    return new InProcessProxy({
      membership,
      sessions,
      clock,
      log,
      intervalMs: INTERVAL_MS,
      allocateTimestamp,
    });
  }

  it('takes part like any other and reports the present at every interval', async () => {
    const proxy = front();
    await proxy.start();
    ddlIsAt(1_000);
    expect(safeTime()).toBe(1);
    await clock.advance(10 * INTERVAL_MS);
    expect(safeTime()).toBe(11);
    expect(standings()).toEqual(['Active']);
    proxy.close();
  });

  it('keeps its session for as long as it lives', async () => {
    const proxy = front();
    await proxy.start();
    await clock.advance(60_000);
    expect(log.lines.map(({ msg }) => msg)).toEqual(['a proxy has joined']);
    proxy.close();
  });

  it('takes its session up again under the same id when the lease ended meanwhile', async () => {
    const held: (() => void)[] = [];
    const proxy = front(() => new Promise((resolve) => held.push(() => resolve(1n as Timestamp))));
    void proxy.start();
    await clock.advance(0);
    await clock.advance(20_000);
    expect(await membership.find('proxy', 1n)).toBeUndefined();
    for (const goOn of held) goOn();
    await clock.advance(INTERVAL_MS);
    expect(await membership.find('proxy', 1n)).toBeDefined();
    proxy.close();
  });
});
