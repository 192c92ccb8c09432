import { BehaviorSubject, type Subscriber, type Subscription } from 'rxjs';
import type { Timestamp } from '../domain/timestamp.js';

/** A channel somebody listens to, and what its listeners know. */
export class HeardChannel {
  readonly #safeTime: BehaviorSubject<Timestamp>;

  constructor(safeTime: Timestamp) {
    this.#safeTime = new BehaviorSubject(safeTime);
  }

  get isHeard(): boolean {
    return this.#safeTime.observed;
  }

  subscribe(subscriber: Subscriber<Timestamp>): Subscription {
    return this.#safeTime.subscribe(subscriber);
  }

  tell(safeTime: Timestamp): void {
    if (safeTime > this.#safeTime.value) this.#safeTime.next(safeTime);
  }

  end(reason: unknown): void {
    this.#safeTime.error(reason);
  }
}
