import type { CollectionRecord, LifecycleState } from '../../../src/domain/records.js';
import { type Change, JournalEntry, ObjectKind } from '../../../src/gen/journal.js';
import {
  decodeImage,
  writeChildren,
  writeCollectionKey,
} from '../../../src/root/catalog/collection.codec.js';
import type { CatalogKeys } from '../../../src/root/catalog/keys.js';
import type { NumberLedger } from './number-ledger.js';
import { Violation } from './violation.js';

interface FoldedCollection {
  readonly image: Uint8Array;
  readonly record: CollectionRecord;
}

/** Which word may follow which; `none` where there is no record. */
const SUCCESSORS: Readonly<Record<LifecycleState | 'none', readonly string[]>> = {
  none: ['Creating'],
  Creating: ['Created', 'none'],
  Created: ['Dropping', 'Dropped'],
  Dropping: ['Dropped'],
  Dropped: ['none'],
};

/** The image of what is not there. */
const NOTHING = new Uint8Array(0);
/** Carries the create's own timestamp, so it shares it with the change before. */
const SHARED_TIMESTAMP = 'collection.created';

/**
 * The journal folded up: what every object is after the last change. Each change must continue the
 * one before, and sequences must have no gap. Entries are read once, however often they are seen.
 */
export class JournalFold {
  readonly #keys: CatalogKeys;
  readonly #timestamps: NumberLedger;
  readonly #ids: NumberLedger;
  readonly #collections = new Map<bigint, FoldedCollection>();
  readonly #databases = new Map<bigint, Uint8Array>();
  #lastSequence = 0n;

  constructor(keys: CatalogKeys, timestamps: NumberLedger, ids: NumberLedger) {
    this.#keys = keys;
    this.#timestamps = timestamps;
    this.#ids = ids;
  }

  get changes(): number {
    return Number(this.#lastSequence);
  }

  collections(): CollectionRecord[] {
    return [...this.#collections.values()].map(({ record }) => record);
  }

  databases(): ReadonlyMap<bigint, Uint8Array> {
    return this.#databases;
  }

  /** Takes every journal entry out of `remaining` and folds the ones that are new. */
  readOn(remaining: Map<string, Uint8Array>): void {
    const known = this.#lastSequence;
    for (const [key, value] of remaining) {
      if (!key.startsWith(this.#keys.journal)) continue;
      remaining.delete(key);
      const firstSequence = BigInt(key.slice(this.#keys.journal.length));
      if (firstSequence > known) this.#readEntry(firstSequence, value);
    }
  }

  #readEntry(firstSequence: bigint, value: Uint8Array): void {
    const entry = JournalEntry.decode(value);
    const isNext = firstSequence === this.#lastSequence + 1n;
    if (!isNext || entry.firstSequence !== firstSequence || entry.changes.length === 0) {
      throw new Violation('the journal has a gap', {
        lastSequence: this.#lastSequence,
        key: firstSequence,
        entry: entry.firstSequence,
      });
    }
    for (const change of entry.changes) this.#apply(change);
    this.#lastSequence += BigInt(entry.changes.length);
  }

  #apply(change: Change): void {
    const { timestamp, taskId, operation, objectKind } = change;
    if (operation !== SHARED_TIMESTAMP) this.#timestamps.note(operation, timestamp);
    if (taskId !== 0n) this.#ids.note(`task ${operation}`, taskId);
    if (objectKind === ObjectKind.OBJECT_KIND_COLLECTION) this.#applyToCollection(change);
    else this.#databases.set(change.objectId, change.after);
  }

  #applyToCollection({ objectId, before, after, operation }: Change): void {
    const known = this.#collections.get(objectId);
    const record = after.length === 0 ? undefined : decodeImage(after);
    const from = known?.record.state ?? 'none';
    const to = record?.state ?? 'none';
    const isSame = Buffer.compare(known?.image ?? NOTHING, before) === 0;
    const isContinued = isSame || (to === 'none' && this.#isPartOf(before, known));
    if (!isContinued || !SUCCESSORS[from].includes(to)) {
      throw new Violation('a change does not continue the one before', {
        objectId,
        operation,
        from,
        to,
        isContinued,
      });
    }
    if (!record) this.#collections.delete(objectId);
    else this.#collections.set(objectId, { image: after, record });
    if (record?.state === 'Creating') this.#noteIds(record);
  }

  /** A purge that a crash interrupted, or one of a half-written create, starts from what is left. */
  #isPartOf(before: Uint8Array, known: FoldedCollection | undefined): boolean {
    if (!known) return false;
    const whole = this.#writesOf(known.record);
    const part = this.#writesOf(decodeImage(before));
    return [...part].every(([key, value]) => value === whole.get(key));
  }

  #writesOf(record: CollectionRecord): Map<string, string> {
    const writes = [writeCollectionKey(this.#keys, record), ...writeChildren(this.#keys, record)];
    return new Map(
      writes.map((write) => [
        write.key,
        write.kind === 'put' ? Buffer.from(write.value).toString('base64') : '',
      ]),
    );
  }

  #noteIds({ id, partitions }: CollectionRecord): void {
    this.#ids.note('collection', id);
    for (const partition of partitions) this.#ids.note('partition', partition.id);
  }
}
