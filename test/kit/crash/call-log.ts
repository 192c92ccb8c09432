import type { NameOperation, TimedOperation } from './name-history.js';

/** Every call about a collection name, in the order this process saw it start and end. */
export class CallLog {
  readonly #byName = new Map<string, TimedOperation[]>();
  #order = 0;

  /** The next place in the order of all events. */
  next(): number {
    this.#order += 1;
    return this.#order;
  }

  /** Notes a call that has just been answered. */
  answered(name: string, startedAt: number, operation: NameOperation): void {
    this.#add(name, { operation, startedAt, endedAt: this.next() });
  }

  /** Notes a call whose answer will never come. */
  unanswered(name: string, startedAt: number, operation: NameOperation): void {
    this.#add(name, { operation, startedAt, endedAt: Number.POSITIVE_INFINITY });
  }

  /** The calls about a name, which are forgotten here. */
  take(name: string): TimedOperation[] {
    const calls = this.#byName.get(name) ?? [];
    this.#byName.delete(name);
    return calls;
  }

  #add(name: string, call: TimedOperation): void {
    const calls = this.#byName.get(name) ?? [];
    calls.push(call);
    this.#byName.set(name, calls);
  }
}
