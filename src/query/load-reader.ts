import type { CollectionId, PartitionId } from '../domain/ids.js';
import type { LoadProgress, ProgressOf } from '../domain/loads/load-progress.js';
import type { LoadRecord } from '../domain/loads/load-record.js';
import { type QuerySegmentInfo, ReplicaInfo } from '../gen/milvus.js';
import type { LoadView } from '../ports/peers.js';
import type { LoadLedger } from './load-ledger.js';

/** Nothing has to be read into memory here, so what is loaded is loaded at once: on paper only. */
const LOADED: LoadProgress = { percent: 100n, refreshPercent: 100n, isSearchable: false };

/** What is loaded, at once and from memory. */
export class LoadReader implements LoadView {
  readonly #ledger: LoadLedger;
  readonly view: LoadView = this;

  constructor(ledger: LoadLedger) {
    this.#ledger = ledger;
  }

  /** Undefined when nothing of the collection is loaded. */
  find(collectionId: CollectionId): LoadRecord | undefined {
    return this.#ledger.find(collectionId);
  }

  isCollectionLoaded(collectionId: CollectionId): boolean {
    return this.#ledger.find(collectionId) !== undefined;
  }

  isPartitionLoaded(collectionId: CollectionId, partitionId: PartitionId): boolean {
    return this.#ledger.find(collectionId)?.partitionIds.has(partitionId) ?? false;
  }

  async collections(): Promise<ProgressOf<CollectionId>> {
    return (id) => (this.isCollectionLoaded(id) ? LOADED : undefined);
  }

  async partitions(collectionId: CollectionId): Promise<ProgressOf<PartitionId>> {
    return (id) => (this.isPartitionLoaded(collectionId, id) ? LOADED : undefined);
  }

  async replicas(collectionID: CollectionId): Promise<readonly ReplicaInfo[]> {
    const replicas = this.find(collectionID)?.replicas ?? [];
    return replicas.map(({ id: replicaID, resourceGroup: resourceGroupName }) =>
      ReplicaInfo.fromPartial({ replicaID, collectionID, resourceGroupName }),
    );
  }

  /** No node holds any. */
  async segments(): Promise<readonly QuerySegmentInfo[]> {
    return [];
  }
}
