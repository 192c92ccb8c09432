import { MsgType } from '../../gen/common.js';
import type { CacheInvalidation } from '../../ports/proxy-clients.js';

/** Requests kept for one proxy: it hears them one by one before it counts as reachable again. */
const MISSED_MAX = 256;

/**
 * What one proxy was not told, each request once. Emptying its databases, as far as they are still
 * there, makes up for all of it but drops: it neither reaches a database that is gone nor stops the
 * streams of a collection. So beyond the limit the oldest of the others go first, then the oldest
 * drops of collections, and drops of databases last.
 */
export class MissedInvalidations {
  readonly #dropsOfDatabases = new Map<string, CacheInvalidation>();
  readonly #dropsOfCollections = new Map<string, CacheInvalidation>();
  readonly #others = new Map<string, CacheInvalidation>();

  add(request: CacheInvalidation): void {
    const alike = this.#alike(request);
    const key = keyOf(request);
    // Deleted first: what was said again is the latest.
    alike.delete(key);
    alike.set(key, request);
    if (this.#size > MISSED_MAX) this.#forgetOne();
  }

  /** What was taken and not told after all: it is older than what came since. */
  putBack(requests: readonly CacheInvalidation[]): void {
    for (const request of [...requests, ...this.take()]) this.add(request);
  }

  /** All of it, in no order that matters; nothing is left. */
  take(): CacheInvalidation[] {
    const all = this.#kinds.flatMap((kind) => [...kind.values()]);
    for (const kind of this.#kinds) kind.clear();
    return all;
  }

  /** In the order in which they are given up. */
  get #kinds() {
    return [this.#others, this.#dropsOfCollections, this.#dropsOfDatabases];
  }

  get #size(): number {
    return this.#kinds.reduce((sum, { size }) => sum + size, 0);
  }

  #alike({ base }: CacheInvalidation): Map<string, CacheInvalidation> {
    if (base?.msgType === MsgType.DropDatabase) return this.#dropsOfDatabases;
    if (base?.msgType === MsgType.DropCollection) return this.#dropsOfCollections;
    return this.#others;
  }

  #forgetOne(): void {
    const kind = this.#kinds.find(({ size }) => size > 0);
    const [oldest] = kind?.keys() ?? [];
    if (oldest !== undefined) kind?.delete(oldest);
  }
}

/** Requests with the same key evict the same. */
function keyOf(request: CacheInvalidation): string {
  const { base, dbName, collectionName, collectionID, partitionName } = request;
  const names = [dbName, collectionName, partitionName];
  return JSON.stringify([base?.msgType, String(collectionID), ...names]);
}
