import type { CoordError } from '../../domain/errors.js';
import { fenceIsGone } from '../meta-store-rules.js';

/** Words a failure for the callers of a store that takes no more writes. */
type Refusal = (reason: string, cause: unknown) => CoordError;

/**
 * Lets writes through until the first one fails, then refuses everything. After a refused disk
 * write lmdb-js 3.5.6 is not to be trusted: it overruns a message buffer, and later commits were
 * seen never to settle. The file is safe, because its transactions are; a new process opens it.
 */
export class FailStop {
  readonly #onFailure: (reason: Error) => void;
  readonly #refusal: Refusal;
  readonly #underWay = new Set<(reason: Error) => void>();
  #waitingForNone: (() => void)[] = [];
  #failure: Error | undefined;

  /**
   * @param onFailure told once, before any caller is.
   * @param refusal what every caller gets from then on.
   */
  constructor(onFailure: (reason: Error) => void, refusal: Refusal = fenceIsGone) {
    this.#onFailure = onFailure;
    this.#refusal = refusal;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** How many writes are under way. */
  get count(): number {
    return this.#underWay.size;
  }

  /** Runs a write; rejects with `ServiceNotReady` once any write of this store has failed. */
  run<T>(write: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#underWay.add(reject);
      write().then(
        (outcome) => {
          this.#underWay.delete(reject);
          resolve(outcome);
          this.#tellWaiting();
        },
        (error: unknown) => this.#fail(error),
      );
    });
  }

  /** Settles when no write is under way. */
  async settled(): Promise<void> {
    if (this.#underWay.size === 0) return;
    await new Promise<void>((resolve) => this.#waitingForNone.push(resolve));
  }

  async #fail(error: unknown): Promise<void> {
    const reason = await rootCauseOf(error);
    if (this.#failure === undefined) {
      this.#failure = this.#refusal(`a write failed and the store stopped: ${reason}`, error);
      this.#onFailure(this.#failure);
    }
    for (const reject of this.#underWay) reject(this.#failure);
    this.#underWay.clear();
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    if (this.#underWay.size > 0) return;
    const waiting = this.#waitingForNone;
    this.#waitingForNone = [];
    for (const resolve of waiting) resolve();
  }
}

/** lmdb-js hides the cause in a promise that rejects, and that must be caught in any case. */
async function rootCauseOf(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  if (!('commitError' in error) || !(error.commitError instanceof Promise)) return error.message;
  return error.commitError.then(
    () => error.message,
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  );
}
