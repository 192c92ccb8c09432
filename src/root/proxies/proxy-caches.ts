import type { CollectionRecord, DatabaseRecord, PartitionRecord } from '../../domain/records.js';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { Member } from '../../ports/membership.js';
import type { ProxyPeers } from '../../ports/peers.js';
import type { CacheInvalidation, ProxyClients, StreamRelease } from '../../ports/proxy-clients.js';
import type { CatalogView } from '../catalog/catalog-view.js';
import {
  aliasInvalidation,
  collectionInvalidation,
  databaseInvalidation,
  partitionInvalidation,
} from './cache-invalidations.js';
import { CachedProxy } from './cached-proxy.js';

export interface ProxyCachesDeps {
  readonly clients: ProxyClients;
  readonly clock: Clock;
  readonly log: Logger;
  readonly catalog: Pick<CatalogView, 'databaseById'> & {
    databases(): Iterable<DatabaseRecord>;
  };
  /** Server id of this coordinator. */
  readonly sourceId: bigint;
  /** How long one proxy may hold a DDL. */
  readonly deadlineMs: number;
}

/**
 * The caches of all proxies: emptied after a commit, all at once, each within its deadline. A proxy
 * that fails holds nobody back and fails nothing; it is told everything once it can be reached
 * (facts/rootcoord §12.2). Which proxies there are is for the sessions to say.
 */
export class ProxyCaches implements ProxyPeers {
  readonly #deps: ProxyCachesDeps;
  readonly #proxies = new Map<bigint, CachedProxy>();

  constructor(deps: ProxyCachesDeps) {
    this.#deps = deps;
  }

  /**
   * A proxy is there, or there again. What it heard last is unknown, so it is told everything; to a
   * fresh one that means nothing.
   */
  join(member: Member): void {
    const known = this.#proxies.get(member.serverId);
    if (known?.member.address === member.address) return known.reset();
    known?.close();
    const proxy = this.#connect(member);
    this.#proxies.set(member.serverId, proxy);
    proxy.reset();
  }

  /** A proxy that was out of reach is heard of: its time has come at once. */
  reset(serverId: bigint): void {
    this.#proxies.get(serverId)?.reset();
  }

  leave(serverId: bigint): void {
    this.#proxies.get(serverId)?.close();
    this.#proxies.delete(serverId);
  }

  /** Those whose caches may be out of date. */
  get unreachable(): readonly Member[] {
    return [...this.#proxies.values()]
      .filter(({ isReachable }) => !isReachable)
      .map(({ member }) => member);
  }

  /** Settles when every proxy has forgotten or is marked for a reset. Never rejects. */
  async invalidate(request: CacheInvalidation): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.tell(request)));
  }

  /** Settles when every proxy has let go. @throws CoordError of the first that has not. */
  async releaseDqlMessageStream(request: StreamRelease): Promise<void> {
    const proxies = [...this.#proxies.values()];
    await Promise.all(proxies.map((proxy) => proxy.releaseDqlMessageStream(request)));
  }

  async expireCollection(collection: CollectionRecord): Promise<void> {
    await this.invalidate(collectionInvalidation(collection, this.#deps.sourceId));
  }

  async expirePartition(collection: CollectionRecord, partition: PartitionRecord): Promise<void> {
    const { catalog, sourceId } = this.#deps;
    const database = catalog.databaseById(collection.databaseId)?.name ?? '';
    await this.invalidate(partitionInvalidation(collection, partition, database, sourceId));
  }

  async expireAlias(databaseName: string, alias: string): Promise<void> {
    await this.invalidate(aliasInvalidation(databaseName, alias, this.#deps.sourceId));
  }

  async expireDatabase(databaseName: string): Promise<void> {
    await this.invalidate(databaseInvalidation(databaseName, this.#deps.sourceId));
  }

  close(): void {
    for (const proxy of this.#proxies.values()) proxy.close();
    this.#proxies.clear();
  }

  #connect(member: Member): CachedProxy {
    const { clients, clock, log, catalog, sourceId, deadlineMs } = this.#deps;
    return new CachedProxy(member, {
      client: clients.connect(member),
      clock,
      log,
      deadlineMs,
      everything: () =>
        [...catalog.databases()].map(({ name }) => databaseInvalidation(name, sourceId)),
    });
  }
}
