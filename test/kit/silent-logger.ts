import type { Logger } from '../../src/ports/logger.js';

/** A logger that says nothing, for tests whose subject only happens to log. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
