import { CoordError } from '../../src/domain/errors.js';
import { unreachable } from '../../src/domain/invariant.js';
import type { Clock } from '../../src/ports/clock.js';
import type {
  CampaignOutcome,
  Candidate,
  CommitLimits,
  Fence,
  KeyValue,
  MetaStore,
  ScanOptions,
  Write,
} from '../../src/ports/meta-store.js';

/** What goes wrong with one commit. */
export type CommitFault =
  /** Nothing is written and the caller hears of it at once. */
  | { readonly kind: 'refuse' }
  /** Everything is written, but the answer gets lost and the caller sees a failure. */
  | { readonly kind: 'loseReply' }
  /** The write begins only after a while. */
  | { readonly kind: 'stall'; readonly ms: number }
  /** The write happens at once, the answer comes after a while. */
  | { readonly kind: 'stallReply'; readonly ms: number }
  /** The answer never comes: the caller dies first. */
  | { readonly kind: 'hang'; readonly isWritten: boolean };

export interface Faults {
  /** Asked before each commit; commits count from 0. */
  readonly onCommit?: (commitIndex: number) => CommitFault | undefined;
  /** Asked before each read; an error makes the read fail. */
  readonly onGet?: (key: string) => CoordError | undefined;
}

const unavailable = (): CoordError => CoordError.of('MetaStoreUnavailable', {}, 'injected fault');

/** Any meta store, with failures and stalls at chosen commits and reads. */
export class FaultyMetaStore implements MetaStore {
  readonly #inner: MetaStore;
  readonly #clock: Clock;
  /** May be replaced at any time; what is under way keeps the fault it began with. */
  faults: Faults;
  #commitCount = 0;

  constructor(inner: MetaStore, clock: Clock, faults: Faults = {}) {
    this.#inner = inner;
    this.#clock = clock;
    this.faults = faults;
  }

  get limits(): CommitLimits {
    return this.#inner.limits;
  }

  /** How many commits were begun. */
  get commitCount(): number {
    return this.#commitCount;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const error = this.faults.onGet?.(key);
    if (error !== undefined) throw error;
    return this.#inner.get(key);
  }

  scan(prefix: string, options?: ScanOptions): AsyncIterable<readonly KeyValue[]> {
    return this.#inner.scan(prefix, options);
  }

  async commit(writes: readonly Write[], fence: Fence): Promise<void> {
    const commitIndex = this.#commitCount++;
    const fault = this.faults.onCommit?.(commitIndex);
    if (fault === undefined) return this.#inner.commit(writes, fence);
    switch (fault.kind) {
      case 'refuse':
        throw unavailable();
      case 'loseReply':
        await this.#inner.commit(writes, fence);
        throw unavailable();
      case 'stall':
        await this.#wait(fault.ms);
        return this.#inner.commit(writes, fence);
      case 'stallReply':
        await this.#inner.commit(writes, fence);
        return this.#wait(fault.ms);
      case 'hang':
        if (fault.isWritten) await this.#inner.commit(writes, fence);
        return new Promise(() => {});
      default:
        return unreachable(fault);
    }
  }

  campaign(candidate: Candidate): Promise<CampaignOutcome> {
    return this.#inner.campaign(candidate);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimeout(resolve, ms));
  }
}
