import { CoordError } from '../domain/errors.js';
import type { CollectionId, PartitionId } from '../domain/ids.js';
import type { LoadRecord } from '../domain/loads/load-record.js';
import type { LoadView } from '../ports/peers.js';
import type { LoadLedger } from './load-ledger.js';

/** Nothing has to be read into memory here, so what is loaded is loaded at once. */
export const LOADED_PERCENT = 100n;

/** What is loaded, at once and from memory. */
export class LoadReader implements LoadView {
  readonly #ledger: LoadLedger;

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

  /** @throws CoordError `CollectionNotLoaded`. */
  assertLoaded(collectionId: CollectionId): void {
    if (this.isCollectionLoaded(collectionId)) return;
    throw CoordError.of('CollectionNotLoaded', { collection: collectionId });
  }

  /** @throws CoordError `PartitionNotLoaded` for the first that is not. */
  assertPartitionsLoaded(collectionId: CollectionId, ids: readonly PartitionId[]): void {
    const missing = ids.find((id) => !this.isPartitionLoaded(collectionId, id));
    if (missing === undefined) return;
    throw CoordError.of('PartitionNotLoaded', { partition: missing });
  }
}
