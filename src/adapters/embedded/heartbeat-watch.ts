import type { Owner } from './ownership.js';

/**
 * Tells how long an owner has been silent by watching its heartbeat: two processes that share a
 * store need not share a clock, so only a beat seen twice over a time proves silence.
 */
export class HeartbeatWatch {
  #epoch = 0;
  #beat = 0;
  #sinceMs = 0;

  /** For how long this very beat has been the owner's last, as far as this process saw. */
  silentForMs(owner: Owner, nowMs: number): number {
    if (owner.epoch !== this.#epoch || owner.beat !== this.#beat) {
      this.#epoch = owner.epoch;
      this.#beat = owner.beat;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs;
  }
}
