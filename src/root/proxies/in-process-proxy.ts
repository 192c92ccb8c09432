import type { Timestamp } from '../../domain/timestamp.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { MemberLease, Membership } from '../../ports/membership.js';
import { PROXY_ROLE, type ProxySessions } from './proxy-sessions.js';

/**
 * Where the front of this process is. No proxy elsewhere can say so: `checkMemberAddress` wants a
 * host and a port.
 */
export const IN_PROCESS_ADDRESS = 'in-process';

/** The front renews with every report, so this is how many reports may fail. */
const LEASE_TTL_MS = 10_000;

const NO_CHANNELS: ReadonlyMap<string, Timestamp> = new Map();

export interface InProcessProxyDeps {
  readonly membership: Membership;
  readonly sessions: Pick<ProxySessions, 'accept'>;
  readonly allocateTimestamp: () => Timestamp | Promise<Timestamp>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
}

/**
 * The front of this process as a proxy among others: it holds a session and reports what is safe.
 * It takes no data, so that is always the present.
 */
export class InProcessProxy {
  readonly #deps: InProcessProxyDeps;
  #lease: MemberLease | undefined;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(deps: InProcessProxyDeps) {
    this.#deps = deps;
  }

  /** Settles when the front holds a session and has reported once. */
  async start(): Promise<void> {
    await this.#register(undefined);
    await this.#report();
    this.#reportLater();
  }

  /** Reports no more; the lease runs out. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
  }

  async #register(serverId: bigint | undefined): Promise<void> {
    this.#lease = await this.#deps.membership.register({
      role: PROXY_ROLE,
      address: IN_PROCESS_ADDRESS,
      leaseTtlMs: Math.max(LEASE_TTL_MS, 2 * this.#deps.intervalMs),
      serverId,
    });
  }

  #reportLater(): void {
    if (this.#isClosed) return;
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#renew()
        .then(() => this.#report())
        .catch((err: unknown) => this.#noteFailure(err))
        .finally(() => this.#reportLater());
    }, this.#deps.intervalMs);
  }

  #noteFailure(err: unknown): void {
    if (!this.#isClosed) this.#deps.log.warn({ err }, 'the front did not report its tick');
  }

  /** A lease that ended, because the process slept, is taken up again under the same id. */
  async #renew(): Promise<void> {
    if (!this.#lease) return;
    const lease = this.#lease;
    try {
      await this.#deps.membership.keepAlive(lease);
    } catch {
      await this.#register(lease.serverId);
    }
  }

  async #report(): Promise<void> {
    const { sessions, allocateTimestamp } = this.#deps;
    const defaultTimestamp = await allocateTimestamp();
    if (this.#isClosed || !this.#lease) return;
    sessions.accept(this.#lease.serverId, { defaultTimestamp, channels: NO_CHANNELS });
  }
}
