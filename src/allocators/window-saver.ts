import { CoordError, isKind } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { SavedWindow } from './saved-window.js';

/** A failing store is asked again after 50 ms, then at doubled intervals up to one second. */
const RETRY_DELAY_MIN_MS = 50;
const RETRY_DELAY_MAX_MS = 1_000;

interface WindowSaverOptions {
  readonly window: SavedWindow;
  readonly clock: Clock;
  readonly log: Logger | undefined;
  /** The bound has moved. */
  readonly onSaved: () => void;
  /** The fence is gone: a successor may already serve higher values than ours. */
  readonly onDeposed: (error: CoordError) => void;
}

/** Saves a window in the background: one save at a time, with back-off after a failure. */
export class WindowSaver {
  readonly #options: WindowSaverOptions;
  #isSaving = false;
  #error: CoordError | undefined;
  #retryAtMs = 0;
  #retryDelayMs = RETRY_DELAY_MIN_MS;

  constructor(options: WindowSaverOptions) {
    this.#options = options;
  }

  /** True when a save may begin now. */
  get isReady(): boolean {
    return !this.#isSaving && this.#options.clock.monotonicMs() >= this.#retryAtMs;
  }

  /** True while the store owes an answer, or its last one was a failure. */
  get isInTrouble(): boolean {
    return this.#isSaving || this.#error !== undefined;
  }

  /** Why the last save failed, until one succeeds. */
  get error(): CoordError | undefined {
    return this.#error;
  }

  /** Begins to move the bound; the callbacks tell how it went. */
  begin(endMs: number): void {
    this.#isSaving = true;
    this.#options.window.extend(endMs).then(
      () => this.#saved(),
      (error: unknown) => this.#failed(CoordError.from(error)),
    );
  }

  #saved(): void {
    this.#isSaving = false;
    this.#error = undefined;
    this.#retryDelayMs = RETRY_DELAY_MIN_MS;
    this.#options.onSaved();
  }

  #failed(error: CoordError): void {
    const { window, clock, log, onDeposed } = this.#options;
    this.#isSaving = false;
    this.#error = error;
    log?.warn({ err: error, savedEndMs: window.endMs }, 'saving the allocation window failed');
    if (isKind(error, 'ServiceNotReady')) return onDeposed(error);
    this.#retryAtMs = clock.monotonicMs() + this.#retryDelayMs;
    this.#retryDelayMs = Math.min(this.#retryDelayMs * 2, RETRY_DELAY_MAX_MS);
  }
}
