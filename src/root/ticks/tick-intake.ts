import { CoordError } from '../../domain/errors.js';
import { unreachable } from '../../domain/invariant.js';
import { LOGICAL_PER_MS, type Timestamp, timestamp } from '../../domain/timestamp.js';
import type { TickReport } from '../../timetick/safe-times.js';
import type { Acceptance } from '../proxies/proxy-sessions.js';

/** The largest pool of channels there can be (`rootCoord.dmlChannelNum`); more are none of ours. */
export const REPORTED_CHANNELS_MAX = 4_096;
/** Longest name of a channel (src/ports/message-stream). */
export const CHANNEL_NAME_LENGTH_MAX = 255;

/** A ChannelTimeTickMsg without its base: the timestamps belong to the names in order. */
export interface ChannelTicks {
  readonly channelNames: readonly string[];
  readonly timestamps: readonly bigint[];
  readonly defaultTimestamp: bigint;
}

export interface TickIntakeDeps {
  readonly sessions: { accept(sourceId: bigint, report: TickReport): Acceptance };
  /** Milliseconds of the next timestamp. */
  readonly oracle: { physicalNowMs(): number };
  readonly isInUse: (channel: string) => boolean;
}

/** Where the reports of proxies come in. A refused one changes nothing. */
export class TickIntake {
  readonly #deps: TickIntakeDeps;

  constructor(deps: TickIntakeDeps) {
    this.#deps = deps;
  }

  /** @throws CoordError every refusal of facts/rootcoord §10.2, in its order. */
  accept(sourceId: bigint, ticks: ChannelTicks): void {
    if (ticks.channelNames.length === 0 && ticks.defaultTimestamp === 0n) return;
    check(ticks);
    const acceptance = this.#deps.sessions.accept(sourceId, this.#reportOf(ticks));
    switch (acceptance) {
      case 'accepted':
        return;
      case 'unknown':
        throw CoordError.plain(`skip ChannelTimeTickMsg from un-recognized session ${sourceId}`);
      case 'returning':
        throw CoordError.of('SessionReturning', { session: sourceId });
      default:
        return unreachable(acceptance);
    }
  }

  /** A channel nobody uses is not followed: names somebody makes up would pile up. */
  #reportOf({ channelNames, timestamps, defaultTimestamp }: ChannelTicks): TickReport {
    const newest = timestamp(this.#deps.oracle.physicalNowMs(), LOGICAL_PER_MS - 1);
    // Nobody knows a timestamp that was not given out yet; a promise of more would bind for ever.
    const credible = (at: bigint) => (at < newest ? (at as Timestamp) : newest);
    const channels = new Map<string, Timestamp>();
    for (const [index, name] of channelNames.entries()) {
      if (this.#deps.isInUse(name)) channels.set(name, credible(timestamps[index] ?? 0n));
    }
    return { defaultTimestamp: credible(defaultTimestamp), channels };
  }
}

function check({ channelNames, timestamps }: ChannelTicks): void {
  if (channelNames.length !== timestamps.length) {
    throw CoordError.plain('invalid TimeTickMsg, timestamp and channelname size mismatch');
  }
  checkChannelNames(channelNames);
}

/** @throws CoordError `ParameterTooLarge` for more or longer names than there can be. */
export function checkChannelNames(names: readonly string[]): void {
  if (names.length > REPORTED_CHANNELS_MAX) {
    const fields = { channels: names.length, max: REPORTED_CHANNELS_MAX };
    throw CoordError.of('ParameterTooLarge', fields);
  }
  const long = names.find((name) => name.length > CHANNEL_NAME_LENGTH_MAX);
  if (long !== undefined) {
    const fields = { channel: long, max: CHANNEL_NAME_LENGTH_MAX };
    throw CoordError.of('ParameterTooLarge', fields);
  }
}
