import type { DatabaseId } from '../../domain/ids.js';
import type { CollectionRecord, LifecycleState } from '../../domain/records.js';

/** An object counts against limits from its first record until it is being dropped. */
export const isLive = ({ state }: { readonly state: LifecycleState }): boolean =>
  state === 'Creating' || state === 'Created';

/** Dropped, but not for good: it can be taken back. */
export const isKeptDrop = ({ state }: { readonly state: LifecycleState }): boolean =>
  state === 'Dropping';

/** Dropped partitions of a collection that is there which can be taken back. */
export const keptPartitionsOf = ({ partitions }: CollectionRecord): number =>
  partitions.filter(isKeptDrop).length;

/** Sums that follow from the records; kept apart so that a draft can hold differences of them. */
export class CatalogTotals {
  readonly #liveByDatabase = new Map<DatabaseId, number>();
  readonly #channelReferences = new Map<string, number>();
  live = 0;
  partitions = 0;
  capacity = 0;
  keptCollections = 0;
  keptPartitions = 0;
  databases = 0;

  liveIn(databaseId: DatabaseId): number {
    return this.#liveByDatabase.get(databaseId) ?? 0;
  }

  channelReferences(physicalChannel: string): number {
    return this.#channelReferences.get(physicalChannel) ?? 0;
  }

  /** Physical channels of any record, of a dropped one, too, as long as it is not purged. */
  channelsInUse(): string[] {
    const used = [...this.#channelReferences].filter(([, references]) => references > 0);
    return used.map(([channel]) => channel);
  }

  /** Adds (`sign` 1) or takes back (−1) what one record contributes. */
  count(record: CollectionRecord, sign: 1 | -1): void {
    for (const channel of record.physicalChannels) {
      this.#channelReferences.set(channel, this.channelReferences(channel) + sign);
    }
    if (isKeptDrop(record)) this.keptCollections += sign;
    if (!isLive(record)) return;
    this.live += sign;
    this.keptPartitions += sign * keptPartitionsOf(record);
    const partitions = record.partitions.filter(isLive).length;
    this.partitions += sign * partitions;
    this.capacity += sign * partitions * record.shardsNum;
    this.#liveByDatabase.set(record.databaseId, this.liveIn(record.databaseId) + sign);
  }
}
