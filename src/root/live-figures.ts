import type { TimestampOracle } from '../allocators/timestamp-oracle.js';
import { physicalMsOf, type Timestamp, timestamp } from '../domain/timestamp.js';
import type { Clock } from '../ports/clock.js';
import type {
  ChannelLag,
  CollectionCount,
  ProxyFigure,
  RootFigures,
} from '../ports/root-figures.js';
import type { Catalog } from './catalog/catalog.js';
import type { Journal } from './catalog/journal.js';
import type { DdlSupervisor } from './ddl/ddl-supervisor.js';
import type { Lifecycles } from './lifecycle/lifecycles.js';
import type { Proxies } from './proxies/proxies.js';
import type { RootCoord } from './root-coord.js';
import type { TimeTicks } from './ticks/time-ticks.js';

export interface LiveFiguresDeps {
  readonly rootCoord: Pick<RootCoord, 'idsAllocated'>;
  readonly catalog: Catalog;
  readonly journal: Pick<Journal, 'lastSequence'>;
  readonly oracle: Pick<TimestampOracle, 'physicalNowMs' | 'savedWindowEndMs'>;
  readonly ddl: Pick<DdlSupervisor, 'queueLength'>;
  readonly lifecycles: Pick<Lifecycles, 'collections' | 'partitions'>;
  readonly ticks: Pick<TimeTicks, 'safeTime'>;
  /** Undefined where none can register. */
  readonly proxies: Proxies | undefined;
  readonly clock: Clock;
  /** Physical channels of the pool. */
  readonly dmlChannels: number;
}

/** Reads the parts of RootCoord where they stand; keeps nothing itself. */
export class LiveFigures implements RootFigures {
  readonly #deps: LiveFiguresDeps;

  constructor(deps: LiveFiguresDeps) {
    this.#deps = deps;
  }

  get databases(): number {
    return this.#deps.catalog.countDatabases();
  }

  *collectionsByDatabase(): Generator<CollectionCount> {
    const { catalog } = this.#deps;
    for (const { id, name } of catalog.databases()) {
      yield { databaseName: name, collections: catalog.countCollectionsIn(id) };
    }
  }

  get partitions(): number {
    return this.#deps.catalog.countPartitions();
  }

  get dmlChannels(): number {
    return this.#deps.dmlChannels;
  }

  *channelLags(): Generator<ChannelLag> {
    const { catalog, ticks, clock } = this.#deps;
    const nowMs = clock.nowMs();
    for (const channelName of catalog.channelsInUse()) {
      const safeTime = ticks.safeTime(channelName);
      if (safeTime > 0n) yield { channelName, lagMs: nowMs - physicalMsOf(safeTime) };
    }
  }

  *proxies(): Generator<ProxyFigure> {
    for (const session of this.#deps.proxies?.sessions.all() ?? []) {
      const { member, standing, silentForMs } = session;
      yield { serverId: member.serverId, standing, silentForMs };
    }
  }

  get unreachableProxies(): number {
    return this.#deps.proxies?.caches.unreachable.length ?? 0;
  }

  get idsAllocated(): number {
    return this.#deps.rootCoord.idsAllocated;
  }

  get timestamp(): Timestamp {
    return timestamp(this.#deps.oracle.physicalNowMs(), 0);
  }

  get timestampSavedMs(): number {
    return this.#deps.oracle.savedWindowEndMs();
  }

  get ddlQueueLength(): number {
    return this.#deps.ddl.queueLength;
  }

  get residentCollections(): number {
    return this.#deps.lifecycles.collections.residentCount;
  }

  get residentPartitions(): number {
    return this.#deps.lifecycles.partitions.residentCount;
  }

  get journalSequence(): bigint {
    return this.#deps.journal.lastSequence;
  }
}
