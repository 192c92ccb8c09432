import type { Clock, Timer } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { Fence, MetaStore, Write } from '../../ports/meta-store.js';
import type { SessionRecord, SessionRecords } from '../../ports/session-records.js';
import type { CatalogKeys } from '../catalog/keys.js';
import { IN_PROCESS_ADDRESS } from './in-process-proxy.js';
import { decodeSession, encodeSession } from './session.codec.js';

/** A thousand proxies that come at once make few commits; each is far below any store's limits. */
const COMMIT_WRITES_MAX = 64;
/** Nobody waits for the removal of a session that is over; a restart before it costs its lease. */
const REMOVAL_PAUSE_MS = 5_000;

export interface StoredSessionsDeps {
  readonly store: MetaStore;
  readonly fence: Fence;
  readonly keys: Pick<CatalogKeys, 'members' | 'member'>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface WaitingWrite {
  readonly write: Write;
  settle(): void;
  reject(reason: unknown): void;
}

/**
 * The sessions of proxies in the metastore, a small record each, written by one commit at a time in
 * the order of what was asked. The front of this process ends with it and leaves no record.
 */
export class StoredSessions implements SessionRecords {
  readonly found: readonly SessionRecord[];
  readonly #deps: StoredSessionsDeps;
  /** Everybody of whom the store has a record: whether it is to stay. */
  readonly #stored: Map<bigint, 'stays' | 'goes'>;
  readonly #waiting: WaitingWrite[] = [];
  #isCommitting = false;
  #timer: Timer | undefined;
  #isClosed = false;

  /** Reads what a former process left. */
  static async load(deps: StoredSessionsDeps): Promise<StoredSessions> {
    const found: SessionRecord[] = [];
    for await (const page of deps.store.scan(deps.keys.members)) {
      found.push(...page.map(({ value }) => decodeSession(value)));
    }
    return new StoredSessions(deps, found);
  }

  private constructor(deps: StoredSessionsDeps, found: readonly SessionRecord[]) {
    this.#deps = deps;
    this.found = found;
    this.#stored = new Map(found.map(({ member }) => [member.serverId, 'stays']));
  }

  async save(record: SessionRecord): Promise<void> {
    const { serverId, address } = record.member;
    if (address === IN_PROCESS_ADDRESS) return;
    const before = this.#stored.get(serverId);
    this.#stored.set(serverId, 'stays');
    const key = this.#deps.keys.member(serverId);
    try {
      await this.#write({ kind: 'put', key, value: encodeSession(record) });
    } catch (caught) {
      this.#restore(serverId, before);
      throw caught;
    }
  }

  async remove(serverId: bigint): Promise<void> {
    if (this.#stored.get(serverId) !== 'stays') return;
    this.#stored.set(serverId, 'goes');
    await this.#removeFromStore([serverId]);
  }

  /** What is over and still has a record keeps it: the next process lets its lease run out. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer) this.#deps.clock.clearTimeout(this.#timer);
  }

  /** The store has what it had before a save that failed. */
  #restore(serverId: bigint, before: 'stays' | 'goes' | undefined): void {
    if (before) this.#stored.set(serverId, before);
    else this.#stored.delete(serverId);
    if (before === 'goes') this.#removeLater();
  }

  async #removeFromStore(serverIds: readonly bigint[]): Promise<void> {
    const removals = serverIds.map(async (serverId) => {
      await this.#write({ kind: 'remove', key: this.#deps.keys.member(serverId) });
      // Unless it registered again meanwhile.
      if (this.#stored.get(serverId) === 'goes') this.#stored.delete(serverId);
    });
    const [failure] = (await Promise.allSettled(removals)).filter(isRejected);
    if (!failure || this.#isClosed) return;
    this.#deps.log.warn({ err: failure.reason }, 'sessions that are over keep their records');
    this.#removeLater();
  }

  #removeLater(): void {
    if (this.#timer || this.#isClosed) return;
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#timer = undefined;
      const over = [...this.#stored].filter(([, fate]) => fate === 'goes');
      void this.#removeFromStore(over.map(([serverId]) => serverId));
    }, REMOVAL_PAUSE_MS);
  }

  #write(write: Write): Promise<void> {
    return new Promise((settle, reject) => {
      this.#waiting.push({ write, settle, reject });
      if (!this.#isCommitting) void this.#commitAll();
    });
  }

  async #commitAll(): Promise<void> {
    this.#isCommitting = true;
    while (this.#waiting.length > 0) {
      await this.#commit(this.#waiting.splice(0, COMMIT_WRITES_MAX));
    }
    this.#isCommitting = false;
  }

  /** A commit holds a key once: the latest word counts, and everybody before it is superseded. */
  async #commit(batch: readonly WaitingWrite[]): Promise<void> {
    const { store, fence } = this.#deps;
    const writes = new Map(batch.map(({ write }) => [write.key, write]));
    try {
      await store.commit([...writes.values()], fence);
    } catch (caught) {
      for (const { reject } of batch) reject(caught);
      return;
    }
    for (const { settle } of batch) settle();
  }
}

const isRejected = (outcome: PromiseSettledResult<void>): outcome is PromiseRejectedResult =>
  outcome.status === 'rejected';
