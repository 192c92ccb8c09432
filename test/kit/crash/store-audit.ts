import { idWindowKeys, timestampWindowKeys } from '../../../src/allocators/allocator-keys.js';
import type { CollectionRecord } from '../../../src/domain/records.js';
import { LOGICAL_BITS } from '../../../src/domain/timestamp.js';
import { CollectionInfo, CollectionState } from '../../../src/gen/etcd_meta.js';
import type { MetaStore, Write } from '../../../src/ports/meta-store.js';
import { writeChildren, writeCollectionKey } from '../../../src/root/catalog/collection.codec.js';
import { CatalogKeys } from '../../../src/root/catalog/keys.js';
import { JournalFold } from './journal-fold.js';
import type { NumberLedger } from './number-ledger.js';
import { Violation } from './violation.js';

/** Milvus' defaults, which the servers under test run with. */
export const ROOT_PATH = 'by-dev';
const META_SUB_PATH = 'meta';
const KV_ROOT = `${ROOT_PATH}/kv`;

/**
 * `recovered`: nothing is left to undo or to finish. `asLeft`: whatever moment the server ended in,
 * children may be missing from a collection that is being created or dropped, and nothing else.
 */
export type AuditMood = 'recovered' | 'asLeft';

/** What stands in the store, key by key; keys that were accounted for are taken out. */
type Remaining = Map<string, Uint8Array>;

const areEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * Reads a store as a whole and accounts for every key in it: the records are exactly what the
 * journal says, and nothing else is there. Kept over all lives of a store, since the journal of
 * one examination must continue the one before.
 */
export class StoreAudit {
  readonly #keys = new CatalogKeys(ROOT_PATH, META_SUB_PATH);
  readonly #journal: JournalFold;
  readonly #timestamps: NumberLedger;
  readonly #ids: NumberLedger;

  constructor(timestamps: NumberLedger, ids: NumberLedger) {
    this.#timestamps = timestamps;
    this.#ids = ids;
    this.#journal = new JournalFold(this.#keys, timestamps, ids);
  }

  /** Changes in the journal so far. */
  get changes(): number {
    return this.#journal.changes;
  }

  /** Collections as the journal left them when it was last read. */
  collections(): CollectionRecord[] {
    return this.#journal.collections();
  }

  /** How many collections are being created or dropped in a store that a server may be using. */
  async countHalfway(store: MetaStore): Promise<number> {
    let count = 0;
    for await (const page of store.scan(this.#keys.collections)) {
      const states = page.map(({ value }) => CollectionInfo.decode(value).state);
      count += states.filter((state) => state !== CollectionState.CollectionCreated).length;
    }
    return count;
  }

  /** @throws Violation */
  async examine(store: MetaStore, mood: AuditMood): Promise<void> {
    const remaining: Remaining = new Map();
    for await (const page of store.scan(`${ROOT_PATH}/`)) {
      for (const { key, value } of page) remaining.set(key, value);
    }
    this.#journal.readOn(remaining);
    this.#checkDatabases(remaining);
    for (const record of this.#journal.collections())
      this.#checkCollection(remaining, record, mood);
    this.#checkWindows(remaining);
    remaining.delete(this.#keys.horizon);
    for (const key of remaining.keys()) if (isOfEtcdAdapter(key)) remaining.delete(key);
    if (remaining.size === 0) return;
    throw new Violation('keys that belong to nothing', [...remaining.keys()]);
  }

  #checkDatabases(remaining: Remaining): void {
    for (const [id, image] of this.#journal.databases()) {
      const key = `${this.#keys.databases}${id}`;
      const stored = remaining.get(key);
      if (!stored || !areEqual(stored, image)) {
        throw new Violation('a database is not what the journal says', { key, stored, image });
      }
      remaining.delete(key);
    }
  }

  #checkCollection(remaining: Remaining, record: CollectionRecord, mood: AuditMood): void {
    const { id, name, state } = record;
    if (mood === 'recovered' && state !== 'Created') {
      throw new Violation('recovery left a collection half way', { id, name, state });
    }
    takeAsWritten(remaining, writeCollectionKey(this.#keys, record), false);
    const mayBeMissing = state !== 'Created';
    for (const write of writeChildren(this.#keys, record)) {
      takeAsWritten(remaining, write, mayBeMissing);
    }
  }

  /** The saved bounds are above everything that was ever given. */
  #checkWindows(remaining: Remaining): void {
    const windows = [
      [timestampWindowKeys(KV_ROOT).written, this.#timestamps.check()],
      [idWindowKeys(KV_ROOT).written, this.#ids.check()],
    ] as const;
    for (const [key, largest] of windows) {
      const value = remaining.get(key);
      const endMs = value && Buffer.from(value).readBigUInt64BE() / 1_000_000n;
      if (endMs === undefined || largest >> BigInt(LOGICAL_BITS) >= endMs) {
        throw new Violation('a number was given that the saved window does not cover', {
          key,
          endMs,
          largest,
        });
      }
      remaining.delete(key);
    }
  }
}

/** Takes one key out, if it holds what was once written to it. */
function takeAsWritten(remaining: Remaining, write: Write, mayBeMissing: boolean): void {
  const stored = remaining.get(write.key);
  if (!stored && mayBeMissing) return;
  if (!stored || write.kind !== 'put' || !areEqual(stored, write.value)) {
    throw new Violation('a key is not what the journal says', { write, stored });
  }
  remaining.delete(write.key);
}

/** Session, server id and the slots of commits: no part of the catalog. */
const isOfEtcdAdapter = (key: string): boolean =>
  key.startsWith(`${ROOT_PATH}/${META_SUB_PATH}/session/`) ||
  key.startsWith(`${ROOT_PATH}/rootstock/commits/`);
