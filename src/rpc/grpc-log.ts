import { setLogger } from '@grpc/grpc-js';
import type { Logger } from '../ports/logger.js';

/**
 * Sends what grpc-js has to say to our log, for all its servers and clients. By itself it writes
 * to stderr whatever bad header a client sends, whole, each time, and waits until it is written.
 */
export function logGrpc(log: Logger): void {
  setLogger({
    error: (...parts: unknown[]) => log.debug({ text: parts.map(String).join(' ') }, 'grpc'),
  });
}
