import { type Actor, createActor, fromPromise, type InspectionEvent } from 'xstate';
import { coordinatorMachine } from '../../machines/coordinator.machine.js';
import { xstateClock } from '../actors/xstate-clock.js';
import { CoordError } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import { StateCode } from '../gen/common.js';
import type { Clock } from '../ports/clock.js';
import type { DdlObserver } from '../ports/ddl-observer.js';
import type { Ground } from '../ports/ground.js';
import type { Logger } from '../ports/logger.js';
import type { MessageStream } from '../ports/message-stream.js';
import type { Candidate, Leadership, MetaStore } from '../ports/meta-store.js';
import type { LoadView, Peers } from '../ports/peers.js';
import type { RootFigures } from '../ports/root-figures.js';
import type { ProxyWorld } from './proxies/proxies.js';
import type { RootCoord } from './root-coord.js';
import { type RootRuntime, type RootSettings, startRuntime } from './runtime.js';

/** Short, so that a store whose holder died is taken soon after its lease is over. */
const CAMPAIGN_PAUSE_MS = 500;

/** Another coordinator of this process: it lives on the same store while this one leads. */
export interface Companion {
  /** Settles when it answers; a rejection ends the coordinator. */
  start(ground: Ground): Promise<void>;
  /** Settles when everything it accepted is done. */
  stop(): Promise<void>;
  /** Lets go of everything at once, writing nothing; no error when it never started. */
  abandon(): void;
}

export interface CoordinatorDeps {
  readonly openStore: () => Promise<MetaStore>;
  /** Called once this coordinator leads. */
  readonly openStream: () => Promise<MessageStream>;
  readonly candidate: Candidate;
  readonly clock: Clock;
  readonly log: Logger;
  readonly peers: Peers;
  /** Without it no proxy can register. */
  readonly proxyWorld?: ProxyWorld | undefined;
  /** Without it nothing is ever loaded. */
  readonly loads?: LoadView | undefined;
  readonly companion?: Companion | undefined;
  readonly settings: RootSettings;
  readonly observer?: DdlObserver | undefined;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/** How a coordinator ended: in order, or because something broke. */
export type CoordinatorEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'abandoned'; readonly failure: unknown };

/** RootCoord from process start to exit: the coordinator machine with its work filled in. */
export class Coordinator {
  readonly #deps: CoordinatorDeps;
  readonly #actor: Actor<typeof coordinatorMachine>;
  #store: MetaStore | undefined;
  #leadership: Leadership | undefined;
  #stream: MessageStream | undefined;
  #runtime: RootRuntime | undefined;
  #serving: RootCoord | undefined;
  /** Who was last heard to lead while this one stood by. */
  #holder: string | undefined;
  /** Start-up work under way; a stop in the middle of it has to wait for its end. */
  #startUp: Promise<unknown> = Promise.resolve();
  /** Settles when the coordinator has ended, one way or the other. */
  readonly ended: Promise<CoordinatorEnd>;
  /** Settles when it serves; never if it ends before. */
  readonly healthy: Promise<void>;

