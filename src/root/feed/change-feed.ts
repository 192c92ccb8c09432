import { CoordError } from '../../domain/errors.js';
import type { Clock } from '../../ports/clock.js';
import type { MetaStore } from '../../ports/meta-store.js';
import type { Catalog } from '../catalog/catalog.js';
import type { History } from '../catalog/history.js';
import type { Journal } from '../catalog/journal.js';
import type { CatalogKeys } from '../catalog/keys.js';
import { ChangeFilter, type ChangeFilterQuery } from './change-filter.js';
import { JournalReader } from './journal-reader.js';
import { RecentEntries } from './recent-entries.js';
import { Watcher } from './watcher.js';

/**
 * Each holds a page and a batch, 0.5 MiB at most when it has fallen behind, and each commit makes
 * a message for every one of them.
 */
export const WATCHERS_MAX = 256;

export interface ChangeFeedDeps {
  readonly store: MetaStore;
  readonly keys: CatalogKeys;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly history: History;
  readonly journal: Journal;
}

export interface WatchQuery {
  /** The last sequence that is known; 0 begins with the oldest that is kept. */
  readonly afterSequence: bigint;
  /** Begin with what happens from now on; `afterSequence` is not looked at. */
  readonly isOnlyNew: boolean;
  readonly filter: ChangeFilterQuery;
}

/** Every committed change in commit order, for any number of readers, each at its own pace. */
export class ChangeFeed {
  readonly #deps: ChangeFeedDeps;
  readonly #recent = new RecentEntries();
  readonly #reader: JournalReader;
  readonly #watchers = new Set<Watcher>();
  readonly #stopListening: () => void;
  #isClosed = false;

  constructor(deps: ChangeFeedDeps) {
    this.#deps = deps;
    this.#reader = new JournalReader(deps);
    this.#stopListening = deps.journal.onCommitted((entry) => {
      this.#recent.push(entry);
      for (const watcher of this.#watchers) watcher.wake();
    });
  }

  /**
   * A reader of what follows, until `signal` aborts or the feed is closed. A sequence that is no
   * longer kept is told by the watcher itself, when it reads.
   *
   * @throws CoordError `SequenceOutOfRange` for a sequence of the future, `TooManyRequests`,
   * `ServiceNotReady`.
   */
  watch({ afterSequence, isOnlyNew, filter }: WatchQuery, signal: AbortSignal): Watcher {
    const { lastSequence } = this.#deps.journal;
    if (this.#isClosed) throw feedIsClosed();
    if (!isOnlyNew && afterSequence > lastSequence) {
      const fields = { sequence: afterSequence, newest: lastSequence };
      throw CoordError.of('SequenceOutOfRange', fields, 'it has not happened yet');
    }
    if (this.#watchers.size >= WATCHERS_MAX) {
      throw new CoordError('TooManyRequests', `more than ${WATCHERS_MAX} watchers at once`);
    }
    const shared = {
      clock: this.#deps.clock,
      recent: this.#recent,
      reader: this.#reader,
      lastSequence: () => this.#deps.journal.lastSequence,
    };
    const from = isOnlyNew ? lastSequence : afterSequence;
    const watcher = new Watcher(shared, new ChangeFilter(this.#deps, filter), from);
    this.#watchers.add(watcher);
    const leave = () => this.#leave(watcher);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return watcher;
  }

  /** Sequence of the newest committed change; 0 for an empty journal. */
  get lastSequence(): bigint {
    return this.#deps.journal.lastSequence;
  }

  /** How many readers there are; for tests and metrics. */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** How far the watcher is that is furthest behind; for tests and metrics. */
  get slowestSequence(): bigint {
    let slowest = this.lastSequence;
    for (const { sequence } of this.#watchers) if (sequence < slowest) slowest = sequence;
    return slowest;
  }

  /** How many entries are kept in memory; for tests and metrics. */
  get recentCount(): number {
    return this.#recent.count;
  }

  /** Ends every watcher: whoever leads next serves them. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    for (const watcher of this.#watchers) watcher.end(feedIsClosed());
    this.#watchers.clear();
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.end(CoordError.of('Cancelled', {}, 'the watcher went away'));
  }
}

const feedIsClosed = (): CoordError =>
  CoordError.of('ServiceNotReady', {}, 'the change feed ends, watch again');
