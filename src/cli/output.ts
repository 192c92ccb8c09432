import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Written at once; single lines of ten thousand would cost a system call each. */
const CHUNK_LENGTH_MIN = 64 * 1024;

/** Lines for a pipe or a terminal that may be slower than the program, or go away. */
export class Output {
  readonly #stream: Writable;
  readonly #gone = new AbortController();

  constructor(stream: Writable) {
    this.#stream = stream;
    // `rootstock watch | head` ends the reader first, which is no failure.
    stream.on('error', () => this.#gone.abort());
  }

  /** Aborts when nobody reads any longer; from then on lines are thrown away. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Settles when the reader has room for more. */
  async lines(lines: Iterable<string>): Promise<void> {
    let chunk = '';
    for (const line of lines) {
      chunk += `${line}\n`;
      if (chunk.length < CHUNK_LENGTH_MIN) continue;
      await this.#write(chunk);
      chunk = '';
    }
    if (chunk !== '') await this.#write(chunk);
  }

  /** Settles when everything is out of this process. */
  async flush(): Promise<void> {
    if (this.#gone.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve());
    });
  }

  async #write(chunk: string): Promise<void> {
    if (this.#gone.signal.aborted || this.#stream.write(chunk)) return;
    await once(this.#stream, 'drain', { signal: this.#gone.signal }).catch(() => undefined);
  }
}

/** Control characters would move a terminal's cursor, and a line must stay one. */
export const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
