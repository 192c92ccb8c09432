import { type Actor, createActor, type InspectionEvent } from 'xstate';
import type {
  CollectionFact,
  CollectionOrigin,
} from '../../../machines/root/collection.machine.js';
import { CoordError } from '../../domain/errors.js';
import type { CollectionId, TaskId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { CollectionLogic } from './collection.actors.js';
import { xstateClock } from './xstate-clock.js';

/** A collection that keeps throwing is summoned again this often … */
const LOSSES_MAX = 5;
/** … within this time; past it the coordinator cannot vouch for its catalog any more. */
const LOSSES_WINDOW_MS = 10 * 60_000;
const RESUMMON_DELAY_MS = 1_000;

export interface ResidencyDeps {
  readonly logic: CollectionLogic;
  readonly clock: Clock;
  readonly log: Logger;
  /** Steady actors kept in memory at most; the least recently used go first. */
  readonly residentMax: number;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
  /** The record as it was committed last; undefined once the collection is gone. */
  readonly recordOf: (id: CollectionId) => CollectionRecord | undefined;
  /** The task an actor was summoned for has its outcome. */
  readonly onSettled: (taskId: TaskId, outcome: CollectionRecord | CoordError) => void;
  /** Too many unexpected failures: the coordinator must stop. */
  readonly onBroken: (reason: unknown) => void;
}

interface Resident {
  readonly actor: Actor<CollectionLogic>;
  /** The task to answer when the actor next tells a fact. */
  taskId: TaskId | undefined;
}

/**
 * Collections as virtual actors: always addressable, in memory only while something happens to
 * them or until others need the room. Actors are roots of their own, not children of one machine,
 * because spawning inside a machine costs time in proportion to the children it has.
 */
export class CollectionResidency {
  readonly #deps: ResidencyDeps;
  readonly #resident = new Map<CollectionId, Resident>();
  /** Those with nothing to do, in order of use: the first is the one to go. */
  readonly #steady = new Map<CollectionId, Resident>();
  readonly #losses: number[] = [];
  #isClosed = false;

  constructor(deps: ResidencyDeps) {
    this.#deps = deps;
  }

  /**
   * Brings the collection's actor to life with the record just committed, or tells the one that
   * is awake. `taskId` is settled when the actor says so.
   */
  summon(record: CollectionRecord, origin: CollectionOrigin, taskId?: TaskId): void {
    if (this.#isClosed) return;
    const awake = this.#resident.get(record.id);
    if (awake) return this.#tell(awake, record, taskId);
    this.#start(record, origin, taskId);
  }

  /** Collections whose actor is in memory. */
  get residentCount(): number {
    return this.#resident.size;
  }

  /** Stops every actor where it stands; their records say how to go on. */
  close(): void {
    this.#isClosed = true;
    for (const { actor } of this.#resident.values()) actor.stop();
    this.#resident.clear();
    this.#steady.clear();
  }

  #tell(resident: Resident, record: CollectionRecord, taskId: TaskId | undefined): void {
    resident.taskId = taskId;
    if (this.#steady.has(record.id)) this.#noteSteady(record.id, resident);
    if (record.state === 'Dropping') resident.actor.send({ type: 'collection.drop', record });
  }

  #start(record: CollectionRecord, origin: CollectionOrigin, taskId: TaskId | undefined): void {
    const { logic, clock, inspect } = this.#deps;
    const actor = createActor(logic, {
      id: `collection:${record.id}`,
      input: { record, origin },
      clock: xstateClock(clock),
      ...(inspect ? { inspect } : {}),
    });
    const resident: Resident = { actor, taskId };
    this.#resident.set(record.id, resident);
    actor.on('*', (fact) => this.#hear(resident, fact));
    actor.subscribe({
      next: (snapshot) => {
        if (snapshot.hasTag('passivatable')) this.#noteSteady(record.id, resident);
        else this.#steady.delete(record.id);
      },
      complete: () => this.#forget(record.id),
      error: (reason: unknown) => this.#noteLoss(record.id, resident, reason),
    });
    actor.start();
  }

  #hear(resident: Resident, fact: CollectionFact): void {
    const { taskId } = resident;
    if (taskId === undefined) return;
    resident.taskId = undefined;
    this.#deps.onSettled(taskId, outcomeOf(fact));
  }

  /** The collection was used last of all; whoever was used longest ago may have to go. */
  #noteSteady(id: CollectionId, resident: Resident): void {
    this.#steady.delete(id);
    this.#steady.set(id, resident);
    for (const [first, { actor }] of this.#steady) {
      if (this.#steady.size <= this.#deps.residentMax) return;
      this.#forget(first);
      actor.stop();
    }
  }

  #forget(id: CollectionId): void {
    this.#resident.delete(id);
    this.#steady.delete(id);
  }

  /** An actor threw, which its machine does not foresee: start over from the record, with limits. */
  #noteLoss(id: CollectionId, { actor, taskId }: Resident, reason: unknown): void {
    const { clock, log, onBroken, onSettled } = this.#deps;
    const { record } = actor.getSnapshot().context;
    this.#forget(id);
    log.error({ collectionId: id, state: record.state, err: reason }, 'collection actor lost');
    if (taskId !== undefined) onSettled(taskId, CoordError.from(reason));
    const now = clock.monotonicMs();
    this.#losses.push(now);
    while ((this.#losses[0] ?? now) < now - LOSSES_WINDOW_MS) this.#losses.shift();
    if (this.#losses.length > LOSSES_MAX) return onBroken(reason);
    clock.setTimeout(() => this.#summonAgain(id), RESUMMON_DELAY_MS);
  }

  /** By what is committed now: the lost actor's own idea of it may be older. */
  #summonAgain(id: CollectionId): void {
    const record = this.#deps.recordOf(id);
    if (!record || record.state === 'Created' || this.#resident.has(id)) return;
    this.summon(record, 'recovery');
  }
}

function outcomeOf(fact: CollectionFact): CollectionRecord | CoordError {
  switch (fact.type) {
    case 'collection.created':
    case 'collection.dropAccepted':
      return fact.record;
    case 'collection.createFailed':
      return CoordError.from(fact.reason);
    default:
      return unreachable(fact);
  }
}
