import { fromPromise } from 'xstate';
import { collectionMachine } from '../../../machines/root/collection.machine.js';
import { CoordError } from '../../domain/errors.js';
import { invariant } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Peers } from '../../ports/peers.js';
import type { DdlCommand } from '../ddl/commands.js';
import type { DdlOutcome } from '../ddl/replies.js';

export interface CollectionActorDeps {
  readonly peers: Peers;
  /** Hands a lifecycle command to the one writer of the catalog. */
  readonly submit: (command: DdlCommand) => Promise<DdlOutcome>;
}

/** The collection machine with its work filled in; one for all collections. */
export function collectionActors({ peers, submit }: CollectionActorDeps) {
  const { dataCoord, queryCoord, proxies } = peers;
  type Work = { input: CollectionRecord; signal: AbortSignal };
  return collectionMachine.provide({
    actors: {
      watchChannels: fromPromise(({ input, signal }: Work) =>
        dataCoord.watchChannels(input, signal),
      ),
      unwatchChannels: fromPromise(({ input, signal }: Work) =>
        dataCoord.unwatchChannels(input, signal),
      ),
      expireCaches: fromPromise(({ input, signal }: Work) =>
        proxies.expireCollection(input, signal),
      ),
      releaseCollection: fromPromise(({ input, signal }: Work) =>
        queryCoord.releaseCollection(input.id, signal),
      ),
      dropIndexes: fromPromise(({ input, signal }: Work) =>
        dataCoord.dropIndexes(input.id, signal),
      ),
      confirmGarbageCollected: fromPromise(async ({ input, signal }: Work) => {
        if (await dataCoord.isGarbageCollected(input.id, signal)) return;
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

/** The machine every collection actor runs. */
export type CollectionLogic = ReturnType<typeof collectionActors>;
