import type { Watermark } from './watermark.js';

/** A channel on which some source stands elsewhere than at its default. */
export class ExceptionalChannel {
  readonly watermark: Watermark;
  #exceptions = 0;

  /** @param watermark a copy of the defaults, from which it will differ. */
  constructor(watermark: Watermark) {
    this.watermark = watermark;
  }

  /** Sources that differ; at 0 the channel is as all others. */
  get exceptions(): number {
    return this.#exceptions;
  }

  /** @param defaults with the source in it. */
  join(slot: number, defaults: Watermark): void {
    this.watermark.join(slot, 0);
    if (this.watermark.reported(slot) !== defaults.reported(slot)) this.#exceptions += 1;
  }

  /** @param defaults with the source still in it. */
  leave(slot: number, defaults: Watermark): void {
    if (this.watermark.reported(slot) !== defaults.reported(slot)) this.#exceptions -= 1;
    this.watermark.leave(slot);
  }

  /** @param defaults where the source's own one was and is. */
  advance(
    slot: number,
    ticks: number,
    defaults: { readonly before: number; readonly after: number },
  ): void {
    const reported = this.watermark.reported(slot);
    if (reported !== defaults.before) this.#exceptions -= 1;
    if (Math.max(reported, ticks) !== defaults.after) this.#exceptions += 1;
    this.watermark.advance(slot, ticks);
  }
}
