import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../ports/logger.js';
import { closeServer, type ListenAddress, listen } from './listen.js';

export interface HealthOptions extends ListenAddress {
  /** Whether this process does its work right now; asked at every request. */
  readonly isHealthy: () => boolean;
  /** The coordinator's state in one word, told while it is not healthy. */
  readonly stateWord: () => string;
  readonly metrics: MetricsPage;
  readonly log: Logger;
}

/** What `GET /metrics` says, whatever the state. */
export interface MetricsPage {
  readonly contentType: string;
  scrape(): Promise<string>;
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
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/**
 * Serves `GET /healthz` on the metrics port: 200 `OK` while healthy, else 503 and the state word;
 * and `GET /metrics`. `HEAD` answers the same without a body, other methods 405, other paths 404.
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
    (request, response) => void answer(request, response, options),
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

interface Answer {
  readonly status: number;
  readonly text: string;
  /** Plain text unless said. */
  readonly contentType?: string;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HealthOptions,
): Promise<void> {
  const { status, text, contentType = PLAIN_TEXT } = await answerTo(request, options);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(text);
}

async function answerTo(request: IncomingMessage, options: HealthOptions): Promise<Answer> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/healthz' && path !== '/metrics') return { status: 404, text: 'not found' };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'method not allowed' };
  }
  return path === '/healthz' ? healthOf(options) : scrape(options);
}

const healthOf = ({ isHealthy, stateWord }: HealthOptions): Answer =>
  isHealthy() ? { status: 200, text: 'OK' } : { status: 503, text: stateWord() };

/** A metric that cannot be read must not take the process with it. */
async function scrape({ metrics, log }: HealthOptions): Promise<Answer> {
  try {
    return { status: 200, text: await metrics.scrape(), contentType: metrics.contentType };
  } catch (err) {
    log.error({ err }, 'metrics could not be read');
    return { status: 500, text: 'metrics could not be read' };
  }
}
