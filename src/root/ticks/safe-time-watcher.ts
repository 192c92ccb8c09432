import type { Subscription } from 'rxjs';
import type { CoordError } from '../../domain/errors.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';
import type { SafeTimes } from '../../timetick/safe-times.js';

/** Reports come one by one, hundreds in an interval; what they move in this time goes together. */
export const BATCH_PAUSE_MS = 20;
/** Encoding more would take longer than one step should. */
const BATCH_CHANNELS_MAX = 1_024;

export interface SafeTimeOf {
  readonly channelName: string;
  readonly timestamp: Timestamp;
}

export interface SafeTimeWatcherDeps {
  readonly safeTimes: Pick<SafeTimes, 'moves' | 'safeTime'>;
  readonly clock: Clock;
}

/**
 * One reader of safe times. It reads when asked and is told the newest then, whatever it missed, so
 * that a slow one costs no memory. Ask `take` until it has nothing, then wait for `ready`; both
 * throw once the watcher was ended.
 */
export class SafeTimeWatcher {
  readonly #deps: SafeTimeWatcherDeps;
  readonly #channels: () => readonly string[];
  readonly #subscription: Subscription;
  /** By channel; only of those that are watched now. */
  readonly #told = new Map<string, Timestamp>();
  #isFirst = true;
  #hasMoved = true;
  #notBeforeMs = 0;
  #wake: (() => void) | undefined;
  #end: CoordError | undefined;

  /** @param channels those to watch at the moment of asking. */
  constructor(deps: SafeTimeWatcherDeps, channels: () => readonly string[]) {
    this.#deps = deps;
    this.#channels = channels;
    this.#subscription = deps.safeTimes.moves.subscribe({
      next: () => this.#note(),
      error: (reason: CoordError) => this.end(reason),
    });
  }

  /** What moved since it was told last. The first answer comes at once, with anything or not. */
  take(): readonly SafeTimeOf[] | undefined {
    if (this.#end) throw this.#end;
    this.#hasMoved = false;
    const batch = this.#collect();
    // What did not fit goes with the next batch, which need not wait for a report.
    if (batch.length === BATCH_CHANNELS_MAX) this.#hasMoved = true;
    else this.#notBeforeMs = this.#deps.clock.monotonicMs() + BATCH_PAUSE_MS;
    if (batch.length === 0 && !this.#isFirst) return undefined;
    this.#isFirst = false;
    return batch;
  }

  /** Settles when there may be something to take. */
  async ready(): Promise<void> {
    const { clock } = this.#deps;
    if (!this.#hasMoved && !this.#end) await this.#sleep(() => {});
    const pauseMs = this.#notBeforeMs - clock.monotonicMs();
    if (pauseMs > 0 && !this.#end) {
      await this.#sleep((wake) => clock.setTimeout(wake, pauseMs));
    }
    if (this.#end) throw this.#end;
  }

  /** Nothing is told any more; whoever waits learns why. */
  end(reason: CoordError): void {
    this.#end ??= reason;
    this.#subscription.unsubscribe();
    this.#told.clear();
    this.#wake?.();
  }

  #note(): void {
    if (this.#hasMoved) return;
    this.#hasMoved = true;
    this.#wake?.();
  }

  #collect(): SafeTimeOf[] {
    const channels = this.#channels();
    if (this.#told.size > channels.length) this.#forgetAllBut(new Set(channels));
    const batch: SafeTimeOf[] = [];
    for (const channelName of channels) {
      const timestamp = this.#deps.safeTimes.safeTime(channelName);
      if (timestamp <= (this.#told.get(channelName) ?? 0n)) continue;
      this.#told.set(channelName, timestamp);
      batch.push({ channelName, timestamp });
      if (batch.length === BATCH_CHANNELS_MAX) break;
    }
    return batch;
  }

  #forgetAllBut(watched: ReadonlySet<string>): void {
    for (const channel of this.#told.keys()) {
      if (!watched.has(channel)) this.#told.delete(channel);
    }
  }

  /** Until something moves or ends, or whatever `arrange` sets wakes it. */
  async #sleep(arrange: (wake: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      arrange(resolve);
    });
    this.#wake = undefined;
  }
}
