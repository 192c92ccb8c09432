import { CoordError } from './errors.js';

/** As long as RootCoord's own queue by default; past it waiting would only move into the server. */
const QUEUE_LENGTH_MAX = 1_024;

/**
 * Work with the same key is done one after the other, in the order asked for; work with different
 * keys does not wait for each other.
 */
export class OrderedWork<Key> {
  readonly #last = new Map<Key, Promise<unknown>>();
  #length = 0;
  #isDraining = false;
  #isClosed = false;

  /**
   * Settles with the work. Whoever stops waiting for it does not stop it.
   *
   * @throws CoordError `ServiceNotReady` after `drain` or `close`, `TooManyRequests` when too much
   * is waiting.
   */
  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    if (this.#isDraining) throw stopping();
    if (this.#length >= QUEUE_LENGTH_MAX) throw CoordError.of('TooManyRequests');
    this.#length += 1;
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(() => {
      if (this.#isClosed) throw stopping();
      return work();
    });
    const settled = turn.catch(() => undefined);
    this.#last.set(key, settled);
    try {
      return await turn;
    } finally {
      this.#length -= 1;
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }

  /** Takes no more work and settles when what was taken is done. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await Promise.all(this.#last.values());
  }

  /** Takes no more work and refuses what has not begun; what has goes on. */
  close(): void {
    this.#isDraining = true;
    this.#isClosed = true;
  }
}

const stopping = (): CoordError =>
  CoordError.of('ServiceNotReady', {}, 'the coordinator is stopping');
