import { randomBytes } from 'node:crypto';
import { AwakeWait } from '../../domain/awake-wait.js';
import { CoordError } from '../../domain/errors.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type {
  Departure,
  HeldLease,
  Member,
  MemberLease,
  Membership,
  MembershipLimits,
  MembershipListener,
  Registration,
} from '../../ports/membership.js';
import type { SessionRecord, SessionRecords } from '../../ports/session-records.js';

export const MEMBERSHIP_LIMITS: MembershipLimits = {
  /** As many proxies as safe time has room for; a larger cluster has etcd for its sessions. */
  membersMax: 1_024,
  /** One for each part of the process that asks. */
  watchersMax: 64,
  /** Shorter ones would end while the process collects garbage. */
  leaseTtlMsMin: 1_000,
  /** A dead proxy must not hold the time ticks for longer. */
  leaseTtlMsMax: 600_000,
};

export interface InProcessMembershipDeps {
  readonly clock: Clock;
  /** A number never given out before, over restarts, too. */
  readonly allocateServerId: () => Promise<bigint>;
  /** Without them sessions end with the process. */
  readonly records?: SessionRecords | undefined;
  readonly limits?: MembershipLimits | undefined;
}

interface HeldSession extends SessionRecord {
  /** Over when the lease is. */
  readonly wait: AwakeWait;
  timer: Timer | undefined;
}

/**
 * Sessions in the memory of the process that serves them, each written down before it begins. Those
 * that were written down before the process began go on, with the same lease, for its whole time to
 * live: how much of it was left nobody knows.
 */
export class InProcessMembership implements Membership {
  readonly limits: MembershipLimits;
  readonly #deps: InProcessMembershipDeps;
  readonly #records: SessionRecords;
  readonly #sessions = new Map<bigint, HeldSession>();
  readonly #watchers = new Set<{ readonly role: string; readonly listener: MembershipListener }>();
  /** New members that are not written down yet. */
  #arriving = 0;
  /** Ids whose registration is under way. */
  readonly #claimed = new Set<bigint>();
  #isClosed = false;

