import { type Actor, createActor, type InspectionEvent } from 'xstate';
import {
  type ProxySessionEvent,
  type ProxySessionFact,
  proxySessionMachine,
} from '../../../machines/root/proxy-session.machine.js';
import { xstateClock } from '../../actors/xstate-clock.js';
import type { Clock } from '../../ports/clock.js';
import type { Member } from '../../ports/membership.js';
import { PatientClock } from './patient-clock.js';

export interface ProxySessionDeps {
  readonly clock: Clock;
  /** How long a proxy that joins may hold the time ticks before its first report. */
  readonly joinGraceMs: number;
  /** It had its session before this coordinator began. */
  readonly isResumed: boolean;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/** Top-level states of the machine; Routing is left at once. */
type Standing = 'Routing' | 'Joining' | 'Active' | 'Lagging' | 'Lost' | 'Gone';

/** One proxy: the actor of its session, and when it was heard of last. */
export class ProxySession {
  readonly member: Member;
  readonly #clock: Clock;
  readonly #actor: Actor<typeof proxySessionMachine>;
  #heardAtMs: number;

  /** @param onFact hears of every change of state, beginning with `start`. */
  constructor(member: Member, deps: ProxySessionDeps, onFact: (fact: ProxySessionFact) => void) {
    const { clock, joinGraceMs: graceMs, isResumed, inspect } = deps;
    const { serverId, leaseTtlMs: patienceMs } = member;
    this.member = member;
    this.#clock = clock;
    this.#heardAtMs = clock.monotonicMs();
    this.#actor = createActor(proxySessionMachine, {
      id: `proxy:${serverId}`,
      input: { serverId, graceMs, patienceMs, forgetMs: patienceMs, isResumed },
      // What the proxy said while this process slept is read before it is lost for its silence.
      clock: xstateClock(new PatientClock(clock)),
      ...(inspect ? { inspect } : {}),
    });
    this.#actor.on('*', onFact);
  }

  start(): void {
    this.#actor.start();
  }

  stop(): void {
    this.#actor.stop();
  }

  send(event: ProxySessionEvent): void {
    this.#actor.send(event);
  }

  get standing(): Standing {
    const { value } = this.#actor.getSnapshot();
    return typeof value === 'string' ? value : 'Lost';
  }

  get silentForMs(): number {
    return this.#clock.monotonicMs() - this.#heardAtMs;
  }

  /** A report came. The actor is told unless it would change nothing: there are many. */
  hear(): void {
    this.#heardAtMs = this.#clock.monotonicMs();
    if (this.standing !== 'Active') this.send({ type: 'session.report' });
  }
}
