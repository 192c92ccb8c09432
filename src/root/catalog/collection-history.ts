import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import { invariant } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Catalog } from './catalog.js';
import type { PartitionTransition } from './change.js';
import { IdIndex } from './id-index.js';
import { changesVisiblePartitions, undoPartitionChange } from './partitions.js';
import { PastRecord } from './past-record.js';
import { VersionChain } from './version-chain.js';

type PartitionEdit = Pick<PartitionTransition, 'before' | 'after'>;

/**
 * A version, told in one of three ways: the present record, a packed image, or the next version
 * with a partition's change taken back. The last keeps a collection of a thousand partitions from
 * being packed a thousand times.
 */
type Content =
  | { readonly kind: 'present' }
  | { readonly kind: 'past'; readonly record: PastRecord }
  | { readonly kind: 'edit'; readonly edit: PartitionEdit };

const PRESENT: Content = { kind: 'present' };

type Chain = VersionChain<Content>;

const nameKey = ({ databaseId, name }: { databaseId: DatabaseId; name: string }) =>
  `${databaseId}/${name}`;

const isVisible = (record: CollectionRecord | undefined): record is CollectionRecord =>
  record?.state === 'Created';

/** What a collection's change left to look back at: the record itself, or its image in the journal. */
export type Image = CollectionRecord | Uint8Array | undefined;

/**
 * Collections as they were. One that has not changed since its creation has no chain: its record
 * and `createdAt` say it all, so memory goes with change and not with the number of collections.
 */
export class CollectionHistory {
  readonly #catalog: Catalog;
  /** Oldest version first, never empty, never only invisible. */
  readonly #chains = new Map<CollectionId, Chain>();
  /** Which chained collections ever had a name. */
  readonly #byName = new IdIndex<CollectionId>();
  /** Partition edits unpack from the next version; whoever looks at a moment looks more than once. */
  readonly #unpacked = new WeakMap<Content, WeakRef<CollectionRecord>>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Takes in a change the catalog has applied, in commit order. */
  record(id: CollectionId, timestamp: Timestamp, before: Image, after: Image): void {
    const past = visiblePast(before);
    const chain = this.#chains.get(id) ?? this.#chainOf(id, past);
    if (past) this.#packNewest(id, chain, past);
    chain.push(timestamp, isVisibleImage(after) ? PRESENT : undefined);
    this.#keep(id, chain);
  }

  /** Takes in a partition's change, after the catalog. */
  recordPartition(id: CollectionId, timestamp: Timestamp, edit: PartitionEdit): void {
    if (!changesVisiblePartitions(edit)) return;
    const chain =
      this.#chains.get(id) ??
      new VersionChain<Content>({ since: this.#createdAt(id), content: PRESENT });
    if (chain.newest?.content === undefined) return;
    chain.replaceNewest({ kind: 'edit', edit });
    chain.push(timestamp, PRESENT);
    this.#chains.set(id, chain);
    this.#indexPresent(id);
  }

  /** The collection as clients could see it at `at`. */
  byId(id: CollectionId, at: Timestamp): CollectionRecord | undefined {
    const chain = this.#chains.get(id);
    return chain ? this.#unpack(id, chain, chain.indexAt(at)) : this.#unchanged(id, at);
  }

  /** The collection that had this name at `at`. */
  byName(databaseId: DatabaseId, name: string, at: Timestamp): CollectionRecord | undefined {
    const current = this.#catalog.collectionByName(databaseId, name);
    const candidates = new Set(this.#byName.get(nameKey({ databaseId, name })));
    if (current) candidates.add(current.id);
    for (const id of candidates) {
      const record = this.byId(id, at);
      if (record?.name === name && record.databaseId === databaseId) return record;
    }
    return undefined;
  }

  /** Every collection of the database clients could see at `at`. */
  *in(databaseId: DatabaseId, at: Timestamp): Generator<CollectionRecord> {
    for (const { id } of this.#catalog.visibleCollections(databaseId)) {
      const record = this.#chains.has(id) ? undefined : this.#unchanged(id, at);
      if (record) yield record;
    }
    for (const [id, chain] of this.#chains) {
      const record = this.#unpack(id, chain, chain.indexAt(at));
      if (record?.databaseId === databaseId) yield record;
    }
  }

  /**
   * The same for every database, of what the present and the past hold at this moment: meant to
   * be walked in many steps while the present goes on. Undefined stands for one that could not be
   * seen at `at`; the walk may pause there, too.
   */
  walk(at: Timestamp): Iterable<CollectionRecord | undefined> {
    const changed = new Set(this.#chains.keys());
    return this.#walk([...this.#catalog.allCollections()], changed, at);
  }

  /** Whether it has versions besides what its record says. */
  isChanged(id: CollectionId): boolean {
    return this.#chains.has(id);
  }

  /** Lets go of versions no read at or past `horizon` can reach. */
  forget(horizon: Timestamp): void {
    for (const [id, chain] of this.#chains) {
      for (const { content } of chain.forget(horizon)) this.#unindex(id, content);
      for (const { content } of chain.versions) this.#index(id, content);
      if (chain.isBlank || this.#isTold(id, chain, horizon)) this.#drop(id, chain);
    }
  }

  /** How many collections have a chain; for tests and metrics. */
  get chainCount(): number {
    return this.#chains.size;
  }

  /** How many names collections with a chain are found under; for tests and metrics. */
  get nameCount(): number {
    return this.#byName.size;
  }

  *#walk(present: readonly CollectionRecord[], changed: ReadonlySet<CollectionId>, at: Timestamp) {
    for (const { id } of present) yield changed.has(id) ? undefined : this.byId(id, at);
    for (const id of changed) yield this.byId(id, at);
  }

  #createdAt(id: CollectionId): Timestamp {
    return this.#catalog.collectionById(id)?.createdAt ?? (0n as Timestamp);
  }

  /** A chain for a collection that had none: what it was since its creation. */
  #chainOf(id: CollectionId, past: PastRecord | undefined): Chain {
    if (!past) return new VersionChain<Content>();
    const since = past.unpack().createdAt;
    const chain = new VersionChain<Content>({ since, content: { kind: 'past', record: past } });
    this.#byName.add(nameKey(past), id);
    return chain;
  }

  /** The newest version is over: it can no longer be told by the present record. */
  #packNewest(id: CollectionId, chain: Chain, past: PastRecord): void {
    if (chain.newest?.content !== PRESENT) return;
    chain.replaceNewest({ kind: 'past', record: past });
    this.#byName.add(nameKey(past), id);
  }

  #keep(id: CollectionId, chain: Chain): void {
    if (chain.isBlank || this.#isTold(id, chain)) return this.#drop(id, chain);
    this.#chains.set(id, chain);
    this.#indexPresent(id);
  }

  #indexPresent(id: CollectionId): void {
    const current = this.#current(id);
    if (current) this.#byName.add(nameKey(current), id);
  }

