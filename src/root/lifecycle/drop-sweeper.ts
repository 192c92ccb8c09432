import type { TimestampOracle } from '../../allocators/timestamp-oracle.js';
import type { CollectionId } from '../../domain/ids.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { Catalog } from '../catalog/catalog.js';
import { isKeptDrop } from '../catalog/catalog-totals.js';
import type { History, PartitionDrop } from '../catalog/history.js';
import { TurnPacer } from '../ddl/turn-pacer.js';
import { partitionSubject } from '../partition/partition.actors.js';
import { dueCollections, duePartitions, type KeepRules } from './due-drops.js';
import type { Lifecycles } from './lifecycles.js';

/** A kept drop becomes final this much late at most; nobody waits for it. */
const SWEEP_INTERVAL_MS = 5_000;

export interface DropSweeperDeps {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly history: History;
  readonly lifecycles: Lifecycles;
  /** A drop becomes final by a timestamp, which may differ from the clock. */
  readonly oracle: Pick<TimestampOracle, 'physicalNowMs'>;
  readonly rules: KeepRules;
}

/**
 * Wakes the actors of kept drops that are to become final. Thousands wait for nothing but the time
 * and are dismissed meanwhile; of more than may be kept, the oldest need not wait any longer.
 */
export class DropSweeper {
  readonly #deps: DropSweeperDeps;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(deps: DropSweeperDeps) {
    this.#deps = deps;
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = this.#deps.clock.setTimeout(() => void this.#sweep(), SWEEP_INTERVAL_MS);
  }

  /** Spread over turns of the event loop: to wake thousands takes a while. */
  async #sweep(): Promise<void> {
    const { clock, catalog, history, oracle, rules } = this.#deps;
    const pacer = new TurnPacer(clock);
    for (const { id } of dueCollections(catalog, rules, oracle.physicalNowMs())) {
      await pacer.pause();
      this.#wakeCollection(id);
    }
    for (const drop of duePartitions(catalog, history, rules, oracle.physicalNowMs())) {
      await pacer.pause();
      this.#wakePartition(drop);
    }
    if (!this.#isStopped) this.#schedule();
  }

  /** It may have been taken back since the sweep began. */
  #wakeCollection(id: CollectionId): void {
    const { catalog, lifecycles } = this.#deps;
    const record = catalog.collectionById(id);
    if (record && isKeptDrop(record)) lifecycles.collections.summon(record, 'sweep');
  }

  #wakePartition({ collectionId, partitionId }: PartitionDrop): void {
    const { catalog, lifecycles } = this.#deps;
    const subject = partitionSubject(catalog, collectionId, partitionId);
    const isKept = subject?.collection.state === 'Created' && isKeptDrop(subject.partition);
    if (isKept) lifecycles.partitions.summon(subject, 'sweep');
  }
}
