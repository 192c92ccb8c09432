/** Time as an input: everything outside `adapters` and composition takes one of these. */
export interface Clock {
  /** Wall clock in milliseconds since the epoch; may step in either direction. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start; never steps back. */
  monotonicMs(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** An opaque handle of the clock that made it. */
export type Timer = { readonly timer: unknown };
