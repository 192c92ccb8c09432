import { CoordError } from '../domain/errors.js';
import type { Clock, Timer } from '../ports/clock.js';
import { AHEAD_OF_CLOCK_MAX_MS, ClockCeiling } from './clock-ceiling.js';
import { SAVED_END_MAX_MS, SavedWindow } from './saved-window.js';
import { type Waiter, WaitingLine } from './waiting-line.js';
import { checkCount, type Position, WindowCounter } from './window-counter.js';
import { type WindowAllocatorOptions, type WindowTimes, windowTimesOf } from './window-options.js';
import { WindowSaver } from './window-saver.js';

/** A successor starts this far above the saved bound (facts/rootcoord §18). */
const RESTART_GUARD_MS = 1;
/**
 * The last tenth of a window is left to counting: when saving stalls, 78 million timestamps of a
 * 3 s window remain, with a physical part that lags, before anybody has to wait.
 */
const COUNTING_RESERVE = 0.1;
/** Longer than a default window, so that a stall as long as one is no failure to anybody. */
export const ALLOCATION_WAIT_MAX_MS = 5_000;

/** Timestamps go with the wall clock; ids only count (facts/rootcoord §18). */
export type Pacing = 'follows-clock' | 'counts-only';

/** What a caller that may wait asks for. */
export interface AllocationRequest {
  readonly count: number;
  /** The block starts in this millisecond or later … */
  readonly floorMs?: number;
  /** … once the clock has come there, or this time has passed. */
  readonly delayMs?: number;
}

/**
 * Hands out adjoining blocks below a durable bound and keeps moving the bound ahead of the
 * counter, so that nobody waits for the disk while there is room. A save begins only at an
 * update: however hard callers press, the store sees few writes.
 */
export class WindowAllocator {
  readonly #clock: Clock;
  readonly #pacing: Pacing;
  readonly #times: WindowTimes;
  readonly #window: SavedWindow;
  readonly #counter: WindowCounter;
  readonly #ceiling: ClockCeiling;
  readonly #saver: WindowSaver;
  readonly #waiting = new WaitingLine();
  #stopReason: CoordError | undefined;
  #timer: Timer | undefined;

  private constructor(
    options: WindowAllocatorOptions,
    pacing: Pacing,
    window: SavedWindow,
    startMs: number,
  ) {
    const { clock, log } = options;
    this.#clock = clock;
    this.#pacing = pacing;
    this.#times = windowTimesOf(options);
    this.#window = window;
    this.#counter = new WindowCounter(startMs, window.endMs);
    this.#ceiling = new ClockCeiling(clock, startMs);
    const onSaved = () => this.#saved();
    const onDeposed = (error: CoordError) => this.#halt(error);
    this.#saver = new WindowSaver({ window, clock, log, onSaved, onDeposed });
  }

  /**
   * Starts above everything any predecessor served, once the first window is durable. Fails when
   * the predecessor's bound is unknown or the new one cannot be saved; nothing is served then.
   */
  static async open(options: WindowAllocatorOptions, pacing: Pacing): Promise<WindowAllocator> {
    const { windowMs } = windowTimesOf(options);
    const window = await SavedWindow.load(options);
    const nowMs = Math.floor(options.clock.nowMs());
    const startMs = Math.max(nowMs, window.endMs + RESTART_GUARD_MS);
    if (startMs > nowMs + windowMs) {
      options.log?.warn({ nowMs, startMs }, 'the clock is far behind the saved window');
    }
    await window.extend(startMs + windowMs);
    const allocator = new WindowAllocator(options, pacing, window, startMs);
    allocator.#update();
    return allocator;
  }

  /** Physical part of the next grant. */
  get physicalMs(): number {
    return this.#counter.physicalMs;
  }

  /** The durable bound: every grant stays below this millisecond. */
  get savedEndMs(): number {
    return this.#window.endMs;
  }

  /** True when every later grant is larger than this place. */
  isPast(physicalMs: number, logical: number): boolean {
    return this.#counter.isPast(physicalMs, logical);
  }

