import type { JournaledChange, JournaledEntry } from '../catalog/journal.js';

/** Some seconds of busy DDL: whoever reads at all keeps up within them and never asks the store. */
const ENTRIES_MAX = 1_024;
/** Images only; small beside the catalog, and several times the largest commit of etcd. */
const BYTES_MAX = 4 * 2 ** 20;
/** What a change takes besides its images, about. */
const CHANGE_FRAME_BYTES = 128;

/** What a change weighs against limits of the feed, in bytes. */
export const weightOf = ({ before, after }: JournaledChange): number =>
  CHANGE_FRAME_BYTES + before.length + after.length;

const weightOfEntry = ({ changes }: JournaledEntry): number =>
  changes.reduce((sum, change) => sum + weightOf(change), 0);

export const lastSequenceOf = ({ firstSequence, changes }: JournaledEntry): bigint =>
  firstSequence + BigInt(changes.length) - 1n;

/** The newest entries of the journal without a gap, as they were committed; shared by all watchers. */
export class RecentEntries {
  readonly #entries: JournaledEntry[] = [];
  #bytes = 0;

  push(entry: JournaledEntry): void {
    this.#entries.push(entry);
    this.#bytes += weightOfEntry(entry);
    while (this.#entries.length > ENTRIES_MAX || this.#bytes > BYTES_MAX) this.#forgetOldest();
  }

  /** The entry with the change that follows `sequence`; undefined when it is not here. */
  after(sequence: bigint): JournaledEntry | undefined {
    const wanted = sequence + 1n;
    const first = this.#entries[0];
    if (!first || wanted < first.firstSequence) return undefined;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry && lastSequenceOf(entry) < wanted) low = middle + 1;
      else high = middle;
    }
    return this.#entries[low];
  }

  /** How many entries are kept; for tests and metrics. */
  get count(): number {
    return this.#entries.length;
  }

  #forgetOldest(): void {
    const oldest = this.#entries.shift();
    if (oldest) this.#bytes -= weightOfEntry(oldest);
  }
}
