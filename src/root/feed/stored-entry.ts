import { decodeEntry, type JournaledChange, type JournaledEntry } from '../catalog/journal.js';

/** An entry as it lies in the store, decoded when somebody looks at it. */
export class StoredEntry implements JournaledEntry {
  readonly firstSequence: bigint;
  readonly #bytes: Uint8Array;
  #changes: readonly JournaledChange[] | undefined;

  constructor(firstSequence: bigint, bytes: Uint8Array) {
    this.firstSequence = firstSequence;
    this.#bytes = bytes;
  }

  get changes(): readonly JournaledChange[] {
    this.#changes ??= decodeEntry(this.#bytes);
    return this.#changes;
  }
}
