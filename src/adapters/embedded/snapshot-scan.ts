import { setImmediate } from 'node:timers/promises';
import type { Database } from 'lmdb';
import type { KeyValue } from '../../ports/meta-store.js';
import { storeIsClosed } from '../meta-store-rules.js';

/** Rows between two turns of the event loop: about two milliseconds. */
const PAGE_ROWS = 1000;
/** A page of large rows is cut here, so that a reader of one page holds little. */
const PAGE_BYTES = 512 * 1024;

/** From `start` up to, but not including, `end`. */
export interface ScanRange {
  readonly start: string;
  readonly end: string;
  readonly limit: number | undefined;
}

/**
 * One pass over a prefix inside one read transaction, so that it sees the store as of one moment.
 * While it lasts lmdb cannot reuse the pages it still may read.
 */
export class SnapshotScan {
  readonly #rows: Iterator<KeyValue>;
  readonly #release: () => void;
  #isReleased = false;

  constructor(data: Database<Uint8Array, string>, { limit, ...bounds }: ScanRange) {
    data.resetReadTxn();
    const transaction = data.useReadTransaction();
    const rows = data.getRange({ ...bounds, ...(limit ? { limit } : {}), transaction });
    this.#rows = rows[Symbol.iterator]();
    this.#release = () => transaction.done();
  }

  /** The rest of the rows, page by page; other work gets its turn in between. */
  async *pages(): AsyncGenerator<readonly KeyValue[]> {
    try {
      for (let page = this.#nextPage(); page.length > 0; page = this.#nextPage()) {
        yield page;
        await setImmediate();
      }
    } finally {
      this.release();
    }
  }

  /** Lets the transaction go; safe to call twice. Pages asked for later are refused. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#rows.return?.();
    this.#release();
  }

  #nextPage(): readonly KeyValue[] {
    if (this.#isReleased) throw storeIsClosed();
    const page: KeyValue[] = [];
    let bytes = 0;
    while (page.length < PAGE_ROWS && bytes < PAGE_BYTES) {
      const row = this.#rows.next();
      if (row.done === true) break;
      page.push(row.value);
      bytes += row.value.value.byteLength;
    }
    return page;
  }
}
