import {
  type ProxySessionEvent,
  type ProxySessionInput,
  proxySessionMachine,
} from '../../machines/root/proxy-session.machine.js';
import { after, type PlayedEvent, type PlayedPath, pathsOf } from './machine-paths.js';

/** The paths of the proxy session machine. */

export const SESSION_INPUT: ProxySessionInput = {
  serverId: 7n,
  graceMs: 2_000,
  patienceMs: 30_000,
  forgetMs: 60_000,
  isResumed: false,
};

/** One that had its session before the coordinator began. */
export const RESUMED_INPUT: ProxySessionInput = { ...SESSION_INPUT, isResumed: true };

export const SESSION_EVENTS: readonly ProxySessionEvent[] = [
  { type: 'session.report' },
  { type: 'session.fallSilent' },
  { type: 'session.register' },
  { type: 'session.expire' },
  { type: 'session.leave' },
];

const EVENTS: readonly PlayedEvent[] = [
  ...SESSION_EVENTS,
  after('grace', 'proxySession.Joining'),
  after('patience', 'proxySession.Lagging'),
  after('forget', 'proxySession.Lost.Expired'),
];

/** One path for every edge that can be reached from a registration, or from a resumed session. */
export const sessionPaths = (input = SESSION_INPUT): PlayedPath[] =>
  pathsOf(proxySessionMachine, { input, events: EVENTS });
