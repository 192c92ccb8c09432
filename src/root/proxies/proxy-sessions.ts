import type { InspectionEvent } from 'xstate';
import type { ProxySessionFact } from '../../../machines/root/proxy-session.machine.js';
import { unreachable } from '../../domain/invariant.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { Departure, Member, Membership } from '../../ports/membership.js';
import type { SafeTimes, TickReport } from '../../timetick/safe-times.js';
import type { ProxyCaches } from './proxy-caches.js';
import { ProxySession } from './proxy-session.js';

/** The role of proxies in sessions (facts/rootcoord §12.1). */
export const PROXY_ROLE = 'proxy';

/** Proxies a log line or a health check names; of more it tells how many. */
const NAMED_MAX = 16;
/** Ids that never registered and are being looked for; beyond it they have to report again. */
const LOOKUPS_MAX = 64;
/**
 * Silence is looked for four times an interval, and a report may come half an interval late: an
 * overdue one is named before the next would be due.
 */
const LOOKS_PER_INTERVAL = 4;
const OVERDUE_INTERVALS = 1.5;

export interface ProxySessionsDeps {
  readonly membership: Membership;
  readonly safeTimes: Pick<SafeTimes, 'join' | 'leave' | 'report'>;
  readonly caches: Pick<ProxyCaches, 'join' | 'leave' | 'reset'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often a proxy reports. */
  readonly intervalMs: number;
  readonly joinGraceMs: number;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/**
 * What becomes of a report: it counts; or nobody of this id holds a session; or its sender was lost
 * and counts from its next report on.
 */
export type Acceptance = 'accepted' | 'unknown' | 'returning';

/**
 * Every proxy that takes part in the time ticks (facts/rootcoord §10.5): an actor each, begun and
 * ended by membership, which decides whether safe times wait for it.
 */
export class ProxySessions {
  readonly #deps: ProxySessionsDeps;
  readonly #sessions = new Map<bigint, ProxySession>();
  readonly #lookups = new Set<bigint>();
  #unwatch: (() => void) | undefined;
  #timer: Timer | undefined;
  #lookedAtMs: number;
  #isClosed = false;

  constructor(deps: ProxySessionsDeps) {
    this.#deps = deps;
    this.#lookedAtMs = deps.clock.monotonicMs();
  }

