import type { CoordError } from '../domain/errors.js';
import type { Timestamp } from '../domain/timestamp.js';
import type { PartsReceiver, TimestampSupply } from './timestamp-supply.js';

interface DirectCaller {
  readonly receive: PartsReceiver;
  readonly refuse: (error: CoordError) => void;
}

const takeOne = (supply: TimestampSupply): Timestamp => supply.next();

/**
 * The callers of one turn of the event loop: they are asked for together, served together and have
 * one deadline. They share one promise, from which each derives its own: half the cost of a promise
 * with two functions for each. Promise reactions run in the order in which they were added, so
 * everybody takes from the supply in turn.
 */
export class CallerBatch {
  /** Monotonic milliseconds. */
  readonly deadlineMs: number;
  readonly #granted: Promise<TimestampSupply>;
  readonly #direct: DirectCaller[] = [];
  #grant: (supply: TimestampSupply) => void = () => {};
  #refuse: (error: CoordError) => void = () => {};
  #callers = 0;
  #timestamps = 0;
  #isSettled = false;

  readonly #settled: (batch: CallerBatch) => void;

  /** @param settled called once, when everybody is served or refused. */
  constructor(deadlineMs: number, settled: (batch: CallerBatch) => void) {
    this.deadlineMs = deadlineMs;
    this.#settled = settled;
    this.#granted = new Promise((resolve, reject) => {
      this.#grant = resolve;
      this.#refuse = reject;
    });
    // A batch of direct callers alone has nobody who hears of its refusal here.
    this.#granted.catch(() => {});
  }

  get callers(): number {
    return this.#callers;
  }

  /** How many timestamps they want together. */
  get timestamps(): number {
    return this.#timestamps;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  addOne(): Promise<Timestamp> {
    this.#callers += 1;
    this.#timestamps += 1;
    return this.#granted.then(takeOne);
  }

  addBlock(count: number): Promise<Timestamp> {
    this.#callers += 1;
    this.#timestamps += count;
    return this.#granted.then((supply) => supply.block(count));
  }

  addDirect(receive: PartsReceiver, refuse: (error: CoordError) => void): void {
    this.#callers += 1;
    this.#timestamps += 1;
    this.#direct.push({ receive, refuse });
  }

  /** Serves everybody; the first `grant` or `refuse` counts. */
  grant(supply: TimestampSupply): void {
    if (!this.#settle()) return;
    this.#grant(supply);
    for (const { receive } of this.#direct) unharmed(() => supply.nextParts(receive));
  }

  refuse(error: CoordError): void {
    if (!this.#settle()) return;
    this.#refuse(error);
    for (const { refuse } of this.#direct) unharmed(() => refuse(error));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#settled(this);
    return true;
  }
}

/** What a caller's function throws is its own uncaught exception; the callers after it are served. */
function unharmed(call: () => void): void {
  try {
    call();
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