  constructor(deps: InProcessMembershipDeps) {
    this.#deps = deps;
    this.#records = deps.records ?? NOTHING_KEPT;
    this.limits = deps.limits ?? MEMBERSHIP_LIMITS;
    for (const record of this.#records.found) this.#hold(record);
  }

  async register(registration: Registration): Promise<HeldLease> {
    this.#assertOpen();
    this.#checkTtl(registration.leaseTtlMs);
    const { serverId } = registration;
    if (serverId !== undefined && this.#sessions.has(serverId)) {
      return this.#registerAs(serverId, registration);
    }
    this.#assertRoom();
    this.#arriving += 1;
    try {
      return await this.#registerAs(serverId ?? (await this.#freeServerId()), registration);
    } finally {
      this.#arriving -= 1;
    }
  }

  async keepAlive({ serverId, leaseId }: MemberLease): Promise<HeldLease> {
    const session = this.#sessions.get(serverId);
    if (session?.leaseId !== leaseId) {
      const words = 'the lease has ended or never was, register again';
      throw CoordError.of('NodeNotFound', { node: serverId }, words);
    }
    const { leaseTtlMs } = session.member;
    session.wait.renew(this.#deps.clock.monotonicMs());
    return { serverId, leaseId, leaseTtlMs };
  }

  async leave({ serverId, leaseId }: MemberLease): Promise<void> {
    const session = this.#sessions.get(serverId);
    if (session?.leaseId === leaseId) await this.#end(session, 'left');
  }

  async find(role: string, serverId: bigint): Promise<Member | undefined> {
    const member = this.#sessions.get(serverId)?.member;
    return member?.role === role ? member : undefined;
  }

  async watch(role: string, listener: MembershipListener): Promise<() => void> {
    this.#assertOpen();
    const { watchersMax } = this.limits;
    if (this.#watchers.size >= watchersMax) {
      throw CoordError.of('QuotaExceeded', { limit: watchersMax }, 'too many watch the members');
    }
    const watcher = { role, listener };
    for (const { member } of this.#sessions.values()) {
      if (member.role === role) listener.joined(member);
    }
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const session of this.#sessions.values()) this.#disarm(session);
    this.#sessions.clear();
    this.#watchers.clear();
  }

  async #registerAs(serverId: bigint, registration: Registration): Promise<HeldLease> {
    this.#checkClaim(serverId, registration);
    const { role, address, leaseTtlMs } = registration;
    const record = { member: { serverId, role, address, leaseTtlMs }, leaseId: newLeaseId() };
    this.#claimed.add(serverId);
    try {
      await this.#records.save(record);
      this.#assertOpen();
      this.#hold(record);
      return { serverId, leaseId: record.leaseId, leaseTtlMs };
    } finally {
      this.#claimed.delete(serverId);
      // What it had before may have ended meanwhile.
      if (!this.#isClosed && !this.#sessions.has(serverId)) void this.#records.remove(serverId);
    }
  }

  #checkClaim(serverId: bigint, registration: Registration): void {
    if (serverId <= 0n) throw CoordError.invalid(`server id ${serverId} is no id of a member`);
    const held = this.#sessions.get(serverId);
    if (held && !isSameMember(held.member, registration)) {
      throw CoordError.invalid(`server id ${serverId} is held by another member`);
    }
    if (!this.#claimed.has(serverId)) return;
    const words = `server id ${serverId} is being registered`;
    throw CoordError.of('ServiceUnavailable', {}, words);
  }

  async #freeServerId(): Promise<bigint> {
    // Somebody who came back with an id of another store may hold the number.
    for (;;) {
      const serverId = await this.#deps.allocateServerId();
      if (!this.#sessions.has(serverId) && !this.#claimed.has(serverId)) return serverId;
    }
  }

  /** The session begins, or goes on under another lease. */
  #hold(record: SessionRecord): void {
    const { serverId, role, leaseTtlMs } = record.member;
    const former = this.#sessions.get(serverId);
    if (former) this.#disarm(former);
    const wait = new AwakeWait(leaseTtlMs, this.#deps.clock.monotonicMs());
    const session: HeldSession = { ...record, wait, timer: undefined };
    this.#sessions.set(serverId, session);
    this.#expireLater(session);
    for (const { listener } of this.#watchersOf(role)) listener.joined(record.member);
  }

  /** One timer a session, set again only when it fires: renewals cost nothing. */
  #expireLater(session: HeldSession): void {
    const { clock } = this.#deps;
    const partMs = session.wait.nextPartMs(clock.monotonicMs());
    if (partMs === 0) return void this.#end(session, 'expired');
    session.timer = clock.setTimeout(() => this.#expireLater(session), partMs);
  }

  /** Over at once; settles when that is written down, or will be. */
  async #end(session: HeldSession, how: Departure): Promise<void> {
    const { member } = session;
    this.#disarm(session);
    this.#sessions.delete(member.serverId);
    for (const { listener } of this.#watchersOf(member.role)) listener.left(member, how);
    // A registration under way may have written already; it sees to the record.
    if (!this.#claimed.has(member.serverId)) await this.#records.remove(member.serverId);
  }

  #disarm({ timer }: HeldSession): void {
    if (timer) this.#deps.clock.clearTimeout(timer);
  }

  /** A copy: a listener may stop watching while it is told. */
  #watchersOf(role: string) {
    return [...this.#watchers].filter((watcher) => watcher.role === role);
  }

  #checkTtl(leaseTtlMs: number): void {
    const { leaseTtlMsMin, leaseTtlMsMax } = this.limits;
    if (leaseTtlMs >= leaseTtlMsMin && leaseTtlMs <= leaseTtlMsMax) return;
    const range = `${leaseTtlMsMin} to ${leaseTtlMsMax} ms`;
    throw CoordError.invalid(`a lease of ${leaseTtlMs} ms is outside ${range}`);
  }

  #assertRoom(): void {
    const { membersMax } = this.limits;
    if (this.#sessions.size + this.#arriving < membersMax) return;
    throw CoordError.of('QuotaExceeded', { limit: membersMax }, 'too many members');
  }

  #assertOpen(): void {
    if (this.#isClosed) throw CoordError.of('ServiceUnavailable', {}, 'the process is ending');
  }
}

const NOTHING_KEPT: SessionRecords = {
  found: [],
  save: async () => {},
  remove: async () => {},
};

const isSameMember = (held: Member, { role, address }: Registration): boolean =>
  held.role === role && held.address === address;

/** Positive, and not to be guessed: it is what lets its holder end the session. */
const newLeaseId = (): bigint => (randomBytes(8).readBigUInt64BE() >> 1n) | 1n;
