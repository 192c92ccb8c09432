import { CoordError } from '../../domain/errors.js';
import type { TaskId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { LifecycleActor, LifecycleKind, Origin } from './lifecycle-actor.js';

/** An object that keeps throwing is summoned again this often … */
const LOSSES_MAX = 5;
/** … within this time; past it the coordinator cannot vouch for its catalog any more. */
const LOSSES_WINDOW_MS = 10 * 60_000;
const RESUMMON_DELAY_MS = 1_000;

export interface ResidencyDeps<Id, Subject> {
  readonly kind: LifecycleKind<Id, Subject>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Resting actors kept in memory at most; the least recently used go first. */
  readonly residentMax: number;
  /** The task an actor was summoned for has its outcome. */
  readonly onSettled: (taskId: TaskId, outcome: CollectionRecord | CoordError) => void;
  /** Too many unexpected failures: the coordinator must stop. */
  readonly onBroken: (reason: unknown) => void;
}

interface Resident<Subject> {
  readonly actor: LifecycleActor<Subject>;
  /**
   * Tasks to answer when the actor next tells a fact. Most often one; a rename on its way lets
   * commands under the old and the new name meet, and what is told then holds for all of them.
   */
  taskIds: TaskId[];
}

/**
 * Objects as virtual actors: always addressable, in memory only while something happens to them or
 * until others need the room. Actors are roots of their own, not children of one machine, because
 * spawning inside a machine costs time in proportion to the children it has.
 */
export class Residency<Id, Subject> {
  readonly #deps: ResidencyDeps<Id, Subject>;
  readonly #resident = new Map<Id, Resident<Subject>>();
  /** Those with nothing to do, in order of use: the first is the one to go. */
  readonly #resting = new Map<Id, Resident<Subject>>();
  readonly #losses: number[] = [];
  #isClosed = false;

  constructor(deps: ResidencyDeps<Id, Subject>) {
    this.#deps = deps;
  }

  /**
   * Brings the object's actor to life with what was just committed, or tells the one that is
   * awake. `taskId` is settled when the actor says so.
   */
  summon(subject: Subject, origin: Origin, taskId?: TaskId): void {
    if (this.#isClosed) return;
    const awake = this.#resident.get(this.#deps.kind.idOf(subject));
    if (awake) return this.#tell(awake, subject, origin, taskId);
    this.#start(subject, origin, taskId);
  }

  isAwake(id: Id): boolean {
    return this.#resident.has(id);
  }

  /** Objects whose actor is in memory. */
  get residentCount(): number {
    return this.#resident.size;
  }

  /** Tells an awake actor what happened around it; whoever waits for it goes on waiting. */
  notify(subject: Subject, origin: Origin): void {
    this.#resident.get(this.#deps.kind.idOf(subject))?.actor.tell(subject, origin);
  }

  /** Stops every actor where it stands; their records say how to go on. */
  close(): void {
    this.#isClosed = true;
    for (const { actor } of this.#resident.values()) actor.stop();
    this.#resident.clear();
    this.#resting.clear();
  }

  #tell(
    resident: Resident<Subject>,
    subject: Subject,
    origin: Origin,
    taskId: TaskId | undefined,
  ): void {
    const id = this.#deps.kind.idOf(subject);
    if (taskId !== undefined) resident.taskIds.push(taskId);
    if (this.#resting.has(id)) this.#noteResting(id, resident);
    resident.actor.tell(subject, origin);
  }

  #start(subject: Subject, origin: Origin, taskId: TaskId | undefined): void {
    const { kind } = this.#deps;
    const id = kind.idOf(subject);
    const resident: Resident<Subject> = {
      actor: kind.create(subject, origin, {
        onSettled: (outcome) => this.#settle(resident, outcome),
        onRest: (isResting) => {
          if (isResting) this.#noteResting(id, resident);
          else this.#resting.delete(id);
        },
        onGone: () => this.#forget(id),
        onLost: (reason) => this.#noteLoss(id, resident, reason),
      }),
      taskIds: taskId === undefined ? [] : [taskId],
    };
    this.#resident.set(id, resident);
    resident.actor.start();
  }

  #settle(resident: Resident<Subject>, outcome: CollectionRecord | CoordError): void {
    const { taskIds } = resident;
    resident.taskIds = [];
    for (const taskId of taskIds) this.#deps.onSettled(taskId, outcome);
  }

  /** The object was used last of all; whoever was used longest ago may have to go. */
  #noteResting(id: Id, resident: Resident<Subject>): void {
    this.#resting.delete(id);
    this.#resting.set(id, resident);
    for (const [first, { actor }] of this.#resting) {
      if (this.#resting.size <= this.#deps.residentMax) return;
      this.#forget(first);
      actor.stop();
    }
  }

  #forget(id: Id): void {
    this.#resident.delete(id);
    this.#resting.delete(id);
  }

  /** An actor threw: start over from the record, with limits. */
  #noteLoss(id: Id, resident: Resident<Subject>, reason: unknown): void {
    const { clock, kind, log, onBroken } = this.#deps;
    this.#forget(id);
    log.error({ kind: kind.word, id, err: reason }, 'lifecycle actor lost');
    this.#settle(resident, CoordError.from(reason));
    const now = clock.monotonicMs();
    this.#losses.push(now);
    while ((this.#losses[0] ?? now) < now - LOSSES_WINDOW_MS) this.#losses.shift();
    if (this.#losses.length > LOSSES_MAX) return onBroken(reason);
    clock.setTimeout(() => this.#summonAgain(id), RESUMMON_DELAY_MS);
  }

  /** By what is committed now: the lost actor's own idea of it may be older. */
  #summonAgain(id: Id): void {
    const subject = this.#deps.kind.unfinished(id);
    if (subject !== undefined && !this.isAwake(id)) this.summon(subject, 'recovery');
  }
}
