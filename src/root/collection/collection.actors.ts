import { createActor, fromPromise, type InspectionEvent } from 'xstate';
import {
  type CollectionFact,
  collectionMachine,
} from '../../../machines/root/collection.machine.js';
import { xstateClock } from '../../actors/xstate-clock.js';
import { CoordError } from '../../domain/errors.js';
import type { CollectionId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Clock } from '../../ports/clock.js';
import type { Peers } from '../../ports/peers.js';
import type { Catalog } from '../catalog/catalog.js';
import { isLive } from '../catalog/catalog-totals.js';
import type { LifecycleCommand } from '../ddl/commands.js';
import type { DdlOutcome } from '../ddl/replies.js';
import { isFinalBy, waitWhileKept } from '../lifecycle/kept-drops.js';
import type { LifecycleActor, LifecycleKind, Origin } from '../lifecycle/lifecycle-actor.js';
import type { Announcer } from '../messages/dd-announcer.js';

export interface LifecycleDeps {
  readonly peers: Peers;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly catalog: Catalog;
  /** How long a drop can be taken back. */
  readonly undropKeepMs: number;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
  /** Hands a lifecycle command to the one writer of the catalog. */
  readonly submit: (command: LifecycleCommand) => Promise<DdlOutcome>;
}

/** The collection machine with its work filled in; one for all collections. */
export function collectionActors(deps: LifecycleDeps) {
  const { peers, announcer, submit, clock, undropKeepMs } = deps;
  const { dataCoord, queryCoord, proxies } = peers;
  type Work = { input: CollectionRecord; signal: AbortSignal };
  return collectionMachine.provide({
    actors: {
      sendCreate: fromPromise(({ input }: Work) => announcer.createCollection(input)),
      sendDrop: fromPromise(({ input, signal }: Work) => announcer.dropCollection(input, signal)),
      watchChannels: fromPromise(({ input, signal }: Work) =>
        dataCoord.watchChannels(input, signal),
      ),
      unwatchChannels: fromPromise(({ input, signal }: Work) =>
        dataCoord.unwatchChannels(input, signal),
      ),
      expireCaches: fromPromise(({ input, signal }: Work) =>
        proxies.expireCollection(input, signal),
      ),
      announceAltered: fromPromise(async ({ input, signal }: Work) => {
        await proxies.expireCollection(input, signal);
        await dataCoord.broadcastAltered(input, signal);
      }),
      releaseCollection: fromPromise(({ input, signal }: Work) =>
        queryCoord.releaseCollection(input.id, signal),
      ),
      waitWhileKept: fromPromise(({ input, signal }: Work) =>
        waitWhileKept(clock, undropKeepMs, input.updatedAt, signal),
      ),
      confirmDrop: fromPromise(({ input, signal }: Work) =>
        isFinalBy(() => submit({ kind: 'confirmDrop', collectionId: input.id }), clock, signal),
      ),
      dropIndexes: fromPromise(({ input, signal }: Work) =>
        dataCoord.dropIndexes(input.id, signal),
      ),
      confirmGarbageCollected: fromPromise(async ({ input, signal }: Work) => {
        if (await dataCoord.isGarbageCollected(input.id, undefined, signal)) return;
        throw CoordError.of('ServiceUnavailable', {}, 'data of the collection is still there');
      }),
      commitCreated: fromPromise(async ({ input }: Work) => {
        const created = await submit({ kind: 'markCreated', record: input });
        invariant(created, 'marking a collection Created leaves a record');
        return created;
      }),
      purgeRecord: fromPromise(async ({ input }: Work) => {
        await submit({ kind: 'purgeCollection', collectionId: input.id });
      }),
    },
  });
}

/** Collections as residency keeps them. */
export function collectionKind(deps: LifecycleDeps): LifecycleKind<CollectionId, CollectionRecord> {
  const logic = collectionActors(deps);
  return {
    word: 'collection',
    idOf: ({ id }) => id,
    unfinished: (id) => {
      const record = deps.catalog.collectionById(id);
      return record?.state === 'Created' ? undefined : record;
    },
    create: (record, origin, listener) => {
      const actor = createActor(logic, {
        id: `collection:${record.id}`,
        input: { record, origin },
        clock: xstateClock(deps.clock),
        ...(deps.inspect ? { inspect: deps.inspect } : {}),
      });
      actor.on('*', (fact) => listener.onSettled(outcomeOf(fact)));
      actor.subscribe({
        next: (snapshot) => listener.onRest(snapshot.hasTag('passivatable')),
        complete: listener.onGone,
        error: listener.onLost,
      });
      const awake: LifecycleActor<CollectionRecord> = {
        start: () => void actor.start(),
        stop: () => void actor.stop(),
        tell: (news, why) => {
          const wasLive = isLive(actor.getSnapshot().context.record);
          actor.send({ type: eventOf(news, why, wasLive), record: news });
        },
      };
      return awake;
    },
  };
}

/** How the actor hears of its record's newest version. */
function eventOf(record: CollectionRecord, origin: Origin, wasLive: boolean) {
  if (origin === 'sweep') return 'collection.sweep';
  if (!isLive(record)) return 'collection.drop';
  return wasLive ? 'collection.alter' : 'collection.undrop';
}

function outcomeOf(fact: CollectionFact): CollectionRecord | CoordError {
  switch (fact.type) {
    case 'collection.created':
    case 'collection.altered':
    case 'collection.dropAccepted':
      return fact.record;
    case 'collection.createFailed':
      return CoordError.from(fact.reason);
    default:
      return unreachable(fact);
  }
}
