import type { InspectionEvent } from 'xstate';
import { CoordError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { isLoopback } from './inspector/access.js';
import { InspectHistory } from './inspector/history.js';
import { createInspectServer } from './inspector/server.js';
import { Watchers } from './inspector/watchers.js';
import { closeServer, listen } from './listen.js';

export interface InspectorOptions {
  /** A loopback address: what is shown is for the developer at this machine. */
  readonly ip: string;
  /** 8080 is where Stately's tools look first; 0 takes any free port. */
  readonly port: number;
  /** Random text a watcher must know, of at least 16 characters. */
  readonly token: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Shows only actors whose id starts with this; all when left out. */
  readonly actorIdPrefix?: string;
}

export interface Inspector {
  /** For `createActor(machine, { inspect })` of a root actor; its descendants are seen too. */
  readonly inspect: (event: InspectionEvent) => void;
  /** Open it in a browser, or with `ws:` in place of `http:` in a receiver. Holds the token. */
  readonly url: string;
  /** Ends all watching; `inspect` does nothing from then on. */
  close(): Promise<void>;
}

/** 16 characters of base64url are 96 bits, beyond guessing. */
const TOKEN_LENGTH_MIN = 16;

/**
 * Lets the Stately inspector, or anything that speaks its protocol, watch live actors: ids exact,
 * secrets hidden, sizes bounded, only from this machine and only with the token (deps §0.5).
 * Note for whoever opens `url`: the page there shows its data to code loaded from stately.ai.
 * Rejects with `ParameterInvalid` or, when the port is taken, `ServiceUnavailable`.
 */
export async function createInspector(options: InspectorOptions): Promise<Inspector> {
  const { ip, port, token, clock, log, actorIdPrefix = '' } = options;
  if (!isLoopback(ip)) throw CoordError.invalid('the inspector listens on loopback addresses only');
  if (token.length < TOKEN_LENGTH_MIN) throw CoordError.invalid('the inspector token is too short');
  const watchers = new Watchers({ clock, log });
  const history = new InspectHistory({
    nowMs: () => clock.nowMs(),
    publish: (message) => watchers.publish(message),
    actorIdPrefix,
  });
  const server = createInspectServer({ token, log, watchers, history });
  const portTaken = await listen(server, { ip, port }, 'the inspector');
  server.on('error', (error) => log.warn({ error }, 'inspector failed to accept'));
  const observer = observe(history, log);
  const host = ip.includes(':') ? `[${ip}]` : ip;
  return {
    inspect: observer.inspect,
    url: `http://${host}:${portTaken}/?token=${encodeURIComponent(token)}`,
    close: () => {
      observer.stop();
      watchers.close();
      return closeServer(server);
    },
  };
}

/** XState lets an observer's throw end the observed actor: whatever fails here stays here. */
function observe(history: InspectHistory, log: Logger) {
  let isStopped = false;
  let hasFailed = false;
  const inspect = (event: InspectionEvent): void => {
    if (isStopped) return;
    try {
      history.record(event);
    } catch (error) {
      if (!hasFailed) log.warn({ error }, 'inspector could not show an event');
      hasFailed = true;
    }
  };
  return {
    inspect,
    stop: () => {
      isStopped = true;
    },
  };
}
