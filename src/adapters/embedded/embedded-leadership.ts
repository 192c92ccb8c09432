import { invariant } from '../../domain/invariant.js';
import type { Candidate, Fence, Leadership } from '../../ports/meta-store.js';
import { fenceIsGone } from '../meta-store-rules.js';
import type { FailStop } from './fail-stop.js';
import type { Ownership } from './ownership.js';

/** Ownership of an embedded store: it lasts until another process takes over, not for a time. */
export class EmbeddedLeadership implements Leadership {
  readonly fence: Fence;
  readonly #candidate: Candidate;
  readonly #epoch: number;
  readonly #ownership: Ownership;
  readonly #writes: FailStop;
  readonly #renewEveryMs: number;
  readonly #lost = new AbortController();
  #beat = 0;
  #isResigned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    ownership: Ownership,
    writes: FailStop,
    candidate: Candidate,
    epoch: number,
    renewEveryMs: number,
  ) {
    this.fence = { epoch: BigInt(epoch) };
    this.#ownership = ownership;
    this.#writes = writes;
    this.#candidate = candidate;
    this.#epoch = epoch;
    this.#renewEveryMs = renewEveryMs;
    this.#renewLater();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** No other process takes over while this one lives, frozen or not. */
  get isProved(): boolean {
    return !this.#lost.signal.aborted;
  }

  /** Ends the leadership against the holder's will. */
  lose(reason: Error): void {
    this.#stopRenewing();
    if (!this.#isResigned) this.#lost.abort(reason);
  }

  async resign(): Promise<void> {
    if (this.#isResigned) return;
    this.#isResigned = true;
    this.#stopRenewing();
    if (this.#lost.signal.aborted) return;
    // A store that stopped on a failed write keeps its owner record; the dead process is replaced.
    await this.#writes.run(() => this.#ownership.release(this.#epoch)).catch(() => false);
  }

  #renewLater(): void {
    this.#timer = setTimeout(() => {
      void this.#renew();
    }, this.#renewEveryMs).unref();
  }

  async #renew(): Promise<void> {
    this.#beat += 1;
    const owner = { candidate: this.#candidate, epoch: this.#epoch, beat: this.#beat };
    try {
      const isOwner = await this.#writes.run(() => this.#ownership.renew(owner));
      if (!isOwner) return this.lose(fenceIsGone('another process owns the store'));
    } catch (error) {
      invariant(error instanceof Error, 'a write fails with an Error');
      return this.lose(error);
    }
    if (!this.#isResigned) this.#renewLater();
  }

  #stopRenewing(): void {
    clearTimeout(this.#timer);
  }
}
