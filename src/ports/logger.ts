/**
 * Facts of one log line. Ids may be bigint: they come out as exact decimal strings. Values of
 * secret-looking names are hidden, long texts and deep objects are cut.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where the program tells operators what happened. Say facts: a constant message, and everything
 * that varies as fields. Never throws.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger whose every line carries `fields` too; one per component or actor. */
  child(fields: LogFields): Logger;
}