  /** True when the catalog alone would answer every read at or past `horizon`, or at all. */
  #isTold(id: CollectionId, { versions }: Chain, horizon?: Timestamp): boolean {
    const [only, second] = versions;
    if (second || only?.content !== PRESENT) return false;
    const isForgotten = horizon !== undefined && only.since <= horizon;
    return isForgotten || only.since === this.#current(id)?.createdAt;
  }

  #current(id: CollectionId): CollectionRecord | undefined {
    const record = this.#catalog.collectionById(id);
    return isVisible(record) ? record : undefined;
  }

  #unchanged(id: CollectionId, at: Timestamp): CollectionRecord | undefined {
    const record = this.#current(id);
    return record && record.createdAt <= at ? record : undefined;
  }

  #unpack(id: CollectionId, { versions }: Chain, index: number): CollectionRecord | undefined {
    const edits: (Content & { kind: 'edit' })[] = [];
    for (const { content } of versions.slice(Math.max(0, index), index < 0 ? 0 : undefined)) {
      if (content?.kind !== 'edit') return this.#applyEdits(this.#whole(id, content), edits);
      const known = this.#unpacked.get(content)?.deref();
      if (known) return this.#applyEdits(known, edits);
      edits.push(content);
    }
    return undefined;
  }

  #whole(id: CollectionId, content: Content | undefined): CollectionRecord | undefined {
    if (content?.kind === 'past') return content.record.unpack();
    return content && this.#current(id);
  }

  #applyEdits(from: CollectionRecord | undefined, edits: (Content & { kind: 'edit' })[]) {
    invariant(from || edits.length === 0, 'a partition changes only while its collection is there');
    let record = from;
    for (const content of edits.toReversed()) {
      record = record && undoPartitionChange(record, content.edit);
      if (record) this.#unpacked.set(content, new WeakRef(record));
    }
    return record;
  }

  #index(id: CollectionId, content: Content | undefined): void {
    if (content?.kind === 'past') this.#byName.add(nameKey(content.record), id);
    if (content === PRESENT) this.#indexPresent(id);
  }

  #unindex(id: CollectionId, content: Content | undefined): void {
    if (content?.kind === 'past') this.#byName.remove(nameKey(content.record), id);
  }

  #drop(id: CollectionId, chain: Chain): void {
    this.#chains.delete(id);
    for (const { content } of chain.versions) this.#unindex(id, content);
    const current = this.#current(id);
    if (current) this.#byName.remove(nameKey(current), id);
  }
}

function visiblePast(image: Image): PastRecord | undefined {
  if (image instanceof Uint8Array) {
    const past = image.length === 0 ? undefined : PastRecord.fromImage(image);
    return isVisible(past?.unpack()) ? past : undefined;
  }
  return isVisible(image) ? PastRecord.of(image) : undefined;
}

function isVisibleImage(image: Image): boolean {
  if (!(image instanceof Uint8Array)) return isVisible(image);
  return image.length > 0 && isVisible(PastRecord.fromImage(image).unpack());
}
