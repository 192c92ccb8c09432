import { afterEach, beforeEach } from 'vitest';
import type {
  Candidate,
  KeyValue,
  Leadership,
  MetaStore,
  ScanOptions,
  Write,
} from '../../src/ports/meta-store.js';
import { livingCandidate } from './candidates.js';

/** One store's data, and as many instances over it as a test asks for. */
export interface MetaStoreHarness {
  /** Every key of the test starts with this and a `/`. */
  readonly root: string;
  /** An instance as another process would open it. */
  open(): Promise<MetaStore>;
  /** Closes what was opened and removes the data. */
  dispose(): Promise<void>;
}

/** What a test of the contract stands on: fresh data, one open instance, and short words. */
export interface MetaStoreBed {
  readonly harness: MetaStoreHarness;
  readonly store: MetaStore;
  /** The full key of a path of this test. */
  key(path: string): string;
  /** Campaigns with success, or throws. */
  lead(of?: MetaStore, candidate?: Candidate): Promise<Leadership>;
  /** The value under a path as text. */
  read(path: string, from?: MetaStore): Promise<string | undefined>;
  /** All rows of a prefix. */
  readAll(path: string, from?: MetaStore, options?: ScanOptions): Promise<KeyValue[]>;
  /** All paths of a prefix. */
  keysOf(path: string): Promise<string[]>;
  /** Commits as many writes as it takes, packed up to the store's own limits. */
  load(writes: readonly Write[], leadership: Leadership): Promise<void>;
}

export const put = (key: string, value: string | Uint8Array): Write => ({
  kind: 'put',
  key,
  value: typeof value === 'string' ? Buffer.from(value) : value,
});

export const remove = (key: string): Write => ({ kind: 'remove', key });

/** Enough to need several commits, few enough to be quick on every store. */
const LOAD_OPERATIONS = 1_000;

class Bed implements MetaStoreBed {
  readonly harness: MetaStoreHarness;
  readonly store: MetaStore;

  constructor(harness: MetaStoreHarness, store: MetaStore) {
    this.harness = harness;
    this.store = store;
  }

  readonly key = (path: string): string => `${this.harness.root}/${path}`;

  async lead(of = this.store, candidate = livingCandidate()): Promise<Leadership> {
    const outcome = await of.campaign(candidate);
    if (outcome.kind === 'held') throw new Error(`held by ${outcome.holder}`);
    return outcome.leadership;
  }

  async read(path: string, from = this.store): Promise<string | undefined> {
    const value = await from.get(this.key(path));
    return value && Buffer.from(value).toString();
  }

  async readAll(path: string, from = this.store, options?: ScanOptions): Promise<KeyValue[]> {
    const rows: KeyValue[] = [];
    for await (const page of from.scan(this.key(path), options)) rows.push(...page);
    return rows;
  }

  async keysOf(path: string): Promise<string[]> {
    const rows = await this.readAll(path);
    return rows.map((row) => row.key.slice(this.harness.root.length + 1));
  }

  async load(writes: readonly Write[], { fence }: Leadership): Promise<void> {
    const size = Math.min(this.store.limits.operationsMax, LOAD_OPERATIONS);
    for (let from = 0; from < writes.length; from += size) {
      await this.store.commit(writes.slice(from, from + size), fence);
    }
  }
}

/** Gives every test of the surrounding block a bed of its own. */
export function useBed(start: () => Promise<MetaStoreHarness>): () => MetaStoreBed {
  let bed: Bed | undefined;

  beforeEach(async () => {
    const harness = await start();
    bed = new Bed(harness, await harness.open());
  });

  afterEach(() => bed?.harness.dispose());

  return () => {
    if (bed === undefined) throw new Error('a bed is made before each test');
    return bed;
  };
}
