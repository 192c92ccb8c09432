import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import type { CollectionId, FieldId, IndexId } from '../../src/domain/ids.js';
import type { CollectionRecord } from '../../src/domain/records.js';
import type { CommitLimits, Fence } from '../../src/ports/meta-store.js';
import type { Loads } from '../../src/query/loads.js';
import { startQueryRuntime } from '../../src/query/runtime.js';
import { livingCandidate } from './candidates.js';
import { rowsUnder } from './catalog-store.js';
import { FaultyMetaStore } from './faulty-meta-store.js';
import { silentLogger } from './silent-logger.js';
import { VirtualClock } from './virtual-clock.js';

/** QueryCoord alone on a store in memory, with coordinators that know what a test says. */
export class QueryWorld {
  readonly store: FaultyMetaStore;
  readonly broken: unknown[] = [];
  /** What clients see; a test that drops a collection takes it out. */
  readonly collections = new Map<CollectionId, CollectionRecord>();
  /** Of every collection. */
  readonly indexes = new Map<FieldId, IndexId>();
  #lastId = 1_000n;
  readonly #fence: Fence;

  /** @param limits of one commit; those of the store in memory by default. */
  constructor(limits?: CommitLimits) {
    const state = new MemoryMetaState();
    this.#fence = state.elect(livingCandidate()).fence;
    const inner = new MemoryMetaStore(state, limits ? { limits } : {});
    this.store = new FaultyMetaStore(inner, new VirtualClock());
  }

  /** Loads on what the store holds; those before are forgotten. */
  async start(): Promise<Loads> {
    const { loads } = await startQueryRuntime({
      store: this.store,
      fence: this.#fence,
      log: silentLogger,
      rootCoord: {
        collection: async (id) => this.collections.get(id),
        allocateId: async () => ++this.#lastId,
      },
      indexes: { whileIndexed: (_id, work) => work(this.indexes) },
      settings: { rootPath: 'by-dev', metaSubPath: 'meta' },
      onBroken: (reason) => this.broken.push(reason),
    });
    return loads;
  }

  /** Somebody else's keys, without what all of them begin with. */
  async put(values: Readonly<Record<string, Uint8Array>>): Promise<void> {
    const writes = Object.entries(values).map(([key, value]) => ({
      kind: 'put' as const,
      key: `by-dev/meta/querycoord-${key}`,
      value,
    }));
    await this.store.commit(writes, this.#fence);
  }

  /** Every key, in order, without what all of them begin with. */
  async keys(): Promise<string[]> {
    const rows = await rowsUnder(this.store, 'by-dev/meta/');
    return rows.map(({ key }) => key.slice('by-dev/meta/querycoord-'.length));
  }
}
