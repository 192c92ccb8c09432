import { type Timestamp, timestamp } from '../../domain/timestamp.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { Fence, KeyValue, MetaStore, Write } from '../../ports/meta-store.js';
import type { History } from './history.js';
import { decodeEntry, encodeHorizon, type JournaledChange, lastChangeOf } from './journal.js';
import type { CatalogKeys } from './keys.js';
import type { RecordedOutcomes } from './recorded-outcomes.js';

/** Often enough that history never outlives its retention by much, seldom enough to cost nothing. */
const FOLD_INTERVAL_MS = 60_000;
/** Every commit that removes entries also says how far history reaches back from now on. */
const HORIZON_WRITES = 1;

export interface HistoryFolderDeps {
  readonly store: MetaStore;
  readonly fence: Fence;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keys: CatalogKeys;
  readonly history: History;
  readonly outcomes: RecordedOutcomes;
  readonly retentionMs: number;
}

/** Folds history and outcomes older than the retention window away, in memory and in the store. */
export class HistoryFolder {
  readonly #deps: HistoryFolderDeps;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(deps: HistoryFolderDeps) {
    this.#deps = deps;
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
  }

  /** Removes journal entries all of whose changes are past the window. @returns how many. */
  async fold(): Promise<number> {
    const { store, fence, keys, clock, history, retentionMs } = this.#deps;
    history.forget(timestamp(Math.max(0, clock.nowMs() - retentionMs), 0));
    const { horizon } = history;
    let removed = 0;
    while (!this.#isStopped) {
      const expired = await this.#expiredEntries(horizon);
      if (expired.length === 0) break;
      const put = { kind: 'put' as const, key: keys.horizon, value: encodeHorizon(horizon) };
      await store.commit([...expired, put], fence);
      removed += expired.length;
    }
    await this.#shortenNewest(horizon);
    await this.#removeOutcomes(horizon);
    return removed;
  }

  /**
   * The newest entry stays, but once it is alone and past the horizon only its last change does: a
   * commit may hold thousands, and one is enough for a restart to learn the sequence from.
   */
  async #shortenNewest(horizon: Timestamp): Promise<void> {
    const { store, fence, keys } = this.#deps;
    const [only, another] = await this.#oldestEntries(2);
    if (!only || another || this.#isStopped) return;
    const changes = decodeEntry(only.value);
    if (changes.length === 1 || !arePast(changes, horizon)) return;
    const { firstSequence, value } = lastChangeOf(only.value);
    const writes: Write[] = [
      { kind: 'remove', key: only.key },
      { kind: 'put', key: keys.journalEntry(firstSequence), value },
      { kind: 'put', key: keys.horizon, value: encodeHorizon(horizon) },
    ];
    await store.commit(writes, fence);
  }

  async #oldestEntries(limit: number): Promise<KeyValue[]> {
    const { store, keys } = this.#deps;
    const entries: KeyValue[] = [];
    for await (const page of store.scan(keys.journal, { limit })) entries.push(...page);
    return entries;
  }

  /** What a request came to is remembered for as long as what it changed. */
  async #removeOutcomes(horizon: Timestamp): Promise<void> {
    const { store, fence, outcomes } = this.#deps;
    while (!this.#isStopped) {
      const expired = outcomes.expired(horizon, store.limits.operationsMax);
      if (expired.length === 0) return;
      await store.commit(
        expired.map((outcome) => outcomes.removal(outcome)),
        fence,
      );
      for (const outcome of expired) outcomes.forget(outcome);
    }
  }

  /**
   * The oldest entries that are past the horizon, as many as one commit may remove. The newest
   * entry always stays: a restart learns from it which sequence comes next.
   */
  async #expiredEntries(horizon: Timestamp): Promise<Write[]> {
    const { store, keys } = this.#deps;
    const removalsMax = store.limits.operationsMax - HORIZON_WRITES;
    const expired: Write[] = [];
    for await (const page of store.scan(keys.journal)) {
      for (const { key, value } of page) {
        if (!arePast(decodeEntry(value), horizon) || expired.length > removalsMax)
          return expired.slice(0, removalsMax);
        expired.push({ kind: 'remove', key });
      }
    }
    return expired.slice(0, -1);
  }

  #schedule(): void {
    this.#timer = this.#deps.clock.setTimeout(
      () => void this.#foldAndReschedule(),
      FOLD_INTERVAL_MS,
    );
  }

  async #foldAndReschedule(): Promise<void> {
    const { log } = this.#deps;
    try {
      const removed = await this.fold();
      if (removed > 0) log.info({ removed }, 'journal entries folded');
    } catch (error) {
      // Nothing is lost: what was not removed now is removed by a later round.
      log.warn({ error }, 'journal not folded');
    }
    if (!this.#isStopped) this.#schedule();
  }
}

const arePast = (changes: readonly JournaledChange[], horizon: Timestamp): boolean =>
  changes.every((change) => change.timestamp < horizon);
