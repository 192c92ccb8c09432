import { ExceptionalChannel } from './exceptional-channel.js';
import { Watermark } from './watermark.js';

/**
 * The minimum over all sources for every channel, in slots and ticks as in `Watermark`. A source
 * says one number for all channels and other ones for those it lists. Channels on which every
 * source stands at its default share one watermark; the others have one each, for as long as they
 * differ. So a report costs as much as there are channels that differ, not as there are channels.
 */
export class ChannelMinima {
  readonly #defaults = new Watermark();
  readonly #exceptional = new Map<string, ExceptionalChannel>();

  ticks(channel: string): number {
    return (this.#exceptional.get(channel)?.watermark ?? this.#defaults).ticks;
  }

  /** Of every channel that no source lists. */
  get defaultTicks(): number {
    return this.#defaults.ticks;
  }

  /** Channels with a watermark of their own: what a report costs, which nothing else tells. */
  get exceptionalCount(): number {
    return this.#exceptional.size;
  }

  /** The source takes part in every channel from where that stands. */
  join(slot: number): void {
    this.#defaults.join(slot, 0);
    for (const channel of this.#exceptional.values()) channel.join(slot, this.#defaults);
  }

  leave(slot: number): void {
    for (const channel of this.#exceptional.values()) channel.leave(slot, this.#defaults);
    this.#defaults.leave(slot);
    // Without any source a channel stands where it stood, apart from the others or not.
    if (this.#defaults.sources > 0) this.#forgetOrdinary();
  }

  /** What goes back is not looked at, channel by channel. */
  report(slot: number, defaultTicks: number, listed: ReadonlyMap<string, number>): void {
    const before = this.#defaults.reported(slot);
    const after = Math.max(before, defaultTicks);
    for (const [name, ticks] of listed) {
      if (Math.max(before, ticks) === after || this.#exceptional.has(name)) continue;
      this.#exceptional.set(name, new ExceptionalChannel(this.#defaults.copy()));
    }
    this.#defaults.advance(slot, defaultTicks);
    const defaults = { before, after };
    for (const [name, channel] of this.#exceptional) {
      channel.advance(slot, listed.get(name) ?? defaultTicks, defaults);
      if (channel.exceptions === 0) this.#exceptional.delete(name);
    }
  }

  /** The smallest ticks above zero anywhere; infinity without any. */
  get lowest(): number {
    let { lowest } = this.#defaults;
    for (const { watermark } of this.#exceptional.values()) {
      lowest = Math.min(lowest, watermark.lowest);
    }
    return lowest;
  }

  /** Counts from another zero, see `Watermark.shift`. */
  shift(by: number): void {
    this.#defaults.shift(by);
    for (const { watermark } of this.#exceptional.values()) watermark.shift(by);
  }

  #forgetOrdinary(): void {
    for (const [name, channel] of this.#exceptional) {
      if (channel.exceptions === 0) this.#exceptional.delete(name);
    }
  }
}
