import type { PartitionSubject } from '../../../machines/root/partition.machine.js';
import type { CoordError } from '../../domain/errors.js';
import type { CollectionId, PartitionId, TaskId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { ProxyPeers } from '../../ports/peers.js';
import type { Catalog } from '../catalog/catalog.js';
import { isLive } from '../catalog/catalog-totals.js';
import type { FollowUp } from '../ddl/plan.js';
import type { DdlOutcome } from '../ddl/replies.js';
import type { Residency } from './residency.js';

export interface LifecyclesDeps {
  readonly catalog: Catalog;
  readonly proxies: ProxyPeers;
  readonly collections: Residency<CollectionId, CollectionRecord>;
  readonly partitions: Residency<PartitionId, PartitionSubject>;
  readonly onSettled: (taskId: TaskId, outcome: DdlOutcome | CoordError) => void;
}

type Begun = Exclude<FollowUp, { kind: 'settle' | 'refuse' }>;
type ExpireAlias = Extract<Begun, { kind: 'expireAlias' }>;

/** What begins once a commit is durable: actors are woken, or proxies told. */
export class Lifecycles {
  readonly #deps: LifecyclesDeps;
  /** Aborted when nobody waits for proxies any more. */
  readonly #closing = new AbortController();

  constructor(deps: LifecyclesDeps) {
    this.#deps = deps;
  }

  get collections(): Residency<CollectionId, CollectionRecord> {
    return this.#deps.collections;
  }

  get partitions(): Residency<PartitionId, PartitionSubject> {
    return this.#deps.partitions;
  }

  /** Begins what a plan says and settles the task when its caller may have its answer. */
  follow(followUp: Begun, taskId: TaskId): void {
    const { partitions, proxies } = this.#deps;
    switch (followUp.kind) {
      case 'summon':
        return this.#summonCollection(followUp, taskId);
      case 'summonPartition':
        return partitions.summon(followUp.subject, followUp.origin, taskId);
      case 'expireDatabase':
        return this.#settleAfter(proxies.expireDatabase(followUp.databaseName), taskId);
      case 'expireAlias':
        return this.#settleAfter(this.#expireAlias(followUp), taskId);
      default:
        return unreachable(followUp);
    }
  }

  /** A crash left these between two words of their life: undo Creating, finish the others. */
  wakeUnfinished(): void {
    for (const record of [...this.#deps.catalog.allCollections()]) {
      if (record.state !== 'Created') this.#deps.collections.summon(record, 'recovery');
      else this.#wakePartitions(record);
    }
  }

  close(): void {
    this.#closing.abort();
    this.#deps.collections.close();
    this.#deps.partitions.close();
  }

  /** A collection takes its partitions with it, and brings back what they were at. */
  #summonCollection({ record, origin }: Extract<Begun, { kind: 'summon' }>, taskId: TaskId): void {
    const isGoing = !isLive(record);
    if (isGoing) this.#endPartitions(record);
    this.#deps.collections.summon(record, origin, taskId);
    if (!isGoing) this.#wakePartitions(record);
  }

  #endPartitions(collection: CollectionRecord): void {
    for (const partition of collection.partitions) {
      this.#deps.partitions.notify({ collection, partition }, 'ddl');
    }
  }

  #wakePartitions(collection: CollectionRecord): void {
    for (const partition of collection.partitions) {
      if (partition.state === 'Created' || this.#deps.partitions.isAwake(partition.id)) continue;
      this.#deps.partitions.summon({ collection, partition }, 'recovery');
    }
  }

  async #expireAlias({ databaseName, alias, collections }: ExpireAlias): Promise<void> {
    const { proxies } = this.#deps;
    const { signal } = this.#closing;
    await Promise.allSettled([
      proxies.expireAlias(databaseName, alias),
      ...collections.map((record) => proxies.expireCollection(record, signal)),
    ]);
  }

  /** No proxy can fail a DDL that is committed: whatever it answers, the caller has its own. */
  #settleAfter(told: Promise<void>, taskId: TaskId): void {
    const settle = () => this.#deps.onSettled(taskId, undefined);
    told.then(settle, settle);
  }
}
