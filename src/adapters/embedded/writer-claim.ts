import type { Database } from 'lmdb';

/** Its version is how many writers there were; the last of them is the only one who may write. */
const WRITER_KEY = 'writer';

/**
 * The right to write a message stream. lmdb compares it inside its write transaction, across
 * processes, so a coordinator that was replaced cannot slip a message in after its successor's.
 */
export class WriterClaim {
  readonly #writers: Database<string, string>;
  #epoch: number | undefined;

  constructor(writers: Database<string, string>) {
    this.#writers = writers;
  }

  get isHeld(): boolean {
    return this.#epoch !== undefined;
  }

  /** Replaces whoever wrote before; false when somebody else did so at the same moment. */
  async take(): Promise<boolean> {
    this.#writers.resetReadTxn();
    const before = this.#writers.getEntry(WRITER_KEY)?.version ?? 0;
    const epoch = before + 1;
    const write = (): void => {
      void this.#writers.put(WRITER_KEY, `pid ${process.pid}`, epoch);
    };
    const isTaken =
      before === 0
        ? await this.#writers.ifNoExists(WRITER_KEY, write)
        : await this.#writers.ifVersion(WRITER_KEY, before, write);
    if (isTaken) this.#epoch = epoch;
    return isTaken;
  }

  /** Runs the writes of `action` and fsyncs them if the right is still ours; false if not. */
  whileHeld(action: () => void): Promise<boolean> {
    if (this.#epoch === undefined) return Promise.resolve(false);
    return this.#writers.ifVersion(WRITER_KEY, this.#epoch, action);
  }
}
