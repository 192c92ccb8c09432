import type { InspectionEvent } from 'xstate';
import type { DatabaseRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { Member, Membership } from '../../ports/membership.js';
import type { ProxyClient, ProxyClients } from '../../ports/proxy-clients.js';
import type { SessionRecords } from '../../ports/session-records.js';
import type { SafeTimes } from '../../timetick/safe-times.js';
import type { CatalogView } from '../catalog/catalog-view.js';
import { IN_PROCESS_ADDRESS, InProcessProxy } from './in-process-proxy.js';
import { ProxyCaches } from './proxy-caches.js';
import { ProxySessions } from './proxy-sessions.js';
import type { StoredSessions } from './stored-sessions.js';

export interface ProxySettings {
  /** How often a proxy reports. */
  readonly timeTickIntervalMs: number;
  /** How long a proxy that joins may hold the time ticks before its first report. */
  readonly joinGraceMs: number;
  /** How long one proxy may hold a DDL. */
  readonly invalidateTimeoutMs: number;
}

/** What a membership of this process stands on. */
export interface MembershipGround {
  /** Gives numbers never given out before. */
  readonly allocateServerId: () => Promise<bigint>;
  readonly records: SessionRecords;
}

/** Where proxies are: what the process around RootCoord knows of them. */
export interface ProxyWorld {
  readonly openMembership: (ground: MembershipGround) => Membership;
  /** How the proxies of other processes are reached. */
  readonly clients: ProxyClients;
  readonly settings: ProxySettings;
}

export interface ProxiesDeps extends ProxyWorld {
  readonly safeTimes: Pick<SafeTimes, 'join' | 'leave' | 'report'>;
  readonly catalog: Pick<CatalogView, 'databaseById'> & { databases(): Iterable<DatabaseRecord> };
  /** Server id of this coordinator. */
  readonly sourceId: bigint;
  readonly allocateServerId: () => Promise<bigint>;
  readonly records: StoredSessions;
  readonly allocateTimestamp: () => Timestamp | Promise<Timestamp>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/** Proxies a health check names because their caches may be out of date. */
const NAMED_MAX = 16;

/** The proxies of this coordinator: who is there, what they cache, what they report. */
export class Proxies {
  readonly membership: Membership;
  readonly caches: ProxyCaches;
  readonly sessions: ProxySessions;
  readonly #front: InProcessProxy;
  readonly #records: StoredSessions;

  constructor(deps: ProxiesDeps) {
    const { timeTickIntervalMs: intervalMs, joinGraceMs, invalidateTimeoutMs } = deps.settings;
    const clients = { connect: (member: Member) => connect(member, deps.clients) };
    const membership = deps.openMembership(deps);
    const caches = new ProxyCaches({ ...deps, clients, deadlineMs: invalidateTimeoutMs });
    const sessions = new ProxySessions({ ...deps, membership, caches, intervalMs, joinGraceMs });
    this.#records = deps.records;
    this.membership = membership;
    this.caches = caches;
    this.sessions = sessions;
    this.#front = new InProcessProxy({ ...deps, membership, sessions, intervalMs });
  }

  /** Settles when everybody who is there has joined, the front of this process among them. */
  async start(): Promise<void> {
    await this.sessions.start();
    await this.#front.start();
  }

  /** What a health check says of the proxies; empty when all is well (facts/rootcoord §16). */
  get reasons(): readonly string[] {
    const stale = this.caches.unreachable.slice(0, NAMED_MAX);
    return [
      ...this.sessions.reasons,
      ...stale.map(({ serverId, address }) => `proxy ${serverId} at ${address} is out of reach`),
    ];
  }

  /** Lets go of everybody; sessions and caches are over at once, whatever is waited for. */
  async close(): Promise<void> {
    this.#front.close();
    this.sessions.close();
    this.caches.close();
    this.#records.close();
    await this.membership.close();
  }
}

/** The front of this process reads the catalog itself: it has nothing to forget. */
const NOTHING_CACHED: ProxyClient = {
  invalidate: async () => {},
  releaseDqlMessageStream: async () => {},
  close: () => {},
};

const connect = (member: Member, clients: ProxyClients): ProxyClient =>
  member.address === IN_PROCESS_ADDRESS ? NOTHING_CACHED : clients.connect(member);
