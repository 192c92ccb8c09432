import type { DatabaseId, TaskId } from '../../domain/ids.js';
import { invariant } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { type Change as JournalChange, JournalEntry, ObjectKind } from '../../gen/journal.js';
import type { Write } from '../../ports/meta-store.js';
import type { Change, CollectionChange, DatabaseChange } from './change.js';
import { encodeImage } from './collection.codec.js';
import { encodeDatabase } from './database.codec.js';
import type { CatalogKeys } from './keys.js';

const EMPTY = new Uint8Array(0);

/** Numbers, tags and lengths of one change in its entry: some 90 bytes at most. */
const CHANGE_FRAME_BYTES = 128;

/**
 * The single source of history: every commit carries one entry with everything it changed. This
 * class numbers changes and writes entries; `History` reads them.
 */
export class Journal {
  readonly #keys: CatalogKeys;
  #nextSequence: bigint;
  /** A record's bytes are wanted twice: after one change and before the next. */
  readonly #images = new WeakMap<CollectionRecord, Uint8Array>();

  /** @param lastSequence sequence of the newest change in the store; 0 for an empty journal. */
  constructor(keys: CatalogKeys, lastSequence: bigint) {
    this.#keys = keys;
    this.#nextSequence = lastSequence + 1n;
  }

  /**
   * The write that makes these changes history; the same commit must carry the records. Numbers
   * are used up only by `committed`, so that a failed commit leaves no gap.
   */
  entry(changes: readonly Change[]): Write {
    const firstSequence = this.#nextSequence;
    const entry = JournalEntry.encode({
      firstSequence,
      changes: changes.map((change) => this.#encodeChange(change)),
    });
    return { kind: 'put', key: this.#keys.journalEntry(firstSequence), value: entry.finish() };
  }

  /** The entry made last is in the store. */
  committed(changes: readonly Change[]): void {
    this.#nextSequence += BigInt(changes.length);
  }

  /** What the change takes in its entry, at most; its images are encoded only once. */
  bytesOf({ before, after, actor, operation }: CollectionChange): number {
    const words = Buffer.byteLength(actor) + Buffer.byteLength(operation);
    return CHANGE_FRAME_BYTES + words + this.#imageOf(before).length + this.#imageOf(after).length;
  }

  #encodeChange(change: Change): JournalChange {
    return change.kind === 'collection'
      ? this.#encodeCollectionChange(change)
      : encodeDatabaseChange(change);
  }

  #encodeCollectionChange(change: CollectionChange): JournalChange {
    const subject = change.after ?? change.before;
    invariant(subject, 'a change has a before or an after');
    return {
      ...stampOf(change),
      objectKind: ObjectKind.OBJECT_KIND_COLLECTION,
      objectId: subject.id,
      databaseId: subject.databaseId,
      collectionId: 0n,
      before: this.#imageOf(change.before),
      after: this.#imageOf(change.after),
    };
  }

  #imageOf(record: CollectionRecord | undefined): Uint8Array {
    if (!record) return EMPTY;
    const image = this.#images.get(record) ?? encodeImage(record);
    this.#images.set(record, image);
    return image;
  }
}

function stampOf({ timestamp, taskId, actor, operation }: Change) {
  return { timestamp, taskId, actor, operation };
}

function encodeDatabaseChange(change: DatabaseChange): JournalChange {
  const subject = change.after ?? change.before;
  invariant(subject, 'a change has a before or an after');
  return {
    ...stampOf(change),
    objectKind: ObjectKind.OBJECT_KIND_DATABASE,
    objectId: subject.id,
    databaseId: subject.id,
    collectionId: 0n,
    before: change.before ? encodeDatabase(change.before) : EMPTY,
    after: change.after ? encodeDatabase(change.after) : EMPTY,
  };
}

/** Eight bytes, big-endian, like the saved windows of the allocators. */
export function encodeHorizon(horizon: Timestamp): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, horizon);
  return bytes;
}

export function decodeHorizon(bytes: Uint8Array): Timestamp {
  invariant(bytes.byteLength === 8, 'a stored horizon has eight bytes');
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0) as Timestamp;
}

/** A change as it was written, its images still undecoded: most are never looked at. */
export interface JournaledChange {
  readonly sequence: bigint;
  readonly timestamp: Timestamp;
  readonly taskId: TaskId;
  readonly objectKind: ObjectKind;
  readonly objectId: bigint;
  readonly databaseId: DatabaseId;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** The changes of one stored entry, oldest first. */
export function decodeEntry(bytes: Uint8Array): JournaledChange[] {
  const { firstSequence, changes } = JournalEntry.decode(bytes);
  return changes.map((change, i) => ({
    sequence: firstSequence + BigInt(i),
    timestamp: change.timestamp as Timestamp,
    taskId: change.taskId as TaskId,
    objectKind: change.objectKind,
    objectId: change.objectId,
    databaseId: change.databaseId as DatabaseId,
    before: change.before,
    after: change.after,
  }));
}
