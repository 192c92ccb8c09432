import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Logger } from '../../ports/logger.js';
import { judge, pathOf, type Verdict } from './access.js';
import type { InspectHistory } from './history.js';
import { inspectorPage } from './page.js';
import type { Watchers } from './watchers.js';

/** Watchers only listen; what they may say fits a close frame. */
const INCOMING_BYTES_MAX = 1024;
/** A browser on this machine sends its request at once. */
const REQUEST_MS_MAX = 5_000;
const HEADER_BYTES_MAX = 16 * 1024;
/** Watchers, and the page loads of as many browsers. */
const CONNECTIONS_MAX = 64;

export interface InspectServerOptions {
  readonly token: string;
  readonly log: Logger;
  readonly watchers: Watchers;
  readonly history: InspectHistory;
}

/** The page at `/` and the WebSocket behind it, both for admitted requests only. */
export function createInspectServer(options: InspectServerOptions): Server {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: REQUEST_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
    },
    (request, response) => answer(request, response, options.token),
  );
  server.maxConnections = CONNECTIONS_MAX;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: INCOMING_BYTES_MAX,
  });
  server.on('upgrade', (request, connection, head) => {
    connection.on('error', () => connection.destroy());
    const refusal = refusalOf(request, options);
    if (refusal !== undefined) {
      refuse(connection, refusal);
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      options.watchers.join(socket, connection, () => options.history.tell());
      options.log.info({ dropped: options.history.dropped }, 'inspector watcher joined');
    });
  });
  return server;
}

function answer(request: IncomingMessage, response: ServerResponse, token: string): void {
  const verdict = judge(request, token);
  if (verdict !== 'admitted') {
    response.writeHead(STATUS[verdict]).end(verdict);
  } else if (request.method !== 'GET' || pathOf(request.url ?? '') !== '/') {
    response.writeHead(404).end('not found');
  } else {
    response.writeHead(200, inspectorPage.headers).end(inspectorPage.html);
  }
}

type Refusal = Exclude<Verdict, 'admitted'> | 'too many watchers';

const STATUS: Record<Refusal, number> = {
  'foreign host': 403,
  'foreign origin': 403,
  'wrong token': 401,
  'too many watchers': 503,
};

function refusalOf(request: IncomingMessage, options: InspectServerOptions): Refusal | undefined {
  const verdict = judge(request, options.token);
  if (verdict !== 'admitted') return verdict;
  return options.watchers.isFull ? 'too many watchers' : undefined;
}

function refuse(connection: Duplex, refusal: Refusal): void {
  const head = `HTTP/1.1 ${STATUS[refusal]} ${refusal}\r\nConnection: close\r\n`;
  // A peer that never closes its half would hold this connection, and our closing, for ever.
  connection.end(`${head}Content-Length: 0\r\n\r\n`, () => connection.destroy());
}
