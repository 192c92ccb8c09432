/** Waits are made of parts this long, so that a sleep shows wherever in the wait it falls. */
const PART_MS = 500;
/**
 * A part that ends so much too late was slept through: the process was frozen, or kept from its
 * loop. With the length of a part that is a second, the shortest lease: no longer sleep is missed.
 */
const SLEPT_MS = 500;
/** After a sleep everybody has so long to be heard: time for a call that failed to be repeated. */
const CATCH_UP_MS_MAX = 3_000;

/**
 * How long silence is borne by a process that may sleep. Timers run before what arrived meanwhile is
 * read, so the first thing after a sleep is not to blame somebody: the wait then lasts for another
 * `CATCH_UP_MS_MAX` at least, or for its whole delay when that is shorter. A sleep in this time
 * gives no more of it, but does not use it up either: it is counted in parts, each one a turn to
 * read. However often the process sleeps, a wait ends.
 */
export class AwakeWait {
  readonly #delayMs: number;
  readonly #catchUpMs: number;
  #overAtMs: number;
  /** What is still to be waited because of a sleep. */
  #owedMs = 0;
  /** The delay is over, only what is owed is left. */
  #isCatchingUp = false;
  #partMs = 0;
  #partEndsAtMs: number;

  /** @param nowMs of a clock that never steps, as everywhere here. */
  constructor(delayMs: number, nowMs: number) {
    this.#delayMs = delayMs;
    this.#catchUpMs = Math.min(delayMs, CATCH_UP_MS_MAX);
    this.#overAtMs = nowMs + delayMs;
    this.#partEndsAtMs = nowMs;
  }

  /** Somebody was heard: the wait begins anew, within the part under way. */
  renew(nowMs: number): void {
    this.#overAtMs = nowMs + this.#delayMs;
    this.#owedMs = 0;
    this.#isCatchingUp = false;
  }

  /** Milliseconds until it is to be asked again; 0 when the wait is over. */
  nextPartMs(nowMs: number): number {
    const hasSlept = nowMs - this.#partEndsAtMs > SLEPT_MS;
    this.#owedMs = Math.max(0, this.#owedMs - this.#partMs);
    if (hasSlept && !this.#isCatchingUp) this.#owedMs = this.#catchUpMs;
    this.#isCatchingUp = nowMs >= this.#overAtMs;
    const leftMs = Math.max(0, this.#owedMs, this.#overAtMs - nowMs);
    this.#partMs = Math.min(leftMs, PART_MS);
    this.#partEndsAtMs = nowMs + this.#partMs;
    return this.#partMs;
  }
}
