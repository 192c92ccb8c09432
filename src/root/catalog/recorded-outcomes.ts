import { CoordError, isErrorName } from '../../domain/errors.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { RecordedOutcome } from '../../gen/journal.js';
import type { MetaStore, Write } from '../../ports/meta-store.js';
import type { CatalogKeys } from './keys.js';

/** A request that wants its outcome remembered: asked again, it gets the same answer. */
export interface Idempotency {
  /** The client's own word for the request. */
  readonly key: string;
  /** Tells two requests apart that came under one key. */
  readonly requestDigest: Uint8Array;
}

/** Each takes some 300 bytes of memory for as long as it is kept. */
const OUTCOMES_MAX = 100_000;

/**
 * Outcomes of requests with an idempotency key, in memory and in the store. An outcome is written
 * with the commit that decides it, so that a crash leaves both or neither.
 */
export class RecordedOutcomes {
  readonly #keys: CatalogKeys;
  readonly #countMax: number;
  readonly #byKey = new Map<string, RecordedOutcome>();
  /** Creates under way: their outcome is decided when their object becomes visible. */
  readonly #undecided = new Map<bigint, Idempotency>();

  constructor(keys: CatalogKeys, countMax = OUTCOMES_MAX) {
    this.#keys = keys;
    this.#countMax = countMax;
  }

  /** Reads what a predecessor recorded. */
  async load(store: MetaStore): Promise<void> {
    for await (const page of store.scan(this.#keys.outcomes)) {
      for (const { value } of page) this.remember(RecordedOutcome.decode(value));
    }
  }

  /**
   * Undefined for a request that is new.
   *
   * @throws CoordError `ParameterInvalid` when the key belongs to another request,
   * `TooManyRequests` when no more keys can be remembered.
   */
  find({ key, requestDigest }: Idempotency): RecordedOutcome | undefined {
    const known = this.#byKey.get(key);
    if (known) {
      checkSameRequest(known.requestDigest, requestDigest);
      return known;
    }
    if (this.#byKey.size < this.#countMax) return undefined;
    throw CoordError.of('TooManyRequests', {}, 'no more idempotency keys can be remembered');
  }

  write(outcome: RecordedOutcome): Write {
    const value = RecordedOutcome.encode(outcome).finish();
    return { kind: 'put', key: this.#keys.outcome(outcome.key), value };
  }

  /** The outcome is in the store. */
  remember(outcome: RecordedOutcome): void {
    this.#byKey.set(outcome.key, outcome);
  }

  /** The object is being created: whoever makes it visible decides the outcome. */
  leaveUndecided(objectId: bigint, request: Idempotency): void {
    this.#undecided.set(objectId, request);
  }

  /** The request whose outcome is decided once this object becomes visible. */
  undecidedFor(objectId: bigint): Idempotency | undefined {
    return this.#undecided.get(objectId);
  }

  /** The object is visible, or was undone, which leaves its request without an outcome. */
  settleUndecided(objectId: bigint): void {
    this.#undecided.delete(objectId);
  }

  /** Outcomes recorded before `horizon`, so many at most. */
  expired(horizon: Timestamp, countMax: number): RecordedOutcome[] {
    const expired: RecordedOutcome[] = [];
    for (const outcome of this.#byKey.values()) {
      if (expired.length === countMax) break;
      if (outcome.timestamp < horizon) expired.push(outcome);
    }
    return expired;
  }

  removal({ key }: RecordedOutcome): Write {
    return { kind: 'remove', key: this.#keys.outcome(key) };
  }

  /** The outcome is no longer in the store. */
  forget({ key }: RecordedOutcome): void {
    this.#byKey.delete(key);
  }
}

/** @throws CoordError `ParameterInvalid` when the digests differ. */
export function checkSameRequest(known: Uint8Array, asked: Uint8Array): void {
  if (Buffer.compare(known, asked) === 0) return;
  throw CoordError.invalid('the idempotency key was used for another request');
}

/** The refusal as it was told the first time; undefined for success. */
export function refusalOf(outcome: RecordedOutcome): CoordError | undefined {
  const { refusal, legacyCode, reason } = outcome;
  if (refusal === '') return undefined;
  return new CoordError(isErrorName(refusal) ? refusal : 'Unexpected', reason, {
    legacy: legacyCode,
  });
}
