import { type IOptions, isRecoverableError } from 'etcd3';
import { isReplyTooLarge } from './etcd-errors.js';

type FaultHandling = NonNullable<IOptions['faultHandling']>;
type Policy = NonNullable<FaultHandling['global']>;

/**
 * How long an endpoint that failed is passed over while others are left. A frozen one costs a
 * call its whole deadline, so it is not tried too often.
 */
const AVOID_MS = 5_000;

const neverAborted = new AbortController().signal;
const neverFires = () => ({ dispose: () => {} });

/**
 * Stands where etcd3 puts its retries and circuit breakers. A breaker that stays open for 5 s
 * outlives the outage and can cost the lease; here the last endpoint left is always tried.
 * Retries belong to the code that knows what a second attempt means.
 */
export class EndpointHealth {
  readonly #avoidedUntilMs = new Map<string, number>();

  /** The `faultHandling` option of etcd3. */
  readonly faultHandling: FaultHandling = {
    global: policyOf((call) => call()),
    host: (endpoint) => {
      this.#avoidedUntilMs.set(endpoint, 0);
      return policyOf((call) => this.#run(endpoint, call));
    },
  };

  async #run<T>(endpoint: string, call: () => Promise<T>): Promise<T> {
    const nowMs = performance.now();
    const isAvoided = (one: string): boolean => (this.#avoidedUntilMs.get(one) ?? 0) > nowMs;
    const endpoints = [...this.#avoidedUntilMs.keys()];
    // etcd3 goes on to the next endpoint when one refuses before the call.
    if (isAvoided(endpoint) && !endpoints.every(isAvoided)) throw new Error('passed over');
    try {
      return await call();
    } catch (error) {
      if (isOutage(error)) this.#avoidedUntilMs.set(endpoint, performance.now() + AVOID_MS);
      throw error;
    }
  }
}

const isOutage = (error: unknown): boolean =>
  error instanceof Error && isRecoverableError(error) && !isReplyTooLarge(error);

function policyOf(run: <T>(call: () => Promise<T>) => Promise<T>): Policy {
  return {
    get _altReturn(): never {
      throw new Error('exists in the type only');
    },
    onSuccess: neverFires,
    onFailure: neverFires,
    execute: (work) => run(async () => work({ signal: neverAborted })),
  };
}
