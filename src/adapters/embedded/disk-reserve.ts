import { statfs } from 'node:fs/promises';
import { CoordError, type ErrorName } from '../../domain/errors.js';

/** How old the last look at the disk may be; one second of writes must fit the reserve. */
const LOOK_EVERY_MS = 1_000;

/**
 * Refuses commits while the disk is nearly full, when saying no is still safe: a write that the
 * disk refuses ends the store (see `FailStop`).
 */
export class DiskReserve {
  readonly #path: string;
  readonly #reserveBytes: number;
  readonly #refusal: ErrorName;
  #freeBytes: number;
  #lookedAtMs = performance.now();
  #isLooking = false;

  private constructor(path: string, reserveBytes: number, refusal: ErrorName, freeBytes: number) {
    this.#path = path;
    this.#reserveBytes = reserveBytes;
    this.#refusal = refusal;
    this.#freeBytes = freeBytes;
  }

  /**
   * @param reserveBytes space that must stay free on the disk of `path`.
   * @param refusal the error `check` throws.
   */
  static async watch(
    path: string,
    reserveBytes: number,
    refusal: ErrorName = 'MetaStoreUnavailable',
  ): Promise<DiskReserve> {
    return new DiskReserve(path, reserveBytes, refusal, await freeBytesOf(path));
  }

  /** Throws its refusal when the last look found too little space. */
  check(): void {
    this.#lookAgainWhenStale();
    if (this.#freeBytes >= this.#reserveBytes) return;
    const space = `${this.#freeBytes} bytes free, ${this.#reserveBytes} are kept in reserve`;
    throw new CoordError(this.#refusal, `the disk of ${this.#path} is full: ${space}`);
  }

  #lookAgainWhenStale(): void {
    if (this.#isLooking || performance.now() - this.#lookedAtMs < LOOK_EVERY_MS) return;
    this.#isLooking = true;
    freeBytesOf(this.#path)
      .then((freeBytes) => {
        this.#freeBytes = freeBytes;
        this.#lookedAtMs = performance.now();
      })
      // The last answer stands; a disk that is gone fails the writes themselves.
      .catch(() => {})
      .finally(() => {
        this.#isLooking = false;
      });
  }
}

async function freeBytesOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
