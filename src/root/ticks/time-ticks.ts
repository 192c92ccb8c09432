import { CoordError } from '../../domain/errors.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { MessageStream } from '../../ports/message-stream.js';
import type { SafeTimes } from '../../timetick/safe-times.js';
import { DdlSource, type DdlSourceDeps } from './ddl-source.js';
import { SafeTimeWatcher } from './safe-time-watcher.js';
import { StallAlarm } from './stall-alarm.js';
import {
  type ChannelTicks,
  checkChannelNames,
  TickIntake,
  type TickIntakeDeps,
} from './tick-intake.js';
import { TickPublisher } from './tick-publisher.js';

/**
 * Each gets a message in every 20 ms while reports come in; consumers of ticks read the channels.
 */
export const WATCHERS_MAX = 64;

export interface TickSettings {
  /** How often DDL reports, and the most often a channel gets a tick. */
  readonly intervalMs: number;
  /** Without it nothing is merged, published or waited for (`common.ttMsgEnabled`). */
  readonly isEnabled: boolean;
}

export interface TimeTicksDeps {
  readonly safeTimes: SafeTimes;
  readonly sessions: TickIntakeDeps['sessions'];
  readonly timeline: DdlSourceDeps['timeline'];
  readonly oracle: DdlSourceDeps['oracle'] & TickIntakeDeps['oracle'];
  readonly stream: Pick<MessageStream, 'append' | 'createChannel'>;
  readonly catalog: {
    channelsInUse(): readonly string[];
    channelReferences(channel: string): number;
  };
  /** Server id of this RootCoord. */
  readonly sourceId: bigint;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: TickSettings;
}

/** Time ticks at work: reports come in, safe times go out (facts/rootcoord §10). */
export class TimeTicks {
  readonly #deps: TimeTicksDeps;
  readonly #intake: TickIntake;
  readonly #ddl: DdlSource;
  readonly #publisher: TickPublisher;
  readonly #watchers = new Set<SafeTimeWatcher>();
  #alarm: StallAlarm | undefined;

  /** From here on DDL holds the ticks: make it before anything may open a timestamp. */
  constructor(deps: TimeTicksDeps) {
    this.#deps = deps;
    const { catalog, settings } = deps;
    const { intervalMs } = settings;
    const isInUse = (channel: string) => catalog.channelReferences(channel) > 0;
    this.#intake = new TickIntake({ ...deps, isInUse });
    this.#ddl = new DdlSource({ ...deps, intervalMs });
    const channelsInUse = () => catalog.channelsInUse();
    this.#publisher = new TickPublisher({ ...deps, channelsInUse, intervalMs });
  }

  /** Call it when every DDL a crash left open holds its timestamp again. */
  start(): void {
    if (!this.#deps.settings.isEnabled) return;
    this.#publisher.start();
    this.#ddl.start();
    this.#alarm = new StallAlarm(this.#deps);
  }

  /** Nothing moves any more; whoever waits is told so. */
  stop(): void {
    this.#ddl.stop();
    this.#publisher.stop();
    this.#alarm?.stop();
    this.#deps.safeTimes.end(CoordError.of('ServiceNotReady', {}, 'the coordinator is stopping'));
  }

  /** What a health check says of the ticks; empty when all is well. */
  get reasons(): readonly string[] {
    const reason = this.#alarm?.reason;
    return reason ? [reason] : [];
  }

  /** A proxy's report. @throws CoordError as facts/rootcoord §10.2 says. */
  accept(sourceId: bigint, ticks: ChannelTicks): void {
    this.#intake.accept(sourceId, ticks);
  }

  /** The channel's safe time; 0 before the first, and where nothing is merged. */
  safeTime(channel: string): Timestamp {
    return this.#deps.safeTimes.safeTime(channel);
  }

  /** Settles when every channel is at or past `at`; at once where nothing is merged. */
  async passed(channels: readonly string[], at: Timestamp, signal: AbortSignal): Promise<void> {
    if (this.#deps.settings.isEnabled) await this.#deps.safeTimes.passed(channels, at, signal);
  }

  /**
   * A reader of the safe times of these channels, or of all in use when none is named, until
   * `signal` aborts.
   *
   * @throws CoordError `ParameterTooLarge`, `TooManyRequests`.
   */
  watch(channels: readonly string[], signal: AbortSignal): SafeTimeWatcher {
    checkChannelNames(channels);
    if (this.#watchers.size >= WATCHERS_MAX) {
      throw new CoordError('TooManyRequests', `more than ${WATCHERS_MAX} watchers at once`);
    }
    const watched = channels.length > 0 ? () => channels : () => this.#deps.catalog.channelsInUse();
    const watcher = new SafeTimeWatcher(this.#deps, watched);
    this.#watchers.add(watcher);
    const leave = () => {
      this.#watchers.delete(watcher);
      watcher.end(CoordError.of('Cancelled'));
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return watcher;
  }
}
