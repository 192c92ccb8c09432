import type {
  CampaignOutcome,
  Candidate,
  CommitLimits,
  Fence,
  KeyValue,
  Leadership,
  MetaStore,
  ScanOptions,
  Write,
} from '../../ports/meta-store.js';
import { checkKey, sealCommit, startOfScan, storeIsClosed } from '../meta-store-rules.js';
import { describeCandidate, type Liveness, livenessOf } from '../process-identity.js';
import type { MemoryMetaState, MemoryOwner } from './memory-meta-state.js';

export interface MemoryMetaStoreOptions {
  /** Defaults to etcd's limits, so that what passes here passes there. */
  readonly limits?: CommitLimits;
  /** Rows in a page of a scan. */
  readonly pageRows?: number;
  /** Simulations, whose processes are all one, say here which candidate still lives. */
  readonly livenessOf?: (candidate: Candidate) => Liveness;
}

/** etcd's 128 operations less one, and its 1.5 MiB less some room for the envelope. */
const DEFAULT_LIMITS: CommitLimits = { operationsMax: 127, bytesMax: 1_556_480 };
const DEFAULT_PAGE_ROWS = 1000;

/** A metastore without a disk, for tests and simulations; what it writes lives in its state. */
export class MemoryMetaStore implements MetaStore {
  readonly limits: CommitLimits;
  readonly #state: MemoryMetaState;
  readonly #pageRows: number;
  readonly #livenessOf: (candidate: Candidate) => Liveness;
  readonly #owned = new Set<MemoryOwner>();
  #isClosed = false;

  constructor(state: MemoryMetaState, options: MemoryMetaStoreOptions = {}) {
    this.limits = options.limits ?? DEFAULT_LIMITS;
    this.#state = state;
    this.#pageRows = options.pageRows ?? DEFAULT_PAGE_ROWS;
    this.#livenessOf = options.livenessOf ?? livenessOf;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    checkKey(key);
    const value = this.#state.valueOf(key);
    return value && Buffer.from(value);
  }

  async *scan(prefix: string, options: ScanOptions = {}): AsyncGenerator<readonly KeyValue[]> {
    this.#assertOpen();
    const start = startOfScan(prefix, options);
    const rows = this.#state.snapshot(prefix, start).slice(0, options.limit);
    for (let from = 0; from < rows.length; from += this.#pageRows) {
      const page = rows.slice(from, from + this.#pageRows);
      yield page.map(({ key, value }) => ({ key, value: Buffer.from(value) }));
      this.#assertOpen();
    }
  }

  async commit(writes: readonly Write[], fence: Fence): Promise<void> {
    this.#assertOpen();
    this.#state.apply(sealCommit(writes, this.limits), fence);
  }

  async campaign(candidate: Candidate): Promise<CampaignOutcome> {
    this.#assertOpen();
    const owner = this.#state.owner;
    if (owner !== undefined && this.#livenessOf(owner.candidate) !== 'dead') {
      return { kind: 'held', holder: describeCandidate(owner.candidate) };
    }
    return { kind: 'elected', leadership: this.#lead(this.#state.elect(candidate)) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const owner of this.#owned) this.#state.release(owner);
  }

  #lead(owner: MemoryOwner): Leadership {
    this.#owned.add(owner);
    return {
      fence: owner.fence,
      lost: owner.lost.signal,
      get isProved() {
        return !owner.lost.signal.aborted;
      },
      resign: async () => this.#state.release(owner),
    };
  }

  #assertOpen(): void {
    if (this.#isClosed) throw storeIsClosed();
  }
}
