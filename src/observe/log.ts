import { pino } from 'pino';
import type { Clock } from '../ports/clock.js';
import type { LogFields, Logger } from '../ports/logger.js';
import { boundedJson, type JsonLimits } from './bounded-json.js';

/** The levels of Milvus' `log.level`, quietest last. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  /** Lines below this level cost nothing and are not written. */
  readonly level: LogLevel;
  readonly clock: Clock;
  /** File descriptor to write to; 1, stdout, unless told otherwise. */
  readonly fd?: number;
}

/** In ASCII a line stays below 16 KiB, the size at which container runtimes split lines. */
const LINE_LIMITS: JsonLimits = {
  depthMax: 6,
  stringMax: 2_048,
  entriesMax: 64,
  charsMax: 12 * 1024,
};

/** Lines kept for a stdout that refuses them for the moment (a full disk); more are dropped. */
const UNWRITTEN_BYTES_MAX = 1024 * 1024;

/**
 * JSON lines on stdout. A line is with the kernel when the call returns, so no way of ending the
 * process loses the last ones. The price is a system call per line, and a reader of stdout that
 * stops reading stops the program: right for a log of rare facts, wrong for a trace.
 */
export function createLog({ level, clock, fd = 1 }: LogOptions): Logger {
  const destination = pino.destination({ fd, sync: true, maxLength: UNWRITTEN_BYTES_MAX });
  // Losing lines is bad, losing the coordinator to its own log would be worse.
  destination.on('error', () => {});
  return new PinoLogger(
    pino(
      {
        level,
        base: { pid: process.pid },
        timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      destination,
    ),
  );
}

/** pino behind the port: fields are made plain first, which also keeps pino on its fast path. */
class PinoLogger implements Logger {
  readonly #pino: pino.Logger;

  constructor(logger: pino.Logger) {
    this.#pino = logger;
  }

  debug(fields: LogFields, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: LogFields, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: LogFields, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: LogFields, message: string): void {
    this.#write('error', fields, message);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#pino.child(plain(fields)));
  }

  #write(level: 'debug' | 'info' | 'warn' | 'error', fields: LogFields, message: string): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    this.#pino[level](plain(fields), message);
  }
}

/** Only what JSON knows reaches pino: a bigint or an error would leave its fast path (deps §0.11). */
function plain(fields: LogFields): object {
  const parsed: unknown = JSON.parse(boundedJson(fields, LINE_LIMITS));
  return typeof parsed === 'object' && parsed !== null ? parsed : { fields: parsed };
}
