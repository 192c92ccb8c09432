import type { CollectionId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';

/** How many more than a page are kept before they are sorted: some tenths of a millisecond. */
const SPARE = 1_024;

const byId = (a: CollectionRecord, b: CollectionRecord): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/**
 * The `size` records with the smallest ids above `after`, of all that are looked at. A list that
 * is nearly in order costs one comparison per record.
 */
export class PageById {
  readonly #after: CollectionId;
  readonly #size: number;
  #kept: CollectionRecord[] = [];
  /** No record above it belongs to the page. */
  #highest: CollectionId | undefined;
  #isLast = true;
  #isCut = true;

  constructor(after: CollectionId, size: number) {
    this.#after = after;
    this.#size = size;
  }

  look(record: CollectionRecord): void {
    if (record.id <= this.#after) return;
    if (this.#highest !== undefined && record.id > this.#highest) return;
    this.#kept.push(record);
    this.#isCut = false;
    if (this.#kept.length >= this.#size + SPARE) this.#cut();
  }

  /** In the order of ids. */
  collections(): readonly CollectionRecord[] {
    this.#cut();
    return this.#kept;
  }

  /** Nothing that was looked at has a higher id than the last of the page. */
  get isLast(): boolean {
    this.#cut();
    return this.#isLast;
  }

  #cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#kept.sort(byId);
    if (this.#kept.length <= this.#size) return;
    this.#isLast = false;
    this.#kept = this.#kept.slice(0, this.#size);
    this.#highest = this.#kept.at(-1)?.id;
  }
}
