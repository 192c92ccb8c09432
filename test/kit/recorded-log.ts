import type { LogFields, Logger } from '../../src/ports/logger.js';

interface RecordedLine extends LogFields {
  readonly level: string;
  readonly msg: string;
}

/** A logger that keeps its lines, for tests of what operators are told. */
export class RecordedLog implements Logger {
  readonly lines: RecordedLine[] = [];
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  child(): Logger {
    return this;
  }

  /** Lines with this message. */
  saying(msg: string): readonly RecordedLine[] {
    return this.lines.filter((line) => line.msg === msg);
  }

  #at(level: string) {
    return (fields: LogFields, msg: string): void => {
      this.lines.push({ ...fields, level, msg });
    };
  }
}
