import { lonelyPeers } from '../../src/adapters/in-process/peers.js';
import { CoordError } from '../../src/domain/errors.js';
import type { CollectionId } from '../../src/domain/ids.js';
import type { Peers } from '../../src/ports/peers.js';

type Call = 'watchChannels' | 'unwatchChannels' | 'releaseCollection' | 'isGarbageCollected';

/** DataCoord and QueryCoord as RootCoord finds them: they outlive it, and they fail when told to. */
export class PeerWorld {
  readonly watched = new Set<CollectionId>();
  readonly released = new Set<CollectionId>();
  readonly #refusals = new Map<Call, number>();

  /** The next so many calls of this name are refused, before they have any effect. */
  refuseNext(call: Call, count: number): void {
    this.#refusals.set(call, count);
  }

  /** Whatever was to be refused is not any more; a restart finds healthy peers. */
  recover(): void {
    this.#refusals.clear();
  }

  peers(): Peers {
    const { dataCoord, queryCoord, proxies } = lonelyPeers();
    return {
      dataCoord: {
        ...dataCoord,
        watchChannels: async ({ id }) => {
          this.#judge('watchChannels');
          this.watched.add(id);
        },
        unwatchChannels: async ({ id }) => {
          this.#judge('unwatchChannels');
          this.watched.delete(id);
        },
        isGarbageCollected: async () => {
          this.#judge('isGarbageCollected');
          return true;
        },
      },
      queryCoord: {
        ...queryCoord,
        releaseCollection: async (id) => {
          this.#judge('releaseCollection');
          this.released.add(id);
        },
      },
      proxies,
    };
  }

  #judge(call: Call): void {
    const left = this.#refusals.get(call) ?? 0;
    if (left === 0) return;
    this.#refusals.set(call, left - 1);
    throw CoordError.of('ServiceUnavailable', {}, `${call} is refused by the test`);
  }
}
