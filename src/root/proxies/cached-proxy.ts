import { backoffMs } from '../../../machines/backoff.js';
import { CoordError } from '../../domain/errors.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { Member } from '../../ports/membership.js';
import type { CacheInvalidation, ProxyClient, StreamRelease } from '../../ports/proxy-clients.js';
import { MissedInvalidations } from './missed-invalidations.js';

export interface CachedProxyDeps {
  readonly client: ProxyClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long one call may take. */
  readonly deadlineMs: number;
  /** Requests that empty a proxy's whole cache, as of now. */
  readonly everything: () => readonly CacheInvalidation[];
}

/**
 * The cache of one proxy, as far as RootCoord keeps it true. A proxy that once did not answer costs
 * a DDL no more time: it is only told again in the background, and then everything, until it has
 * heard all of it.
 */
export class CachedProxy {
  readonly member: Member;
  readonly #deps: CachedProxyDeps;
  #isReachable = true;
  #isResetting = false;
  readonly #missed = new MissedInvalidations();
  /** Failures in a row; drives the back-off. */
  #attempt = 0;
  #retry: Timer | undefined;
  /** Aborted with the first failure: nobody waits for the other calls any more. */
  #calls = new AbortController();
  #isClosed = false;

  constructor(member: Member, deps: CachedProxyDeps) {
    this.member = member;
    this.#deps = deps;
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** Settles when the proxy has forgotten, or is marked for a reset. Never rejects. */
  async tell(request: CacheInvalidation): Promise<void> {
    if (!this.#isReachable) return this.#missed.add(request);
    try {
      await this.#call(request);
    } catch (caught) {
      this.#missed.add(request);
      this.#noteFailure(caught);
    }
  }

  /** Nobody catches up on it later: whoever asks hears of the failure. @throws CoordError */
  releaseDqlMessageStream(request: StreamRelease): Promise<void> {
    return this.#within((signal) => this.#deps.client.releaseDqlMessageStream(request, signal));
  }

  /** Empties the whole cache in the background, now. */
  reset(): void {
    this.#attempt = 0;
    this.#resetNow();
  }

  #resetNow(): void {
    this.#disarm();
    if (this.#isResetting || this.#isClosed) return;
    this.#isResetting = true;
    void this.#tellEverything().finally(() => {
      this.#isResetting = false;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#disarm();
    this.#calls.abort(CoordError.of('Cancelled', {}, 'the proxy is gone'));
    this.#deps.client.close();
  }

  async #tellEverything(): Promise<void> {
    const missed = this.#missed.take();
    try {
      for (const request of [...this.#deps.everything(), ...missed]) await this.#call(request);
    } catch (caught) {
      this.#missed.putBack(missed);
      this.#noteFailure(caught);
      return this.#resetLater();
    }
    this.#noteReset(missed.length);
    // What it missed meanwhile, side by side: were it one by one, new ones could come as fast.
    await Promise.all(this.#missed.take().map((request) => this.tell(request)));
  }

  #noteReset(missed: number): void {
    this.#attempt = 0;
    if (this.#isReachable) return;
    this.#isReachable = true;
    this.#deps.log.info(this.#fields({ missed }), 'a proxy is told of changes again');
  }

  #noteFailure(caught: unknown): void {
    if (this.#isClosed) return;
    const wasReachable = this.#isReachable;
    this.#isReachable = false;
    if (!wasReachable) return;
    this.#deps.log.warn(this.#fields({ err: caught }), 'a proxy did not empty its cache in time');
    this.#calls.abort(caught);
    this.#calls = new AbortController();
    this.#resetLater();
  }

  #resetLater(): void {
    if (this.#isClosed || this.#retry) return;
    this.#attempt += 1;
    this.#retry = this.#deps.clock.setTimeout(() => this.#resetNow(), backoffMs(this.#attempt));
  }

  #disarm(): void {
    if (this.#retry) this.#deps.clock.clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #call(request: CacheInvalidation): Promise<void> {
    return this.#within((signal) => this.#deps.client.invalidate(request, signal));
  }

  /** The call, given up at the deadline or with the first call beside it that fails. */
  #within(ask: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, deadlineMs } = this.#deps;
    const others = this.#calls.signal;
    const own = new AbortController();
    return new Promise<void>((resolve, reject) => {
      const giveUp = (reason: unknown) => {
        reject(reason);
        own.abort(reason);
      };
      const follow = () => giveUp(others.reason);
      if (others.aborted) return follow();
      others.addEventListener('abort', follow, { once: true });
      const timer = clock.setTimeout(() => giveUp(noAnswerIn(deadlineMs)), deadlineMs);
      ask(own.signal)
        .then(resolve, reject)
        .finally(() => {
          clock.clearTimeout(timer);
          others.removeEventListener('abort', follow);
        });
    });
  }

  #fields(more: Readonly<Record<string, unknown>>) {
    const { serverId, address } = this.member;
    return { serverId, address, ...more };
  }
}

const noAnswerIn = (deadlineMs: number): CoordError =>
  CoordError.of('TimedOut', { deadlineMs }, 'the proxy did not answer');
