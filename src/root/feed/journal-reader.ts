import { CoordError } from '../../domain/errors.js';
import type { MetaStore, ScanOptions } from '../../ports/meta-store.js';
import type { JournaledEntry } from '../catalog/journal.js';
import type { CatalogKeys } from '../catalog/keys.js';
import { ReadSlots } from './read-slots.js';
import { lastSequenceOf } from './recent-entries.js';
import { StoredEntry } from './stored-entry.js';

/** Entries read at once: enough to catch up with tens of thousands of changes per second. */
const PAGE_ENTRIES_MAX = 64;
/** A page ends with the entry that fills it: what a watcher that has fallen behind holds. */
const PAGE_BYTES_AIM = 256 * 1024;
/** Watchers that all fall behind together take turns: DDL wants the store, too. */
const READS_AT_ONCE_MAX = 4;
/** How far the first look back reaches for an entry that a sequence lies inside of. */
const LOOK_BACK_FIRST = 16n;

export interface JournalReaderDeps {
  readonly store: MetaStore;
  readonly keys: CatalogKeys;
}

/** Reads the journal from the store, a page at a time. */
export class JournalReader {
  readonly #deps: JournalReaderDeps;
  readonly #slots = new ReadSlots(READS_AT_ONCE_MAX);

  constructor(deps: JournalReaderDeps) {
    this.#deps = deps;
  }

  /**
   * Some entries, the first of which holds the change after `sequence`; 0 begins with the oldest
   * there is. Nothing past `lastSequence` is read: it may be on its way into the catalog.
   *
   * @throws CoordError `SequenceOutOfRange` when that change is no longer kept,
   * `MetaStoreUnavailable`.
   */
  async entriesAfter(sequence: bigint, lastSequence: bigint): Promise<readonly JournaledEntry[]> {
    return this.#slots.run(async () => {
      const page = await this.#page(sequence, lastSequence);
      if (sequence === 0n || page[0]?.firstSequence === sequence + 1n) return page;
      const around = await this.#entryAround(sequence);
      if (around) return [around];
      throw await this.#isForgotten(sequence);
    });
  }

  async #page(sequence: bigint, lastSequence: bigint): Promise<JournaledEntry[]> {
    const page: JournaledEntry[] = [];
    let bytes = 0;
    const behind = sequence === 0n ? {} : { after: this.#deps.keys.journalEntry(sequence) };
    for await (const row of this.#rows({ ...behind, limit: PAGE_ENTRIES_MAX })) {
      if (row.firstSequence > lastSequence || bytes >= PAGE_BYTES_AIM) break;
      page.push(new StoredEntry(row.firstSequence, row.value));
      bytes += row.value.byteLength;
    }
    return page;
  }

  /** The entry that holds both this change and the next. */
  async #entryAround(sequence: bigint): Promise<JournaledEntry | undefined> {
    for (let reach = LOOK_BACK_FIRST; ; reach *= LOOK_BACK_FIRST) {
      const from = sequence > reach ? sequence - reach : 0n;
      let found: StoredEntry | undefined;
      const after = this.#deps.keys.journalEntry(from);
      for await (const row of this.#rows({ after, limit: Number(sequence - from) + 1 })) {
        if (row.firstSequence > sequence) break;
        found = new StoredEntry(row.firstSequence, row.value);
      }
      if (found) return lastSequenceOf(found) > sequence ? found : undefined;
      if (from === 0n) return undefined;
    }
  }

  async #isForgotten(sequence: bigint): Promise<CoordError> {
    let oldest = 0n;
    for await (const row of this.#rows({ limit: 1 })) oldest = row.firstSequence;
    return CoordError.of(
      'SequenceOutOfRange',
      { sequence: sequence + 1n, oldest },
      'the change is no longer kept',
    );
  }

  async *#rows(options: ScanOptions) {
    const { store, keys } = this.#deps;
    for await (const page of store.scan(keys.journal, options)) {
      for (const { key, value } of page) {
        yield { firstSequence: BigInt(key.slice(keys.journal.length)), value };
      }
    }
  }
}