  /**
   * Settles when safe times wait for everybody who is there. These had their sessions before:
   * somebody listened to them, so each may take its whole lease to report here.
   */
  async start(): Promise<void> {
    this.#lookForSilence();
    let isResumed = true;
    this.#unwatch = await this.#deps.membership.watch(PROXY_ROLE, {
      joined: (member) => this.#join(member, isResumed),
      left: (member, how) => this.#leave(member, how),
    });
    isResumed = false;
  }

  /** Nothing is reported any more; safe times stay where they are. */
  close(): void {
    this.#isClosed = true;
    this.#unwatch?.();
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
    for (const session of this.#sessions.values()) session.stop();
    this.#sessions.clear();
  }

  /** A proxy reports what is safe. Never throws; what is refused changes no safe time. */
  accept(sourceId: bigint, report: TickReport): Acceptance {
    const session = this.#sessions.get(sourceId);
    if (!session) return this.#doNotKnow(sourceId);
    const wasLost = session.standing === 'Lost';
    session.hear();
    if (session.standing === 'Lost') return this.#doNotKnow(sourceId);
    // Ticks have passed it by: what it promised before is worth nothing, its next report counts.
    if (wasLost) return 'returning';
    this.#deps.safeTimes.report(sourceId, report);
    return 'accepted';
  }

  /** Sentences for a health check: who is silent; empty when all is well. */
  get reasons(): readonly string[] {
    return [...this.#sessions.values()].filter(isMissed).slice(0, NAMED_MAX).map(reasonOf);
  }

  /** Every proxy that is known, the lost ones, too. */
  all(): Iterable<ProxySession> {
    return this.#sessions.values();
  }

  #join(member: Member, isResumed = false): void {
    const { serverId } = member;
    this.#deps.caches.join(member);
    const known = this.#sessions.get(serverId);
    if (known && isSame(known.member, member)) return known.send({ type: 'session.register' });
    known?.stop();
    const session: ProxySession = new ProxySession(member, { ...this.#deps, isResumed }, (fact) =>
      this.#note(session, fact),
    );
    this.#sessions.set(serverId, session);
    session.start();
  }

  #leave({ serverId }: Member, how: Departure): void {
    const type = how === 'left' ? 'session.leave' : 'session.expire';
    this.#sessions.get(serverId)?.send({ type });
  }

  #note(session: ProxySession, fact: ProxySessionFact): void {
    const { safeTimes, caches, log } = this.#deps;
    const { serverId } = session.member;
    switch (fact.type) {
      case 'session.joined':
        safeTimes.join(serverId);
        return log.info(fieldsOf(session), 'a proxy has joined');
      case 'session.resumed':
        safeTimes.join(serverId);
        return log.info(fieldsOf(session), 'a proxy from before is waited for');
      case 'session.returned':
        safeTimes.join(serverId);
        caches.reset(serverId);
        return log.info(fieldsOf(session), 'a lost proxy is back');
      case 'session.lost':
        log.warn({ ...fieldsOf(session), reason: fact.reason }, 'a proxy is lost');
        return safeTimes.leave(serverId);
      case 'session.gone':
        log.info(fieldsOf(session), 'a proxy is gone');
        safeTimes.leave(serverId);
        return this.#forget(serverId);
      case 'session.caughtUp':
        return log.info(fieldsOf(session), 'a silent proxy reports again');
      case 'session.activated':
      case 'session.lagged':
        return;
      default:
        return unreachable(fact);
    }
  }

  #forget(serverId: bigint): void {
    this.#sessions.delete(serverId);
    this.#deps.caches.leave(serverId);
  }

  /** Membership is asked in case its news has not come yet; the proxy reports again anyway. */
  #doNotKnow(sourceId: bigint): 'unknown' {
    if (this.#lookups.size >= LOOKUPS_MAX || this.#lookups.has(sourceId)) return 'unknown';
    this.#lookups.add(sourceId);
    this.#deps.membership
      .find(PROXY_ROLE, sourceId)
      .then(
        (member) => {
          if (member && !this.#isClosed) this.#join(member);
        },
        (err: unknown) => this.#deps.log.warn({ sourceId, err }, 'a session was not looked up'),
      )
      .finally(() => this.#lookups.delete(sourceId));
    return 'unknown';
  }

  #lookForSilence(): void {
    const { clock, intervalMs } = this.#deps;
    const pauseMs = intervalMs / LOOKS_PER_INTERVAL;
    this.#timer = clock.setTimeout(() => {
      const nowMs = clock.monotonicMs();
      const isLate = nowMs - this.#lookedAtMs > intervalMs;
      this.#lookedAtMs = nowMs;
      // It was this process that slept: reports lie unread, so nobody is blamed yet.
      if (!isLate) this.#nameSilent();
      this.#lookForSilence();
    }, pauseMs);
  }

  #nameSilent(): void {
    const overdueMs = OVERDUE_INTERVALS * this.#deps.intervalMs;
    const silent = [...this.#sessions.values()].filter(
      ({ standing, silentForMs }) => standing === 'Active' && silentForMs >= overdueMs,
    );
    if (silent.length === 0) return;
    for (const session of silent) session.send({ type: 'session.fallSilent' });
    const proxies = silent.slice(0, NAMED_MAX).map(fieldsOf);
    this.#deps.log.warn({ count: silent.length, proxies }, 'proxies hold the time ticks');
  }
}

const isSame = (known: Member, { address, leaseTtlMs }: Member): boolean =>
  known.address === address && known.leaseTtlMs === leaseTtlMs;

const isMissed = ({ standing }: ProxySession): boolean =>
  standing === 'Lagging' || standing === 'Lost';

function fieldsOf({ member: { serverId, address }, silentForMs }: ProxySession) {
  return { serverId, address, silentForMs };
}

function reasonOf({ member: { serverId, address }, standing, silentForMs }: ProxySession): string {
  const effect = standing === 'Lost' ? 'is excluded from' : 'holds';
  return `proxy ${serverId} at ${address} ${effect} the time ticks, silent for ${Math.round(silentForMs)} ms`;
}
