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
  #unpacked: WeakRef<CollectionRecord>;

  private constructor(record: CollectionRecord, image: Uint8Array) {
    this.databaseId = record.databaseId;
    this.name = record.name;
    this.#image = image;
    this.#unpacked = new WeakRef(record);
  }

  static of(record: CollectionRecord): PastRecord {
    return new PastRecord(record, encodeImage(record));
  }

  /** As the journal holds it; the bytes are copied, or a page of the store would stay in memory. */
  static fromImage(image: Uint8Array): PastRecord {
    return new PastRecord(decodeImage(image), image.slice());
  }

  unpack(): CollectionRecord {
    const record = this.#unpacked.deref() ?? decodeImage(this.#image);
    this.#unpacked = new WeakRef(record);
    return record;
  }
}
