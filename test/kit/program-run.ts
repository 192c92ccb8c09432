import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { killAtExit } from './kill-at-exit.js';

/** A process whose output a test reads line by line. */
export class ProgramRun {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #awaited = new Set<() => void>();

  constructor(program: string, args: readonly string[]) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    this.#closed = once(child, 'close');
    killAtExit(child);
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      for (const check of this.#awaited) check();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Settles once `isThere` holds for the lines so far; rejects if the process ends before. */
  async until(isThere: (lines: readonly string[]) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (!isThere(this.lines)) return;
        this.#awaited.delete(check);
        resolve();
      };
      this.#awaited.add(check);
      this.#closed.then(() => {
        check();
        reject(new Error(`ended early: ${this.lines.slice(-3).join(' | ')}`));
      }, reject);
      check();
    });
  }

  /** SIGINT, as Ctrl-C sends it. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** `kill -9`; settles when the process is gone and its output read. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended();
  }

  /** Settles when the process is gone and its output read; its exit code, if it ended itself. */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }
}
