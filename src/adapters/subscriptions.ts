import { sequenceOf } from '../domain/stream-position.js';
import type { MessageStreamLimits, StoredMessage } from '../ports/message-stream.js';
import { tooManySubscriptions } from './message-stream-rules.js';

type Page = readonly StoredMessage[];

/**
 * Waits for messages from a sequence number on and hands over at least one. It may come back with
 * none, and must when the subscription's signal aborts.
 */
export type NextPage = (sequence: number) => Promise<Page>;

/** The subscriptions of one message stream, counted from the call until their end. */
export class Subscriptions {
  readonly #limits: MessageStreamLimits;
  #count = 0;

  constructor(limits: MessageStreamLimits) {
    this.#limits = limits;
  }

  /** Takes a place among them before the start is even looked up; `end` gives it back. */
  #begin(signal: AbortSignal, release: () => void): { end(): void } {
    if (this.#count >= this.#limits.subscriptionsMax) throw tooManySubscriptions(this.#limits);
    this.#count += 1;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      this.#count -= 1;
      signal.removeEventListener('abort', end);
      release();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return { end };
  }

  /**
   * @param startOf finds the sequence number of the first message; may reject.
   * @param nextPage is asked for one page at a time, when the reader wants it.
   * @param release is called once when the subscription is over.
   */
  async open(
    startOf: () => Promise<number>,
    nextPage: NextPage,
    signal: AbortSignal,
    release: () => void = () => {},
  ): Promise<AsyncIterable<Page>> {
    const subscription = this.#begin(signal, release);
    try {
      return pagesFrom(await startOf(), nextPage, signal, subscription.end);
    } catch (error) {
      subscription.end();
      throw error;
    }
  }
}

async function* pagesFrom(
  start: number,
  nextPage: NextPage,
  signal: AbortSignal,
  end: () => void,
): AsyncGenerator<Page> {
  try {
    let next = start;
    while (!signal.aborted) {
      const page = await nextPage(next);
      const last = page.at(-1);
      if (last === undefined) continue;
      next = sequenceOf(last.position) + 1;
      yield page;
    }
  } finally {
    end();
  }
}
