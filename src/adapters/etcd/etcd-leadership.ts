import type { Fence, Leadership } from '../../ports/meta-store.js';
import { fenceIsGone } from '../meta-store-rules.js';
import type { EtcdConnection } from './etcd-connection.js';
import { keepLeaseAlive, type Lease, revokeLease } from './lease.js';

/** Two renewals may fail before the third comes too late, as etcd's own clients do it. */
const RENEWALS_PER_TTL = 3;

/**
 * Ownership of the cluster's metadata: a session key under a lease. It ends when etcd says so, and
 * at the latest when the lease may have run out without etcd having been heard.
 */
export class EtcdLeadership implements Leadership {
  readonly fence: Fence;
  readonly sessionKey: string;
  readonly lease: Lease;
  readonly #connection: EtcdConnection;
  readonly #lost = new AbortController();
  #isResigned = false;
  #provedUntilMs = 0;
  #renewal: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;

  /** @param epoch the revision at which the session key was created. */
  constructor(connection: EtcdConnection, sessionKey: string, lease: Lease, epoch: bigint) {
    this.#connection = connection;
    this.sessionKey = sessionKey;
    this.lease = lease;
    this.fence = { epoch };
    this.#proven(lease.provenAtMs);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get isProved(): boolean {
    return !this.isOver && performance.now() < this.#provedUntilMs;
  }

  /** True once the fence is void, by loss or by will. */
  get isOver(): boolean {
    return this.#isResigned || this.#lost.signal.aborted;
  }

  /** Ends the leadership against the holder's will. */
  lose(reason: string, cause?: unknown): void {
    this.#stop();
    if (!this.isOver) this.#lost.abort(fenceIsGone(reason, cause));
  }

  async resign(): Promise<void> {
    if (this.isOver) return;
    this.#isResigned = true;
    this.#stop();
    // Unreachable: the lease runs out by itself, and the next candidate waits for that.
    await revokeLease(this.#connection, this.lease.id).catch(() => {});
  }

  #proven(atMs: number): void {
    this.#stop();
    const { ttlMs } = this.lease;
    this.#provedUntilMs = atMs + ttlMs;
    const expiresInMs = Math.max(0, this.#provedUntilMs - performance.now());
    this.#expiry = setTimeout(() => {
      this.lose(`etcd was not heard for the ${ttlMs} ms of the lease`);
    }, expiresInMs).unref();
    this.#renewal = setTimeout(() => {
      void this.#renew();
    }, ttlMs / RENEWALS_PER_TTL).unref();
  }

  async #renew(): Promise<void> {
    while (!this.isOver) {
      const atMs = performance.now();
      try {
        const loss = await this.#findLoss();
        if (this.isOver) return;
        return loss === undefined ? this.#proven(atMs) : this.lose(loss);
      } catch {
        // Not heard is not lost: `#expiry` decides when it is too late.
        await this.#connection.pause();
      }
    }
  }

  async #findLoss(): Promise<string | undefined> {
    const { id, ttlMs } = this.lease;
    // A long deadline must not eat the time for the next attempt.
    const deadline = this.#connection.deadline(ttlMs / RENEWALS_PER_TTL);
    const isAlive = await keepLeaseAlive(this.#connection, id, deadline);
    if (!isAlive) return 'the lease ran out';
    const { kvs } = await this.#connection.kv.range(
      { key: Buffer.from(this.sessionKey) },
      deadline,
    );
    const createdAt = kvs[0]?.create_revision;
    return createdAt === String(this.fence.epoch) ? undefined : 'the session key was removed';
  }

  #stop(): void {
    clearTimeout(this.#renewal);
    clearTimeout(this.#expiry);
  }
}
