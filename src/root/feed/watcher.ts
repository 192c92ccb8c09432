import type { CoordError } from '../../domain/errors.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { JournaledChange, JournaledEntry } from '../catalog/journal.js';
import type { ChangeFilter } from './change-filter.js';
import type { JournalReader } from './journal-reader.js';
import { type RecentEntries, weightOf } from './recent-entries.js';

/** A batch ends with the change that fills it: far below the 4 MiB clients take by default. */
const BATCH_BYTES_AIM = 64 * 1024;
/** Changes looked at in one go, wanted or not: less than a millisecond with encoding them. */
const BATCH_CHANGES_MAX = 64;
/** How often a watcher hears where it stands while nothing it wants happens. */
const PROGRESS_INTERVAL_MS = 1_000;

/** Some changes in commit order, and the sequence up to which nothing wanted is missing. */
export interface ChangeBatch {
  readonly changes: readonly JournaledChange[];
  readonly resumeSequence: bigint;
}

/** What all watchers of a feed share. */
export interface WatcherDeps {
  readonly clock: Clock;
  readonly recent: RecentEntries;
  readonly reader: JournalReader;
  readonly lastSequence: () => bigint;
}

/**
 * One reader's place in the journal. It reads when asked and not before: what it holds is one page
 * of the store at most, whatever happens meanwhile. Ask `take` until it has nothing, then wait for
 * `ready`; both throw once the watcher was ended.
 */
export class Watcher {
  readonly #deps: WatcherDeps;
  readonly #filter: ChangeFilter;
  /** The last change looked at. */
  #sequence: bigint;
  #toldSequence: bigint | undefined;
  #toldAtMs = 0;
  #page: JournaledEntry[] = [];
  #entry: JournaledEntry | undefined;
  #wake: (() => void) | undefined;
  #end: CoordError | undefined;

  /** @param sequence the last change that is known; 0 begins with the oldest there is. */
  constructor(deps: WatcherDeps, filter: ChangeFilter, sequence: bigint) {
    this.#deps = deps;
    this.#filter = filter;
    this.#sequence = sequence;
  }

  /** What is at hand. The first answer comes at once, with changes or without. */
  take(): ChangeBatch | undefined {
    if (this.#end) throw this.#end;
    const changes = this.#collect();
    if (changes.length === 0 && !this.#isProgressDue()) return undefined;
    this.#toldSequence = this.#sequence;
    this.#toldAtMs = this.#deps.clock.monotonicMs();
    return { changes, resumeSequence: this.#sequence };
  }

  /** Settles when there may be something to take. @throws CoordError also `SequenceOutOfRange`. */
  async ready(): Promise<void> {
    if (this.#end) throw this.#end;
    if (this.#peek()) return;
    if (this.#isCaughtUp) await this.#untilWoken();
    else await this.#readPage();
    if (this.#end) throw this.#end;
  }

  /** Something was committed. */
  wake(): void {
    this.#wake?.();
  }

  /** Nothing is read any more; whoever waits is told why. */
  end(reason: CoordError): void {
    this.#end ??= reason;
    this.#page = [];
    this.#entry = undefined;
    this.wake();
  }

  /** The last change that was looked at. */
  get sequence(): bigint {
    return this.#sequence;
  }

  /** Entries read from the store and not taken yet; for tests and metrics. */
  get heldEntries(): number {
    return this.#page.length;
  }

  #collect(): JournaledChange[] {
    const wanted: JournaledChange[] = [];
    let bytes = 0;
    for (let looked = 0; looked < BATCH_CHANGES_MAX && bytes < BATCH_BYTES_AIM; looked++) {
      const change = this.#peek();
      if (!change) break;
      this.#sequence = change.sequence;
      if (!this.#filter.matches(change)) continue;
      wanted.push(change);
      bytes += weightOf(change);
    }
    return wanted;
  }

  /** The next change, if it is at hand. */
  #peek(): JournaledChange | undefined {
    const change = this.#entry && this.#inEntry(this.#entry);
    if (change) return change;
    this.#entry = this.#page.shift() ?? this.#deps.recent.after(this.#sequence);
    return this.#entry && this.#inEntry(this.#entry);
  }

  #inEntry({ firstSequence, changes }: JournaledEntry): JournaledChange | undefined {
    return changes[Number(this.#sequence + 1n - firstSequence)];
  }

  get #isCaughtUp(): boolean {
    return this.#sequence === this.#deps.lastSequence();
  }

  async #readPage(): Promise<void> {
    const page = await this.#deps.reader.entriesAfter(this.#sequence, this.#deps.lastSequence());
    const [first] = page;
    if (this.#end || !first) return;
    // Who begins with the oldest learns only here which that is.
    if (this.#sequence === 0n) this.#sequence = first.firstSequence - 1n;
    this.#page = [...page];
  }

  #isProgressDue(): boolean {
    if (this.#toldSequence === undefined) return this.#isCaughtUp;
    return this.#toldSequence < this.#sequence && this.#untilProgressMs() <= 0;
  }

  #untilProgressMs(): number {
    return this.#toldAtMs + PROGRESS_INTERVAL_MS - this.#deps.clock.monotonicMs();
  }

  /** Until something is committed, or it is time to tell of progress. */
  async #untilWoken(): Promise<void> {
    const { clock } = this.#deps;
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#toldSequence === this.#sequence) return;
      timer = clock.setTimeout(resolve, Math.max(0, this.#untilProgressMs()));
    });
    this.#wake = undefined;
    if (timer) clock.clearTimeout(timer);
  }
}
