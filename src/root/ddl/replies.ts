import { CoordError } from '../../domain/errors.js';
import type { TaskId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';

/** What a DDL leaves behind; undefined when there was nothing to do. */
export type DdlOutcome = CollectionRecord | undefined;

type Settle = (outcome: DdlOutcome | CoordError) => void;

/** The same outcome, or `Cancelled` at once when `signal` fires: the wait ends, not the DDL. */
export function orAborted(
  outcome: Promise<DdlOutcome>,
  signal: AbortSignal | undefined,
): Promise<DdlOutcome> {
  if (!signal) return outcome;
  return new Promise((resolve, reject) => {
    const leave = () => reject(CoordError.of('Cancelled'));
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    outcome.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject);
  });
}

/**
 * Who waits for which task. A caller that goes away is forgotten here and nowhere else: its DDL
 * runs to the end.
 */
export class ReplyRegistry {
  readonly #waiting = new Map<TaskId, Settle>();
  readonly #onSettled: (taskId: TaskId) => void;

  /** @param onSettled hears of every task that is settled, whether or not anybody waits for it. */
  constructor(onSettled: (taskId: TaskId) => void) {
    this.#onSettled = onSettled;
  }

  /** Settles with the task, or rejects at once when `signal` fires. */
  wait(taskId: TaskId, signal?: AbortSignal): Promise<DdlOutcome> {
    return new Promise((resolve, reject) => {
      const detach = () => {
        this.#waiting.delete(taskId);
        reject(CoordError.of('Cancelled'));
      };
      if (signal?.aborted) return detach();
      signal?.addEventListener('abort', detach, { once: true });
      this.#waiting.set(taskId, (outcome) => {
        signal?.removeEventListener('abort', detach);
        if (outcome instanceof CoordError) reject(outcome);
        else resolve(outcome);
      });
    });
  }

  succeed(taskId: TaskId, outcome: DdlOutcome): void {
    this.#settle(taskId, outcome);
  }

  fail(taskId: TaskId, failure: CoordError): void {
    this.#settle(taskId, failure);
  }

  /** Rejects everybody; the coordinator can answer nobody any more. */
  failAll(failure: CoordError): void {
    for (const taskId of [...this.#waiting.keys()]) this.#settle(taskId, failure);
  }

  #settle(taskId: TaskId, outcome: DdlOutcome | CoordError): void {
    const settle = this.#waiting.get(taskId);
    this.#waiting.delete(taskId);
    this.#onSettled(taskId);
    settle?.(outcome);
  }
}
