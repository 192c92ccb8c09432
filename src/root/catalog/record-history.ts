import type { Timestamp } from '../../domain/timestamp.js';
import { IdIndex } from './id-index.js';
import { VersionChain } from './version-chain.js';

/** How small records of one kind are told apart, found and dated. */
export interface RecordKind<Key, Record> {
  /** As the catalog has it now. */
  readonly current: (key: Key) => Record | undefined;
  /** Since when a record without a chain is what it is. */
  readonly since: (record: Record) => Timestamp;
  /** Words it is looked up by besides its key. */
  readonly wordsOf: (record: Record) => readonly string[];
}

/** Databases or aliases as they were; what has not changed within memory has no chain. */
export class RecordHistory<Key, Record> {
  readonly #kind: RecordKind<Key, Record>;
  readonly #chains = new Map<Key, VersionChain<Record>>();
  readonly #byWord = new IdIndex<Key>();

  constructor(kind: RecordKind<Key, Record>) {
    this.#kind = kind;
  }

  /** Takes in a change the catalog has applied, in commit order. */
  record(key: Key, timestamp: Timestamp, before: Record | undefined, after: Record | undefined) {
    const chain = this.#chains.get(key) ?? this.#chainOf(before);
    chain.push(timestamp, after);
    this.#chains.set(key, chain);
    for (const record of [before, after]) this.#index(key, record);
  }

  /** The object as it was at `at`. */
  at(key: Key, at: Timestamp): Record | undefined {
    const chain = this.#chains.get(key);
    if (chain) return chain.versions[chain.indexAt(at)]?.content;
    const current = this.#kind.current(key);
    return current !== undefined && this.#kind.since(current) <= at ? current : undefined;
  }

  /** Changed objects that ever had the word: what is unchanged only the catalog knows. */
  changedUnder(word: string): ReadonlySet<Key> {
    return this.#byWord.get(word);
  }

  /** Every object with a chain. */
  changed(): IterableIterator<Key> {
    return this.#chains.keys();
  }

  isChanged(key: Key): boolean {
    return this.#chains.has(key);
  }

  /** Lets go of versions no read at or past `horizon` can reach. */
  forget(horizon: Timestamp): void {
    for (const [key, chain] of this.#chains) {
      for (const { content } of chain.forget(horizon)) this.#unindex(key, content);
      for (const { content } of chain.versions) this.#index(key, content);
      if (chain.isBlank || this.#isTold(chain, horizon)) this.#drop(key, chain);
    }
  }

  /** How many objects have a chain; for tests and metrics. */
  get chainCount(): number {
    return this.#chains.size;
  }

  #chainOf(before: Record | undefined): VersionChain<Record> {
    if (before === undefined) return new VersionChain<Record>();
    return new VersionChain<Record>({ since: this.#kind.since(before), content: before });
  }

  /** True when the catalog alone would answer every read at or past `horizon`. */
  #isTold({ versions }: VersionChain<Record>, horizon: Timestamp): boolean {
    const [only, second] = versions;
    if (second || only?.content === undefined) return false;
    return only.since <= horizon || only.since === this.#kind.since(only.content);
  }

  #index(key: Key, record: Record | undefined): void {
    if (record === undefined) return;
    for (const word of this.#kind.wordsOf(record)) this.#byWord.add(word, key);
  }

  #unindex(key: Key, record: Record | undefined): void {
    if (record === undefined) return;
    for (const word of this.#kind.wordsOf(record)) this.#byWord.remove(word, key);
  }

  #drop(key: Key, chain: VersionChain<Record>): void {
    this.#chains.delete(key);
    for (const { content } of chain.versions) this.#unindex(key, content);
  }
}
