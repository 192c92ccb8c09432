import type { Subscription } from 'rxjs';
import { isKind } from '../../domain/errors.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { LogFields, Logger } from '../../ports/logger.js';
import type { MessageStream } from '../../ports/message-stream.js';
import type { SafeTimes } from '../../timetick/safe-times.js';
import { timeTickMessage } from '../messages/dd-messages.js';

/** A stream that is away for a while fails every round; one line in this time tells it. */
const COMPLAINT_PAUSE_MS = 10_000;

export interface TickPublisherDeps {
  readonly stream: Pick<MessageStream, 'append' | 'createChannel'>;
  readonly safeTimes: Pick<SafeTimes, 'moves' | 'safeTime'>;
  /** Every physical channel that some collection needs (facts/rootcoord §10.4). */
  readonly channelsInUse: () => readonly string[];
  /** Server id of this RootCoord. */
  readonly sourceId: bigint;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
}

/**
 * Puts the safe time of every channel in use onto the channel itself, at most once an interval and
 * only when it moved (facts/rootcoord §10.3). One append per channel is under way at a time, so the
 * ticks of a channel never go back; what fails is superseded by the next tick.
 */
export class TickPublisher {
  readonly #deps: TickPublisherDeps;
  /** The last tick on each channel in use. */
  readonly #published = new Map<string, Timestamp>();
  readonly #underWay = new Set<string>();
  #subscription: Subscription | undefined;
  #timer: Timer | undefined;
  #nextRoundMs = 0;
  #nextComplaintMs = 0;

  constructor(deps: TickPublisherDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#subscription = this.#deps.safeTimes.moves.subscribe({
      next: () => this.#plan(),
      error: () => this.stop(),
    });
    this.#plan();
  }

  /** Appends that are under way are the stream's. */
  stop(): void {
    this.#subscription?.unsubscribe();
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
  }

  /** A round at once, or when an interval has passed since the last; never two. */
  #plan(): void {
    if (this.#timer) return;
    const { clock, intervalMs } = this.#deps;
    const delayMs = Math.max(0, this.#nextRoundMs - clock.monotonicMs());
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#nextRoundMs = clock.monotonicMs() + intervalMs;
      void this.#publish();
    }, delayMs);
  }

  /** All appends are made before the first is awaited: one flush of the disk serves the round. */
  async #publish(): Promise<void> {
    const { clock, intervalMs, channelsInUse } = this.#deps;
    const channels = channelsInUse();
    this.#forgetAllBut(channels);
    const beganMs = clock.monotonicMs();
    const behind = channels.filter((channel) => this.#isBehind(channel));
    const outcomes = await Promise.all(behind.map((channel) => this.#append(channel)));
    const tookMs = clock.monotonicMs() - beganMs;
    const [first, ...others] = outcomes.filter((outcome) => outcome !== undefined);
    if (first) {
      this.#complain({ ...first, count: others.length + 1 }, 'time ticks were not published');
    } else if (tookMs > intervalMs) {
      this.#complain({ tookMs, count: behind.length }, 'time ticks are published too slowly');
    }
  }

  #isBehind(channel: string): boolean {
    if (this.#underWay.has(channel)) return false;
    return this.#deps.safeTimes.safeTime(channel) > (this.#published.get(channel) ?? 0n);
  }

  async #append(channel: string): Promise<{ channel: string; err: unknown } | undefined> {
    const { safeTimes, stream, sourceId } = this.#deps;
    const tick = safeTimes.safeTime(channel);
    this.#underWay.add(channel);
    try {
      await stream.append(channel, [timeTickMessage(tick, sourceId)]);
      this.#published.set(channel, tick);
      return undefined;
    } catch (err) {
      // Somebody deleted it, and a collection needs it: the next round has it again.
      if (isKind(err, 'MessageChannelNotFound')) await this.#makeAgain(channel);
      return { channel, err };
    } finally {
      this.#underWay.delete(channel);
    }
  }

  async #makeAgain(channel: string): Promise<void> {
    await this.#deps.stream.createChannel(channel).catch((err: unknown) => {
      this.#complain({ channel, err }, 'a channel could not be made again');
    });
  }

  /** Who comes back is further on by then than any tick it had. */
  #forgetAllBut(channels: readonly string[]): void {
    if (this.#published.size <= channels.length) return;
    const inUse = new Set(channels);
    for (const channel of this.#published.keys()) {
      if (!inUse.has(channel)) this.#published.delete(channel);
    }
  }

  #complain(fields: LogFields, message: string): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs < this.#nextComplaintMs) return;
    this.#nextComplaintMs = nowMs + COMPLAINT_PAUSE_MS;
    this.#deps.log.warn(fields, message);
  }
}
