import { type Actor, createActor, fromPromise, type InspectionEvent } from 'xstate';
import {
  type BatchOutcome,
  type DdlSupervisorFact,
  type DdlTicket,
  ddlSupervisorMachine,
} from '../../../machines/root/ddl-supervisor.machine.js';
import { xstateClock } from '../../actors/xstate-clock.js';
import { CoordError } from '../../domain/errors.js';
import type { TaskId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { RecordedOutcome } from '../../gen/journal.js';
import type { Clock } from '../../ports/clock.js';
import type { DdlObserver } from '../../ports/ddl-observer.js';
import type { Asker } from '../asker.js';
import type { CatalogView } from '../catalog/catalog-view.js';
import {
  checkSameRequest,
  type Idempotency,
  type RecordedOutcomes,
  refusalOf,
} from '../catalog/recorded-outcomes.js';
import { type DdlCommand, laneOf, orderKeysOf } from './commands.js';
import type { DdlTask } from './perform-batch.js';
import { type DdlOutcome, orAborted, ReplyRegistry } from './replies.js';

/** Tasks in one batch at most: bounds how long one batch keeps the event loop. */
const BATCH_SIZE_MAX = 64;

export interface DdlSupervisorDeps {
  readonly clock: Clock;
  /** Says which collection a name means when a command is queued. */
  readonly catalog: CatalogView;
  readonly outcomes: RecordedOutcomes;
  /** Client tasks waiting at most; past it new ones are refused. */
  readonly queueLengthMax: number;
  readonly perform: (tasks: readonly DdlTask[]) => Promise<BatchOutcome>;
  readonly allocateTaskId: () => TaskId | Promise<TaskId>;
  /** Hears of every task that is settled, however it ended. */
  readonly onSettled: (taskId: TaskId) => void;
  readonly onFailed: (reason: unknown) => void;
  /** Hears of the DDL of clients; what actors ask for is not told. */
  readonly observer?: DdlObserver | undefined;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/** A keyed request under way: whoever asks the same meanwhile waits for the same outcome. */
interface KeyedRequest {
  readonly requestDigest: Uint8Array;
  readonly outcome: Promise<DdlOutcome>;
}

/** A task that waits for its turn. */
interface QueuedTask {
  readonly task: DdlTask;
  readonly queuedMs: number;
}

/** The door to the DDL supervisor actor: commands go in, replies come out. */
export class DdlSupervisor {
  readonly replies: ReplyRegistry;
  readonly #deps: DdlSupervisorDeps;
  readonly #tasks = new Map<TaskId, QueuedTask>();
  readonly #keyed = new Map<string, KeyedRequest>();
  readonly #actor: Actor<ReturnType<typeof provideWork>>;
  readonly #drained: Promise<void>;
  #isClosed = false;

  constructor(deps: DdlSupervisorDeps) {
    this.#deps = deps;
    this.replies = new ReplyRegistry(deps.onSettled);
    this.#actor = createActor(
      provideWork((tickets) => deps.perform(this.#takeTasks(tickets))),
      {
        id: 'ddl',
        input: { queueLengthMax: deps.queueLengthMax, batchSizeMax: BATCH_SIZE_MAX },
        clock: xstateClock(deps.clock),
        ...(deps.inspect ? { inspect: deps.inspect } : {}),
      },
    );
    this.#drained = new Promise((resolve) => {
      this.#actor.on('ddl.drained', () => resolve());
    });
    this.#actor.on('*', (fact) => this.#hear(fact));
    this.#actor.start();
  }

  /**
   * Queues a command and settles with its outcome; with an idempotency key, once and for all.
   *
   * @throws CoordError the command's own refusal, `TooManyRequests` when the queue is full,
   * `ServiceNotReady` when the coordinator is stopping, `Cancelled` when the asker's signal fires
   * first, `ParameterInvalid` when the idempotency key belongs to another request.
   */
  submit(command: DdlCommand, asker: Asker): Promise<DdlOutcome> {
    const outcome = this.#answer(command, asker);
    if (laneOf(command) === 'client') this.#deps.observer?.asked(command.kind, outcome);
    return outcome;
  }

  /** Tasks that wait for their turn. */
  get queueLength(): number {
    return this.#tasks.size;
  }

  async #answer(command: DdlCommand, asker: Asker): Promise<DdlOutcome> {
    const { idempotency, signal } = asker;
    if (!idempotency) return this.#queue(command, asker, signal);
    const underWay = this.#keyed.get(idempotency.key);
    if (underWay) {
      checkSameRequest(underWay.requestDigest, idempotency.requestDigest);
      return orAborted(underWay.outcome, signal);
    }
    if (this.recorded(asker)) return undefined;
    return orAborted(this.#queueKeyed(command, asker, idempotency), signal);
  }

  /**
   * What this very request came to before; undefined when it is new or has no idempotency key.
   *
   * @throws CoordError its refusal, if it was refused; `ParameterInvalid` when the key belongs to
   * another request, `TooManyRequests` when no more keys can be remembered.
   */
  recorded({ idempotency }: Asker): RecordedOutcome | undefined {
    const outcome = idempotency && this.#deps.outcomes.find(idempotency);
    const refusal = outcome && refusalOf(outcome);
    if (refusal) throw refusal;
    return outcome;
  }

  /** The DDL has no client of its own: any of several may go away while the others wait. */
  #queueKeyed(
    command: DdlCommand,
    asker: Asker,
    { key, requestDigest }: Idempotency,
  ): Promise<DdlOutcome> {
    const outcome = this.#queue(command, asker);
    this.#keyed.set(key, { requestDigest, outcome });
    const forget = () => this.#keyed.delete(key);
    outcome.then(forget, forget);
    return outcome;
  }

  async #queue(
    command: DdlCommand,
    { actor, idempotency, expectedVersion }: Asker,
    signal?: AbortSignal,
  ): Promise<DdlOutcome> {
    const taskId = await this.#deps.allocateTaskId();
    if (this.#isClosed) throw coordinatorStopped();
    const task = { taskId, command, actor, idempotency, expectedVersion };
    this.#tasks.set(taskId, { task, queuedMs: this.#deps.clock.monotonicMs() });
    const outcome = this.replies.wait(taskId, signal);
    const orderKeys = orderKeysOf(this.#deps.catalog, command);
    const ticket = { taskId, orderKeys, lane: laneOf(command) };
    this.#actor.send({ type: 'ddl.submit', ticket });
    return outcome;
  }

  /** A collection actor has finished what a task asked of it. */
  settle(taskId: TaskId, outcome: DdlOutcome | CoordError): void {
    if (outcome instanceof CoordError) this.replies.fail(taskId, outcome);
    else this.replies.succeed(taskId, outcome);
    this.#actor.send({ type: 'ddl.settled', taskId });
  }

  /** Refuses new client tasks and settles once every accepted one is done. */
  drain(): Promise<void> {
    this.#actor.send({ type: 'ddl.drain' });
    return this.#drained;
  }

  /** Stops at once; whoever still waits is told that the coordinator is gone. */
  close(): void {
    this.#isClosed = true;
    this.#actor.stop();
    this.replies.failAll(coordinatorStopped());
  }

  #takeTasks(tickets: readonly DdlTicket[]): DdlTask[] {
    const { clock, observer } = this.#deps;
    const nowMs = clock.monotonicMs();
    return tickets.map(({ taskId, lane }) => {
      const queued = this.#tasks.get(taskId);
      invariant(queued, 'every ticket stands for a task');
      this.#tasks.delete(taskId);
      const { task, queuedMs } = queued;
      if (lane === 'client') observer?.begun(task.command.kind, nowMs - queuedMs);
      return task;
    });
  }

  #hear(fact: DdlSupervisorFact): void {
    switch (fact.type) {
      case 'ddl.refused':
        this.#tasks.delete(fact.taskId);
        return this.replies.fail(fact.taskId, refusalError(fact.why));
      case 'ddl.failed':
        return this.#deps.onFailed(fact.reason);
      case 'ddl.drained':
        return;
      default:
        return unreachable(fact);
    }
  }
}

const coordinatorStopped = (): CoordError =>
  CoordError.of('ServiceNotReady', {}, 'the coordinator stopped');

const refusalError = (why: 'queueFull' | 'draining'): CoordError =>
  why === 'queueFull'
    ? CoordError.of('TooManyRequests')
    : CoordError.of('ServiceNotReady', {}, 'the coordinator is stopping');

function provideWork(perform: (tickets: readonly DdlTicket[]) => Promise<BatchOutcome>) {
  return ddlSupervisorMachine.provide({
    actors: {
      performBatch: fromPromise(({ input }: { input: readonly DdlTicket[] }) => perform(input)),
    },
  });
}