  /** The clock's millisecond, or the counter's when that is ahead. */
  leadMs(): number {
    return Math.max(this.#counter.physicalMs, Math.floor(this.#clock.nowMs()));
  }

  /** First place of a block, or undefined when there is no room now. Reused by the next call. */
  take(count: number): Position | undefined {
    return this.#counter.take(count);
  }

  /**
   * As `take`, but waits for room. Fails with a retriable `TooManyRequests`,
   * `MetaStoreUnavailable` or `RateLimited`, and with `ServiceNotReady` once stopped. Small
   * blocks may pass larger ones that still wait.
   */
  async request<T>(request: AllocationRequest, compose: (first: Position) => T): Promise<T> {
    const { count, floorMs = 0, delayMs = 0 } = request;
    checkCount(count);
    const first = delayMs > 0 ? undefined : this.#counter.take(count, floorMs);
    if (first !== undefined) return compose(first);
    if (this.#stopReason !== undefined) throw this.#stopReason;
    const eligibleAtMs = this.#clock.monotonicMs() + delayMs;
    return new Promise((resolve, reject) => {
      this.#waiting.add({
        count,
        floorMs,
        eligibleAtMs,
        deadlineMs: eligibleAtMs + ALLOCATION_WAIT_MAX_MS,
        grant: (granted) => resolve(compose(granted)),
        refuse: reject,
      });
    });
  }

  /** Serves nothing from now on and refuses whoever waits. A save under way may still arrive. */
  stop(): void {
    this.#halt(new CoordError('ServiceNotReady', 'the allocator has stopped'));
  }

  #halt(reason: CoordError): void {
    if (this.#stopReason !== undefined) return;
    this.#stopReason = reason;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#counter.close();
    this.#waiting.refuseAll(reason);
  }

  #update(): void {
    this.#catchUp();
    const endMs = this.#saver.isReady ? this.#dueEndMs() : undefined;
    if (endMs !== undefined) this.#saver.begin(endMs);
    this.#timer = this.#clock.setTimeout(() => this.#update(), this.#times.updateIntervalMs);
  }

  #saved(): void {
    if (this.#stopReason !== undefined) return;
    this.#counter.extendTo(this.#window.endMs);
    this.#catchUp();
  }

  /** Goes with the clock as far as the window allows, and serves whoever fits now. */
  #catchUp(): void {
    this.#ceiling.observe(this.#counter.physicalMs);
    if (this.#pacing === 'follows-clock') {
      const reachMs = this.#window.endMs - Math.ceil(this.#times.windowMs * COUNTING_RESERVE);
      this.#counter.raiseTo(Math.min(this.#ceiling.nowMs, reachMs));
    }
    this.#waiting.serve((waiter) => this.#settle(waiter));
  }

  #isEligible(waiter: Waiter): boolean {
    return (
      waiter.floorMs <= Math.max(this.#ceiling.nowMs, this.#counter.physicalMs) ||
      waiter.eligibleAtMs <= this.#ceiling.observedAtMs
    );
  }

  #settle(waiter: Waiter): boolean {
    if (!this.#isEligible(waiter)) return false;
    const first = this.#counter.take(waiter.count, waiter.floorMs);
    if (first !== undefined) {
      waiter.grant(first);
      return true;
    }
    if (this.#ceiling.observedAtMs < waiter.deadlineMs) return false;
    waiter.refuse(this.#overdue());
    return true;
  }

  #overdue(): CoordError {
    const waited = `waited ${ALLOCATION_WAIT_MAX_MS} ms for the saved window to move`;
    if (this.#saver.isInTrouble) {
      const cause = this.#saver.error;
      return new CoordError('MetaStoreUnavailable', `IO failed: ${waited}`, { cause });
    }
    return CoordError.of('RateLimited', { aheadOfClockMaxMs: AHEAD_OF_CLOCK_MAX_MS }, waited);
  }

  /** Where the window should end: asked at half its life, or when somebody's block does not fit. */
  #dueEndMs(): number | undefined {
    const { windowMs } = this.#times;
    const followedMs = this.#pacing === 'follows-clock' ? this.#ceiling.nowMs : 0;
    const leadMs = Math.max(this.#counter.physicalMs, followedMs);
    const blocked = this.#waiting.find((waiter) => this.#isEligible(waiter));
    if (blocked === undefined && this.#window.endMs - leadMs > windowMs / 2) return undefined;
    const neededMs =
      blocked === undefined ? 0 : this.#counter.endMsFor(blocked.count, blocked.floorMs);
    const endMs = Math.min(
      Math.max(leadMs, neededMs) + windowMs,
      this.#ceiling.ceilingMs,
      SAVED_END_MAX_MS,
    );
    return endMs > this.#window.endMs ? endMs : undefined;
  }
}
