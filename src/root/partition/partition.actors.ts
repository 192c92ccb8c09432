import { createActor, fromPromise } from 'xstate';
import {
  type PartitionEvent,
  type PartitionFact,
  type PartitionSubject,
  partitionMachine,
} from '../../../machines/root/partition.machine.js';
import { xstateClock } from '../../actors/xstate-clock.js';
import { CoordError } from '../../domain/errors.js';
import type { PartitionId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Catalog } from '../catalog/catalog.js';
import { isLive } from '../catalog/catalog-totals.js';
import type { History } from '../catalog/history.js';
import type { LifecycleDeps } from '../collection/collection.actors.js';
import { isFinalBy, waitWhileKept } from '../lifecycle/kept-drops.js';
import type { LifecycleActor, LifecycleKind, Origin } from '../lifecycle/lifecycle-actor.js';

export interface PartitionLifecycleDeps extends LifecycleDeps {
  readonly history: History;
}

/** The partition machine with its work filled in; one for all partitions. */
export function partitionActors(deps: PartitionLifecycleDeps) {
  const { peers, announcer, submit, catalog, history, clock, undropKeepMs } = deps;
  const { dataCoord, queryCoord, proxies } = peers;
  type Work = { input: PartitionSubject; signal: AbortSignal };
  const idsOf = ({ collection, partition }: PartitionSubject) => ({
    collectionId: collection.id,
    partitionId: partition.id,
  });
  const expire = ({ input: { collection, partition }, signal }: Work) =>
    proxies.expirePartition(collection, partition, signal);
  return partitionMachine.provide({
    actors: {
      sendCreate: fromPromise(({ input }: Work) => announcer.createPartition(input)),
      sendDrop: fromPromise(({ input, signal }: Work) => announcer.dropPartition(input, signal)),
      syncPartition: fromPromise(({ input: { collection, partition }, signal }: Work) =>
        queryCoord.syncPartition(collection.id, partition, signal),
      ),
      commitCreated: fromPromise(async ({ input }: Work) => {
        const ids = idsOf(input);
        await submit({ kind: 'markPartitionCreated', ...ids });
        const subject = partitionSubject(catalog, ids.collectionId, ids.partitionId);
        invariant(subject, 'marking a partition Created leaves its record');
        return subject;
      }),
      expireCaches: fromPromise(expire),
      announceUndropped: fromPromise(expire),
      releasePartition: fromPromise(({ input: { collection, partition }, signal }: Work) =>
        queryCoord.releasePartition(collection.id, partition.id, signal),
      ),
      waitWhileKept: fromPromise(({ input, signal }: Work) => {
        const droppedAt = history.partitionDroppedAt(idsOf(input).partitionId);
        return waitWhileKept(clock, undropKeepMs, droppedAt, signal);
      }),
      confirmDrop: fromPromise(({ input, signal }: Work) => {
        const ids = idsOf(input);
        const droppedAt = history.partitionDroppedAt(ids.partitionId);
        const confirm = () => submit({ kind: 'confirmPartitionDrop', ...ids, droppedAt });
        return isFinalBy(confirm, clock, signal);
      }),
      confirmGarbageCollected: fromPromise(async ({ input, signal }: Work) => {
        const { collectionId, partitionId } = idsOf(input);
        if (await dataCoord.isGarbageCollected(collectionId, partitionId, signal)) return;
        throw CoordError.of('ServiceUnavailable', {}, 'data of the partition is still there');
      }),
      purgeRecord: fromPromise(async ({ input }: Work) => {
        await submit({ kind: 'purgePartition', ...idsOf(input) });
      }),
    },
  });
}

/** A partition with its collection as they were committed last; undefined when it is gone. */
export function partitionSubject(
  catalog: Catalog,
  collectionId: CollectionRecord['id'],
  partitionId: PartitionId,
): PartitionSubject | undefined {
  const collection = catalog.collectionById(collectionId);
  const partition = collection?.partitions.find(({ id }) => id === partitionId);
  return collection && partition && { collection, partition };
}

/** Partitions as residency keeps them. */
export function partitionKind(
  deps: PartitionLifecycleDeps,
): LifecycleKind<PartitionId, PartitionSubject> {
  const logic = partitionActors(deps);
  return {
    word: 'partition',
    idOf: ({ partition }) => partition.id,
    unfinished: (id) => unfinishedPartition(deps.catalog, id),
    create: (subject, origin, listener) => {
      const actor = createActor(logic, {
        id: `partition:${subject.partition.id}`,
        input: { subject, origin },
        clock: xstateClock(deps.clock),
        ...(deps.inspect ? { inspect: deps.inspect } : {}),
      });
      actor.on('*', (fact) => listener.onSettled(outcomeOf(fact)));
      actor.subscribe({
        next: (snapshot) => listener.onRest(snapshot.hasTag('passivatable')),
        complete: listener.onGone,
        error: listener.onLost,
      });
      const awake: LifecycleActor<PartitionSubject> = {
        start: () => void actor.start(),
        stop: () => void actor.stop(),
        tell: (news, why) => actor.send(eventOf(news, why)),
      };
      return awake;
    },
  };
}

/** How the actor hears of what was committed. */
function eventOf(subject: PartitionSubject, origin: Origin): PartitionEvent {
  const { collection, partition } = subject;
  if (!isLive(collection)) {
    const reason = CoordError.of('CollectionNotFound', { collection: collection.id });
    return { type: 'partition.collectionDropped', reason };
  }
  if (origin === 'sweep') return { type: 'partition.sweep', subject };
  return { type: isLive(partition) ? 'partition.undrop' : 'partition.drop', subject };
}

/** Seldom asked: only when an actor was lost. */
function unfinishedPartition(catalog: Catalog, id: PartitionId): PartitionSubject | undefined {
  for (const collection of catalog.allCollections()) {
    const partition = collection.partitions.find((other) => other.id === id);
    if (partition && partition.state !== 'Created') return { collection, partition };
  }
  return undefined;
}

function outcomeOf(fact: PartitionFact): CollectionRecord | CoordError {
  switch (fact.type) {
    case 'partition.created':
    case 'partition.dropAccepted':
    case 'partition.undropped':
      return fact.subject.collection;
    case 'partition.createFailed':
      return CoordError.from(fact.reason);
    default:
      return unreachable(fact);
  }
}
