import type { Peers } from '../../ports/peers.js';

/**
 * Peers of a process that is alone: nothing holds segments, indexes, loaded collections or caches
 * yet, so every request is already fulfilled when it is asked. DataCoord and the proxies move in
 * behind the same port.
 */
export const lonelyPeers = (): Peers => ({
  dataCoord: {
    watchChannels: async () => {},
    unwatchChannels: async () => {},
    broadcastAltered: async () => {},
    dropIndexes: async () => {},
    isGarbageCollected: async () => true,
  },
  queryCoord: {
    releaseCollection: async () => {},
    syncPartition: async () => {},
    releasePartition: async () => {},
  },
  proxies: {
    expireCollection: async () => {},
    expirePartition: async () => {},
    expireAlias: async () => {},
    expireDatabase: async () => {},
  },
});
