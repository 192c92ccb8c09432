import type { CollectionId, DatabaseId, TaskId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { type Change as JournalChange, JournalEntry, ObjectKind } from '../../gen/journal.js';
import type { Write } from '../../ports/meta-store.js';
import { encodeAlias } from './alias.codec.js';
import type { Change } from './change.js';
import { encodeImage, encodePartition } from './collection.codec.js';
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
  readonly #listeners = new Set<(entry: JournaledEntry) => void>();
  /** What the entry made last holds; whoever listens hears of it without decoding anything. */
  #madeLast: JournalEntry = { firstSequence: 0n, changes: [] };
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
    this.#madeLast = {
      firstSequence,
      changes: changes.map((change) => this.#encodeChange(change)),
    };
    const value = JournalEntry.encode(this.#madeLast).finish();
    return { kind: 'put', key: this.#keys.journalEntry(firstSequence), value };
  }

  /** The entry made last is in the store. */
  committed(changes: readonly Change[]): void {
    this.#nextSequence += BigInt(changes.length);
    if (this.#listeners.size === 0 || changes.length === 0) return;
    const entry = journaled(this.#madeLast);
    for (const listener of this.#listeners) listener(entry);
  }

  /** Sequence of the newest committed change; 0 for an empty journal. */
  get lastSequence(): bigint {
    return this.#nextSequence - 1n;
  }

  /** Calls back with every committed entry, until the returned function is called. */
  onCommitted(listener: (entry: JournaledEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the change takes in its entry, at most; a collection's images are encoded only once. */
  bytesOf(change: Change): number {
    const { before, after } = this.#imagesOf(change);
    const words = Buffer.byteLength(change.actor) + Buffer.byteLength(change.operation);
    return CHANGE_FRAME_BYTES + words + before.length + after.length;
  }

  #encodeChange(change: Change): JournalChange {
    const { timestamp, taskId, actor, operation } = change;
    return {
      timestamp,
      taskId,
      actor,
      operation,
      ...subjectOf(change),
      ...this.#imagesOf(change),
    };
  }

  #imagesOf(change: Change): { before: Uint8Array; after: Uint8Array } {
    switch (change.kind) {
      case 'database':
        return encodedPair(change, encodeDatabase);
      case 'collection':
        return encodedPair(change, (record) => this.#imageOf(record));
      case 'partition':
        return encodedPair(change, (record) => encodePartition(change.collectionId, record));
      case 'alias':
        return encodedPair(change, encodeAlias);
      default:
        return unreachable(change);
    }
  }

  #imageOf(record: CollectionRecord): Uint8Array {
    const image = this.#images.get(record) ?? encodeImage(record);
    this.#images.set(record, image);
    return image;
  }
}

function encodedPair<Record>(
  { before, after }: { before: Record | undefined; after: Record | undefined },
  encode: (record: Record) => Uint8Array,
) {
  return {
    before: before === undefined ? EMPTY : encode(before),
    after: after === undefined ? EMPTY : encode(after),
  };
}

function present<Record extends object>({
  before,
  after,
}: {
  before: Record | undefined;
  after: Record | undefined;
}): Record {
  const subject = after ?? before;
  invariant(subject, 'a change has a before or an after');
  return subject;
}

/** Which object a change is about, in the journal's terms. */
function subjectOf(change: Change) {
  switch (change.kind) {
    case 'database': {
      const { id } = present(change);
      return subject(ObjectKind.OBJECT_KIND_DATABASE, id, id, 0n);
    }
    case 'collection': {
      const { id, databaseId } = present(change);
      return subject(ObjectKind.OBJECT_KIND_COLLECTION, id, databaseId, 0n);
    }
    case 'partition': {
      const { collectionId, databaseId } = change;
      return subject(
        ObjectKind.OBJECT_KIND_PARTITION,
        present(change).id,
        databaseId,
        collectionId,
      );
    }
    case 'alias': {
      const { databaseId, collectionId } = present(change);
      return subject(ObjectKind.OBJECT_KIND_ALIAS, 0n, databaseId, collectionId);
    }
    default:
      return unreachable(change);
  }
}

const subject = (
  objectKind: ObjectKind,
  objectId: bigint,
  databaseId: bigint,
  collectionId: bigint,
) => ({ objectKind, objectId, databaseId, collectionId });

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
  readonly collectionId: CollectionId;
  readonly actor: string;
  readonly operation: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What one commit changed: numbered without a gap, oldest first. */
export interface JournaledEntry {
  readonly firstSequence: bigint;
  readonly changes: readonly JournaledChange[];
}

/** The changes of one stored entry, oldest first. */
export const decodeEntry = (bytes: Uint8Array): readonly JournaledChange[] =>
  journaled(JournalEntry.decode(bytes)).changes;

/** The entry that holds only the last change of a stored one, and the sequence it is stored under. */
export function lastChangeOf(bytes: Uint8Array): { firstSequence: bigint; value: Uint8Array } {
  const { firstSequence, changes } = JournalEntry.decode(bytes);
  const shortened = {
    firstSequence: firstSequence + BigInt(changes.length - 1),
    changes: changes.slice(-1),
  };
  return {
    firstSequence: shortened.firstSequence,
    value: JournalEntry.encode(shortened).finish(),
  };
}

function journaled({ firstSequence, changes }: JournalEntry): JournaledEntry {
  const numbered = changes.map((change, i) => ({
    sequence: firstSequence + BigInt(i),
    timestamp: change.timestamp as Timestamp,
    taskId: change.taskId as TaskId,
    objectKind: change.objectKind,
    objectId: change.objectId,
    databaseId: change.databaseId as DatabaseId,
    collectionId: change.collectionId as CollectionId,
    actor: change.actor,
    operation: change.operation,
    before: change.before,
    after: change.after,
  }));
  return { firstSequence, changes: numbered };
}
