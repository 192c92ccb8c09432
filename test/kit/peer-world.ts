import { CoordError } from '../../src/domain/errors.js';
import type { DataCoordPeer, Peers, QueryCoordPeer } from '../../src/ports/peers.js';
import type { PeerCaches } from './peer-caches.js';

type Call = keyof DataCoordPeer | keyof QueryCoordPeer;

/** What DataCoord and QueryCoord hold on to, whatever becomes of RootCoord: ids. */
class Ledger {
  readonly watched = new Set<bigint>();
  readonly released = new Set<bigint>();
  readonly indexesDropped = new Set<bigint>();
  /** Collections, or single partitions, whose data DataCoord said to be gone. */
  readonly collected = new Set<bigint>();
  readonly synced = new Set<bigint>();
  readonly partitionsReleased = new Set<bigint>();
}

/**
 * DataCoord and QueryCoord as RootCoord finds them: what they were told to do outlives it, and they
 * fail when told to. What they and the proxies only remember does not: that is in `PeerCaches`.
 */
export class PeerWorld extends Ledger {
  readonly #refusals = new Map<Call, number>();

  /** The next so many calls of this name are refused, before they have any effect. */
  refuseNext(call: Call, count: number): void {
    this.#refusals.set(call, count);
  }

  /** The same world apart from this one, in which nothing is refused. */
  copy(): PeerWorld {
    const world = new PeerWorld();
    for (const name of LEDGERS) for (const id of this[name]) world[name].add(id);
    return world;
  }

  /** All it holds, as a text. */
  fingerprint(): string {
    return LEDGERS.map((name) => `${name} ${[...this[name]].sort().join()}`).join('\n');
  }

  /** @param caches of the process that is to be served. */
  peers(caches: PeerCaches): Peers {
    return {
      dataCoord: {
        watchChannels: async (collection) => {
          this.#judge('watchChannels');
          this.watched.add(collection.id);
          caches.keepSchema(collection);
        },
        unwatchChannels: async ({ id }) => {
          this.#judge('unwatchChannels');
          this.watched.delete(id);
        },
        broadcastAltered: async (collection) => {
          this.#judge('broadcastAltered');
          caches.keepSchema(collection);
        },
        dropIndexes: async (id) => {
          this.#judge('dropIndexes');
          this.indexesDropped.add(id);
        },
        isGarbageCollected: async (collectionId, partitionId) => {
          this.#judge('isGarbageCollected');
          this.collected.add(partitionId ?? collectionId);
          return true;
        },
      },
      queryCoord: this.#queryCoord(),
      proxies: caches.proxies(),
    };
  }

  #queryCoord(): QueryCoordPeer {
    return {
      releaseCollection: async (id) => {
        this.#judge('releaseCollection');
        this.released.add(id);
      },
      syncPartition: async (_, { id }) => {
        this.#judge('syncPartition');
        this.synced.add(id);
      },
      releasePartition: async (_, id) => {
        this.#judge('releasePartition');
        this.partitionsReleased.add(id);
      },
    };
  }

  #judge(call: Call): void {
    const left = this.#refusals.get(call) ?? 0;
    if (left === 0) return;
    this.#refusals.set(call, left - 1);
    throw CoordError.of('ServiceUnavailable', {}, `${call} is refused by the test`);
  }
}

const LEDGERS = [
  'watched',
  'released',
  'indexesDropped',
  'collected',
  'synced',
  'partitionsReleased',
] as const satisfies readonly (keyof Ledger)[];
