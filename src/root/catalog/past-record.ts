import type { DatabaseId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import { decodeImage, encodeImage } from './collection.codec.js';

/**
 * A collection as it was, packed into bytes: a tenth of the memory of a live record. The past grows
 * with every drop for as long as it is kept, and is seldom looked at.
 */
export class PastRecord {
  readonly databaseId: DatabaseId;
  readonly name: string;
  readonly #image: Uint8Array;
  /** Whoever looks at a moment looks more than once; the collector takes it when memory is short. */
  #unpacked: WeakRef<CollectionRecord> | undefined;

  constructor(record: CollectionRecord) {
    this.databaseId = record.databaseId;
    this.name = record.name;
    this.#image = encodeImage(record);
  }

  unpack(): CollectionRecord {
    const record = this.#unpacked?.deref() ?? decodeImage(this.#image);
    this.#unpacked = new WeakRef(record);
    return record;
  }
}
