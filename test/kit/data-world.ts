import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import type { DataCoord } from '../../src/data/data-coord.js';
import type { FlushedSegment } from '../../src/data/indexes/segment-view.js';
import { type DataRuntime, startDataRuntime } from '../../src/data/runtime.js';
import type { CollectionRecord } from '../../src/domain/records.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import type { Fence } from '../../src/ports/meta-store.js';
import { livingCandidate } from './candidates.js';
import { FaultyMetaStore } from './faulty-meta-store.js';
import { HeldIndexNodes } from './held-index-nodes.js';
import { silentLogger } from './silent-logger.js';
import { VirtualClock } from './virtual-clock.js';

/** DataCoord alone on a store in memory, with a RootCoord that knows what a test says. */
export class DataWorld {
  readonly clock = new VirtualClock();
  readonly #state = new MemoryMetaState();
  readonly store = new FaultyMetaStore(new MemoryMetaStore(this.#state), this.clock);
  readonly broken: unknown[] = [];
  /** What clients see; a test that drops a collection takes it out. */
  readonly collections: CollectionRecord[] = [];
  /** Flushed segments of every collection. */
  readonly segments: FlushedSegment[] = [];
  readonly indexNodes = new HeldIndexNodes();
  /** Counts ids and timestamps alike. */
  #last = 1_000n;
  readonly #fence: Fence = this.#state.elect(livingCandidate()).fence;

  /** A DataCoord on what the store holds; the one before it is forgotten. */
  async start(): Promise<DataCoord> {
    return (await this.run()).dataCoord;
  }

  /** The same, to be stopped in order. */
  async run(): Promise<DataRuntime> {
    const next = async () => ++this.#last;
    return startDataRuntime({
      store: this.store,
      fence: this.#fence,
      clock: this.clock,
      log: silentLogger,
      rootCoord: {
        collection: async (id) => this.collections.find((record) => record.id === id),
        allocateId: next,
        allocateTimestamp: async () => (await next()) as Timestamp,
      },
      segments: { segmentsOf: () => this.segments },
      indexNodes: this.indexNodes,
      settings: { rootPath: 'by-dev', metaSubPath: 'meta' },
      onBroken: (reason) => this.broken.push(reason),
    });
  }

  /** Somebody else's key. */
  async put(key: string): Promise<void> {
    await this.store.commit([{ kind: 'put', key, value: new Uint8Array([1]) }], this.#fence);
  }

  async remove(key: string): Promise<void> {
    await this.store.commit([{ kind: 'remove', key }], this.#fence);
  }

  /** Every key, in order. */
  async keys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of this.store.scan('by-dev/')) keys.push(...page.map(({ key }) => key));
    return keys;
  }
}
