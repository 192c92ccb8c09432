import type { Timestamp } from '../domain/timestamp.js';

/** Collections of one database that exist or are being created. */
export interface CollectionCount {
  readonly databaseName: string;
  readonly collections: number;
}

/** How far the safe time of a physical channel is behind the clock. */
export interface ChannelLag {
  readonly channelName: string;
  readonly lagMs: number;
}

export interface ProxyFigure {
  readonly serverId: bigint;
  /** Joining, Active, Lagging or Lost: the state of its session. */
  readonly standing: string;
  /** Since its last report, or since it was first known of. */
  readonly silentForMs: number;
}

/**
 * What RootCoord knows of itself right now. Every answer comes from memory, in time proportional to
 * the databases, channels or proxies it lists and never to the collections there are.
 */
export interface RootFigures {
  readonly databases: number;
  collectionsByDatabase(): Iterable<CollectionCount>;
  /** Partitions that exist or are being created, in all collections. */
  readonly partitions: number;
  /** Physical channels of the pool. */
  readonly dmlChannels: number;
  /** Channels in use; one without any safe time yet is left out. */
  channelLags(): Iterable<ChannelLag>;
  proxies(): Iterable<ProxyFigure>;
  /** Proxies whose caches may be out of date. */
  readonly unreachableProxies: number;
  /** Ids given to others since the start. */
  readonly idsAllocated: number;
  /** Where timestamps are now, to the millisecond. */
  readonly timestamp: Timestamp;
  /** Unix milliseconds: every timestamp stays below. */
  readonly timestampSavedMs: number;
  /** DDL that waits for its turn. */
  readonly ddlQueueLength: number;
  readonly residentCollections: number;
  readonly residentPartitions: number;
  /** Number of the newest change; 0 for an empty journal. */
  readonly journalSequence: bigint;
}