  constructor(deps: CoordinatorDeps) {
    this.#deps = deps;
    this.#actor = createActor(this.#provideWork(), {
      id: 'coordinator',
      input: { campaignPauseMs: CAMPAIGN_PAUSE_MS },
      clock: xstateClock(deps.clock),
      ...(deps.inspect ? { inspect: deps.inspect } : {}),
    });
    this.#actor.on('coordinator.standingBy', ({ holder }) => this.#noteHolder(holder));
    this.healthy = new Promise((resolve) => {
      this.#actor.subscribe((snapshot) => {
        this.#serving = snapshot.matches('Healthy') ? this.#runtime?.rootCoord : undefined;
        if (this.#serving) resolve();
      });
    });
    this.ended = new Promise((resolve) => {
      this.#actor.subscribe({ complete: () => resolve(this.#end()) });
    });
  }

  start(): void {
    this.#actor.start();
  }

  /** Asks the coordinator to finish what it accepted and end; see `ended`. */
  stop(): void {
    this.#actor.send({ type: 'coordinator.stop' });
  }

  /** Top-level state word, for health checks and logs. */
  get stateName(): string {
    const { value } = this.#actor.getSnapshot();
    return typeof value === 'string' ? value : (Object.keys(value)[0] ?? 'Initializing');
  }

  /** The word in the numbers of `GetComponentStates` (facts/rootcoord §16). */
  get stateCode(): StateCode {
    switch (this.stateName) {
      case 'Healthy':
        return StateCode.Healthy;
      case 'Standby':
        return StateCode.StandBy;
      case 'Stopping':
      case 'Stopped':
        return StateCode.Stopping;
      case 'Abnormal':
      case 'Abandoned':
        return StateCode.Abnormal;
      default:
        return StateCode.Initializing;
    }
  }

  /** The server id; -1 before election (facts/rootcoord §16). */
  get nodeId(): bigint {
    return this.#leadership?.fence.epoch ?? -1n;
  }

  /**
   * @throws CoordError `ServiceNotReady` in every state but Healthy, and in that one, too, from the
   * moment ownership is no longer proved: a successor may have answered already.
   */
  get rootCoord(): RootCoord {
    if (this.#serving && this.#leadership?.isProved) return this.#serving;
    throw CoordError.of('ServiceNotReady', { rootcoord: this.nodeId }, this.stateName);
  }

  /** What RootCoord knows of itself; undefined in every state but Healthy. */
  get figures(): RootFigures | undefined {
    return this.#serving && this.#runtime?.figures;
  }

  /** A standby asks every half second; only news of who leads is worth a line. */
  #noteHolder(holder: string): void {
    if (holder === this.#holder) return;
    this.#holder = holder;
    this.#deps.log.info({ holder }, 'standing by, the store is held');
  }

  #provideWork() {
    return coordinatorMachine.provide({
      actors: {
        openStore: fromPromise(() => this.#startingUp(this.#openStore())),
        campaign: fromPromise(() => this.#startingUp(this.#campaign())),
        recover: fromPromise(() => this.#startingUp(this.#recover())),
        stop: fromPromise(() => this.#stop()),
        abandon: fromPromise(() => this.#abandon()),
      },
    });
  }

  #startingUp<T>(work: Promise<T>): Promise<T> {
    this.#startUp = work.catch(() => undefined);
    return work;
  }

  async #openStore(): Promise<void> {
    this.#store = await this.#deps.openStore();
  }

  async #campaign() {
    invariant(this.#store, 'the store is open before the campaign');
    const outcome = await this.#store.campaign(this.#deps.candidate);
    if (outcome.kind === 'held') return outcome;
    const { leadership } = outcome;
    this.#leadership = leadership;
    leadership.lost.addEventListener('abort', () => this.#actor.send({ type: 'leadership.lost' }));
    this.#deps.log.info({ epoch: leadership.fence.epoch }, 'elected');
    return { kind: 'elected' as const };
  }

  async #recover(): Promise<void> {
    invariant(this.#store && this.#leadership, 'elected before recovery');
    const ground: Ground = {
      store: this.#store,
      fence: this.#leadership.fence,
      onBroken: (reason) => this.#actor.send({ type: 'coordinator.failed', reason }),
    };
    const stream = await this.#openStream(ground.onBroken);
    // First: drops that a crash left unfinished ask it at once.
    await this.#deps.companion?.start(ground);
    this.#runtime = await startRuntime({ ...this.#deps, ...ground, stream });
  }

  async #openStream(onBroken: (reason: unknown) => void): Promise<MessageStream> {
    const stream = await this.#deps.openStream();
    this.#stream = stream;
    stream.lost.throwIfAborted();
    stream.lost.addEventListener('abort', () => onBroken(stream.lost.reason));
    return stream;
  }

  async #stop(): Promise<void> {
    await this.#startUp;
    await this.#runtime?.stop();
    await this.#deps.companion?.stop();
    await this.#stream?.close();
    await this.#leadership?.resign();
    await this.#store?.close();
  }

  async #abandon(): Promise<void> {
    const { failure } = this.#actor.getSnapshot().context;
    this.#deps.log.error({ err: failure }, 'coordinator is abnormal');
    await this.#startUp;
    this.#runtime?.abandon();
    this.#deps.companion?.abandon();
    await this.#stream?.close();
    await this.#store?.close();
  }

  #end(): CoordinatorEnd {
    const snapshot = this.#actor.getSnapshot();
    return snapshot.matches('Stopped')
      ? { kind: 'stopped' }
      : { kind: 'abandoned', failure: snapshot.context.failure };
  }
}
