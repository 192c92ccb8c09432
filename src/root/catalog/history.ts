import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { ObjectKind } from '../../gen/journal.js';
import type { Catalog } from './catalog.js';
import { decodeImage } from './collection.codec.js';
import type { JournaledChange } from './journal.js';
import { PastRecord } from './past-record.js';

/** What clients could see of a collection from `since` until the next version's `since`. */
interface Version {
  readonly since: Timestamp;
  /** Undefined while it was not visible: not yet created, or dropped. Packed once it is past. */
  readonly visible: CollectionRecord | PastRecord | undefined;
}

/** One collection's change, reduced to what time travel needs. */
interface VersionChange {
  readonly id: CollectionId;
  readonly timestamp: Timestamp;
  readonly before: CollectionRecord | undefined;
  readonly after: CollectionRecord | undefined;
}

const ifVisible = (record: CollectionRecord | undefined) =>
  record?.state === 'Created' ? record : undefined;

const nameKey = ({ databaseId, name }: { databaseId: DatabaseId; name: string }) =>
  `${databaseId}/${name}`;

/**
 * The past: version chains that follow from the journal. A collection that has not changed since
 * its creation has no chain, its record and `createdAt` say it all; so memory goes with change,
 * not with the number of collections.
 */
export class History {
  readonly #catalog: Catalog;
  /** Oldest version first, never empty, never only invisible. */
  readonly #chains = new Map<CollectionId, Version[]>();
  /** Which chained collections ever had a name. */
  readonly #chainedByName = new Map<string, Set<CollectionId>>();
  #horizon = 0n as Timestamp;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Takes in a change; to be called after the catalog has applied it, in commit order. */
  record({ id, timestamp, before, after }: VersionChange): void {
    const chain = this.#chains.get(id) ?? baseChain(ifVisible(before));
    pushVersion(chain, { since: timestamp, visible: ifVisible(after) });
    if (this.#isTold(id, chain)) return this.#forgetChain(id, chain);
    this.#chains.set(id, chain);
    this.#indexNames(id, chain);
  }

  /** Takes in a change read back from the journal; the catalog must be loaded already. */
  restore(change: JournaledChange): void {
    if (change.objectKind !== ObjectKind.OBJECT_KIND_COLLECTION) return;
    const id = change.objectId as CollectionId;
    const current = this.#catalog.collectionById(id);
    const isItsCreation = current?.createdAt === change.timestamp && current.state === 'Created';
    // The common case by far, and decoding two images for it would double the start-up time.
    if (isItsCreation && !this.#chains.has(id)) return;
    const image = (bytes: Uint8Array) => (bytes.length === 0 ? undefined : decodeImage(bytes));
    const { timestamp, before, after } = change;
    this.record({ id, timestamp, before: image(before), after: image(after) });
  }

  /** The collection as clients could see it at `at`. */
  collectionById(id: CollectionId, at: Timestamp): CollectionRecord | undefined {
    const chain = this.#chains.get(id);
    return chain ? versionAt(chain, at) : this.#unchanged(this.#catalog.collectionById(id), at);
  }

  /** The collection that had this name at `at`. */
  collectionByName(
    databaseId: DatabaseId,
    name: string,
    at: Timestamp,
  ): CollectionRecord | undefined {
    const current = this.#catalog.collectionByName(databaseId, name);
    const candidates = new Set(this.#chainedByName.get(nameKey({ databaseId, name })));
    if (current) candidates.add(current.id);
    for (const id of candidates) {
      const record = this.collectionById(id, at);
      if (record?.name === name && record.databaseId === databaseId) return record;
    }
    return undefined;
  }

  /** Every collection of the database clients could see at `at`. */
  *collections(databaseId: DatabaseId, at: Timestamp): Generator<CollectionRecord> {
    for (const record of this.#catalog.visibleCollections(databaseId)) {
      if (!this.#chains.has(record.id) && this.#unchanged(record, at)) yield record;
    }
    for (const chain of this.#chains.values()) {
      const record = versionAt(chain, at);
      if (record?.databaseId === databaseId) yield record;
    }
  }

  /** Lets go of versions no read at or past `horizon` can reach. */
  forget(horizon: Timestamp): void {
    for (const [id, chain] of this.#chains) {
      const reachable = chain.findLastIndex(({ since }) => since <= horizon);
      const unreachable = chain.splice(0, Math.max(0, reachable));
      this.#unindexNames(id, unreachable);
      this.#indexNames(id, chain);
      if (chain.every(({ visible }) => !visible) || this.#isTold(id, chain)) {
        this.#forgetChain(id, chain);
      }
    }
    if (horizon > this.#horizon) this.#horizon = horizon;
  }

  /** Reads at or past it are answered truly; of earlier moments something may be forgotten. */
  get horizon(): Timestamp {
    return this.#horizon;
  }

  /** How many collections have a chain; for tests and metrics. */
  get chainCount(): number {
    return this.#chains.size;
  }

  /** How many names collections with a chain are found under; for tests and metrics. */
  get nameCount(): number {
    return this.#chainedByName.size;
  }

  #unchanged(record: CollectionRecord | undefined, at: Timestamp): CollectionRecord | undefined {
    return record && record.createdAt <= at ? ifVisible(record) : undefined;
  }

  /** True when the catalog alone would answer every read the chain can. */
  #isTold(id: CollectionId, chain: readonly Version[]): boolean {
    const [only, second] = chain;
    if (second) return false;
    if (!only?.visible) return true;
    const current = this.#current(id);
    return only.visible === current && only.since === current?.createdAt;
  }

  #current(id: CollectionId): CollectionRecord | undefined {
    return ifVisible(this.#catalog.collectionById(id));
  }

  #indexNames(id: CollectionId, versions: readonly Version[]): void {
    for (const { visible } of versions) {
      if (!visible) continue;
      const key = nameKey(visible);
      const ids = this.#chainedByName.get(key) ?? new Set<CollectionId>();
      this.#chainedByName.set(key, ids.add(id));
    }
  }

  #forgetChain(id: CollectionId, chain: readonly Version[]): void {
    this.#chains.delete(id);
    this.#unindexNames(id, chain);
  }

  #unindexNames(id: CollectionId, versions: readonly Version[]): void {
    for (const { visible } of versions) {
      if (!visible) continue;
      const key = nameKey(visible);
      const ids = this.#chainedByName.get(key);
      ids?.delete(id);
      if (ids?.size === 0) this.#chainedByName.delete(key);
    }
  }
}

/** A chain for a collection that had none: what it was since its creation. */
function baseChain(visible: CollectionRecord | undefined): Version[] {
  return visible ? [{ since: visible.createdAt, visible }] : [];
}

/** Not to be visible is worth a version only where something visible ends. */
function pushVersion(chain: Version[], version: Version): void {
  const last = chain.at(-1);
  if (!version.visible && !last?.visible) return;
  if (last) chain[chain.length - 1] = packed(last);
  chain.push(version);
}

function packed({ since, visible }: Version): Version {
  const isPacked = visible === undefined || visible instanceof PastRecord;
  return { since, visible: isPacked ? visible : new PastRecord(visible) };
}

function versionAt(chain: readonly Version[], at: Timestamp): CollectionRecord | undefined {
  const visible = chain.findLast(({ since }) => since <= at)?.visible;
  return visible instanceof PastRecord ? visible.unpack() : visible;
}
