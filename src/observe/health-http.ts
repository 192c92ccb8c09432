import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../ports/logger.js';
import { closeServer, type ListenAddress, listen } from './listen.js';

export interface HealthOptions extends ListenAddress {
  /** Whether this process does its work right now; asked at every request. */
  readonly isHealthy: () => boolean;
  /** The coordinator's state in one word, told while it is not healthy. */
  readonly stateWord: () => string;
  readonly log: Logger;
}

export interface HealthServer {
  /** The port taken; differs from the one asked for only when that was 0. */
  readonly port: number;
  /** Ends idle and half-open connections too. */
  close(): Promise<void>;
}

/** A probe sends a dozen headers at most; anything longer is not a probe. */
const HEADER_BYTES_MAX = 8 * 1024;
/** A request arrives in one packet; a peer that needs longer holds the connection for nothing. */
const REQUEST_MS_MAX = 5_000;
/** How often Node looks for requests that take too long. */
const REQUEST_CHECK_MS = 1_000;
/** Longer than the usual probe interval would only keep sockets of dead probers. */
const KEEP_ALIVE_MS = 5_000;
/** Probers and scrapers of one process are few; more connections are refused. */
const CONNECTIONS_MAX = 256;

/**
 * Serves `GET /healthz` on the metrics port: 200 `OK` while healthy, else 503 and the state word.
 * `HEAD` answers the same without a body, other methods 405, other paths 404.
 */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: REQUEST_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: REQUEST_CHECK_MS,
    },
    (request, response) => answer(request, response, options),
  );
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, options, 'the health server');
  keepAlive(server, options.log);
  return { port, close: () => closeServer(server) };
}

/** Without a listener, one failed accept (out of file descriptors) would end the process. */
function keepAlive(server: Server, log: Logger): void {
  server.on('error', (error) => log.warn({ error }, 'health server failed to accept'));
}

function answer(request: IncomingMessage, response: ServerResponse, options: HealthOptions): void {
  const [status, text] = outcomeOf(request, options);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(text);
}

function outcomeOf(
  request: IncomingMessage,
  options: HealthOptions,
): [status: number, text: string] {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/healthz') return [404, 'not found'];
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, 'method not allowed'];
  return options.isHealthy() ? [200, 'OK'] : [503, options.stateWord()];
}
