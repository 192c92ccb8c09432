/** Slots a watermark begins with; it grows by doubling. */
const SLOTS_AT_FIRST = 16;

/**
 * The minimum of what several sources reported, which never moves back. Pure arithmetic: sources
 * are small integers (slots) that the caller gives out and reuses, times are ticks — any whole
 * numbers below 2^53 that only ever grow.
 *
 * It remembers how many sources hold the minimum, so that a report costs a comparison or two, and
 * all slots are looked at only when the last holder moves on.
 */
export class Watermark {
  /** By slot; a slot without a source holds infinity, which keeps it out of every minimum. */
  #reported: Float64Array = emptySlots(SLOTS_AT_FIRST);
  #minimum = 0;
  #holders = 0;
  #sources = 0;

  /** No source will report less; 0 before the first source joined. */
  get ticks(): number {
    return this.#minimum;
  }

  get sources(): number {
    return this.#sources;
  }

  /**
   * A source that will report nothing below `from` takes part from now on. What is safe already
   * stays safe: a source that begins below it counts from there.
   */
  join(slot: number, from: number): void {
    this.#reported = withRoomFor(this.#reported, slot);
    this.#reported[slot] = Math.max(from, this.#minimum);
    this.#sources += 1;
    this.#rescan();
  }

  /** The source holds nobody back any more. @returns whether the minimum moved. */
  leave(slot: number): boolean {
    const reported = this.#reported[slot];
    if (reported === undefined || reported === Number.POSITIVE_INFINITY) return false;
    this.#reported[slot] = Number.POSITIVE_INFINITY;
    this.#sources -= 1;
    return this.#release(reported);
  }

  /**
   * The source will report nothing below `ticks` any more. A report that goes back, or comes from
   * nobody, changes nothing. @returns whether the minimum moved.
   */
  advance(slot: number, ticks: number): boolean {
    const before = this.#reported[slot];
    if (before === undefined || !(ticks > before) || before === Number.POSITIVE_INFINITY) {
      return false;
    }
    this.#reported[slot] = ticks;
    return this.#release(before);
  }

  /** A slot moved up from `before`; only the last that held the minimum moves it. */
  #release(before: number): boolean {
    if (before > this.#minimum) return false;
    this.#holders -= 1;
    if (this.#holders > 0) return false;
    const minimum = this.#minimum;
    this.#rescan();
    return this.#minimum > minimum;
  }

  /** Without any source the last minimum stays: nobody could say what comes next. */
  #rescan(): void {
    if (this.#sources === 0) {
      this.#holders = 0;
      return;
    }
    const reported = this.#reported;
    let minimum = Number.POSITIVE_INFINITY;
    let holders = 0;
    for (let slot = 0; slot < reported.length; slot += 1) {
      const ticks = reported[slot] ?? Number.POSITIVE_INFINITY;
      if (ticks > minimum) continue;
      holders = ticks === minimum ? holders + 1 : 1;
      minimum = ticks;
    }
    this.#minimum = minimum;
    this.#holders = holders;
  }
}

const emptySlots = (length: number): Float64Array =>
  new Float64Array(length).fill(Number.POSITIVE_INFINITY);

function withRoomFor(reported: Float64Array, slot: number): Float64Array {
  if (slot < reported.length) return reported;
  const grown = emptySlots(Math.max(slot + 1, 2 * reported.length));
  grown.set(reported);
  return grown;
}
