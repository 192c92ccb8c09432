/** Slots a watermark begins with; it grows by doubling. */
const SLOTS_AT_FIRST = 16;

/**
 * An entry is three numbers, side by side so that a report touches little memory: the ticks, then
 * the places of its neighbours in the order of ticks.
 */
const NEXT = 1;
const PREVIOUS = 2;
const ENTRY_LENGTH = 3;
/** The ring's first entry is nobody's: it closes the ring, and its ticks are the minimum. */
const HEAD = 0;

/**
 * The minimum of what several sources reported, which never moves back. Pure arithmetic: sources
 * are small integers (slots) that the caller gives out and reuses, times are ticks — any whole
 * numbers below 2^53 that only ever grow.
 *
 * The sources stand in a ring in the order of their ticks. A report is nearly always the newest of
 * all and goes to the back, whoever sends it, so that it costs the same for two sources and for a
 * thousand. One that is older than many others walks past those.
 */
export class Watermark {
  /** A slot without a source holds infinity and stands in no order. */
  #ring: Float64Array = emptyRing(SLOTS_AT_FIRST);
  #sources = 0;

  /** No source will report less; 0 before the first source joined. */
  get ticks(): number {
    return at(this.#ring, HEAD);
  }

  get sources(): number {
    return this.#sources;
  }

  /** What the source reported last; infinity for a slot without one. */
  reported(slot: number): number {
    return this.#ring[entryOf(slot)] ?? Number.POSITIVE_INFINITY;
  }

  /**
   * A source that will report nothing below `from` takes part from now on. What is safe already
   * stays safe: a source that begins below it counts from there.
   */
  join(slot: number, from: number): void {
    this.#ring = withRoomFor(this.#ring, slot);
    const entry = entryOf(slot);
    this.#ring[entry] = Math.max(from, this.ticks);
    insert(this.#ring, entry);
    this.#sources += 1;
    this.#settle();
  }

  /** The source holds nobody back any more. */
  leave(slot: number): void {
    if (this.reported(slot) === Number.POSITIVE_INFINITY) return;
    const entry = entryOf(slot);
    remove(this.#ring, entry);
    this.#ring[entry] = Number.POSITIVE_INFINITY;
    this.#sources -= 1;
    this.#settle();
  }

  /**
   * The source will report nothing below `ticks` any more. A report that goes back, or comes from
   * nobody, changes nothing.
   */
  advance(slot: number, ticks: number): void {
    const ring = this.#ring;
    const entry = entryOf(slot);
    if (entry >= ring.length || !(ticks > at(ring, entry))) return;
    ring[entry] = ticks;
    const wasFirst = at(ring, entry + PREVIOUS) === HEAD;
    const next = at(ring, entry + NEXT);
    if (next !== HEAD && at(ring, next) < ticks) {
      remove(ring, entry);
      insert(ring, entry);
    }
    if (wasFirst) this.#settle();
  }

  copy(): Watermark {
    const copy = new Watermark();
    copy.#ring = this.#ring.slice();
    copy.#sources = this.#sources;
    return copy;
  }

  /** The smallest ticks above zero that it knows of; infinity without any. */
  get lowest(): number {
    let lowest = this.ticks > 0 ? this.ticks : Number.POSITIVE_INFINITY;
    for (let entry = ENTRY_LENGTH; entry < this.#ring.length; entry += ENTRY_LENGTH) {
      const ticks = at(this.#ring, entry);
      if (ticks > 0 && ticks < lowest) lowest = ticks;
    }
    return lowest;
  }

  /** Counts from another zero: all ticks above 0, which are above `by`, become less by that. */
  shift(by: number): void {
    for (let entry = HEAD; entry < this.#ring.length; entry += ENTRY_LENGTH) {
      const ticks = at(this.#ring, entry);
      if (ticks > 0) this.#ring[entry] = ticks - by;
    }
  }

  /** Without any source the last minimum stays: nobody could say what comes next. */
  #settle(): void {
    const ring = this.#ring;
    ring[HEAD] = at(ring, at(ring, HEAD + NEXT));
  }
}

const entryOf = (slot: number): number => ENTRY_LENGTH * (slot + 1);

/** Within the ring, where every number is. */
const at = (ring: Float64Array, index: number): number => ring[index] ?? 0;

/** Puts the entry behind all that are not newer; nothing is older than the head. */
function insert(ring: Float64Array, entry: number): void {
  const ticks = at(ring, entry);
  let previous = at(ring, HEAD + PREVIOUS);
  while (at(ring, previous) > ticks) previous = at(ring, previous + PREVIOUS);
  const next = at(ring, previous + NEXT);
  ring[previous + NEXT] = entry;
  ring[entry + PREVIOUS] = previous;
  ring[entry + NEXT] = next;
  ring[next + PREVIOUS] = entry;
}

function remove(ring: Float64Array, entry: number): void {
  const next = at(ring, entry + NEXT);
  const previous = at(ring, entry + PREVIOUS);
  ring[previous + NEXT] = next;
  ring[next + PREVIOUS] = previous;
}

function emptyRing(slots: number): Float64Array {
  const ring = new Float64Array(ENTRY_LENGTH * (slots + 1)).fill(Number.POSITIVE_INFINITY);
  return ring.fill(HEAD, HEAD, ENTRY_LENGTH);
}

function withRoomFor(ring: Float64Array, slot: number): Float64Array {
  const entry = entryOf(slot);
  if (entry < ring.length) return ring;
  const slots = ring.length / ENTRY_LENGTH - 1;
  const grown = emptyRing(Math.max(slot + 1, 2 * slots));
  grown.set(ring);
  return grown;
}
