import { InProcessMembership } from '../../src/adapters/in-process/membership.js';
import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../src/adapters/memory/memory-meta-store.js';
import type { Clock } from '../../src/ports/clock.js';
import { StoredSessions } from '../../src/root/proxies/stored-sessions.js';
import { livingCandidate } from './candidates.js';
import { KEYS } from './catalog-store.js';
import { FaultyMetaStore } from './faulty-meta-store.js';
import { RecordedLog } from './recorded-log.js';

const CANDIDATE = livingCandidate();

/** Sessions and the store they are written down in, over the lives of several coordinators. */
export class SessionWorld {
  readonly log = new RecordedLog();
  readonly store: FaultyMetaStore;
  /** What lies under it, for a commit that is both slow and in vain. */
  readonly disk: FaultyMetaStore;
  readonly #state = new MemoryMetaState();
  readonly #clock: Clock;
  #allocated = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.disk = new FaultyMetaStore(new MemoryMetaStore(this.#state), clock);
    this.store = new FaultyMetaStore(this.disk, clock);
  }

  /** Whoever had them open before is deposed. */
  openRecords(): Promise<StoredSessions> {
    const { store, log } = this;
    const { fence } = this.#state.elect(CANDIDATE);
    return StoredSessions.load({ store, fence, keys: KEYS, clock: this.#clock, log });
  }

  /** The membership of a coordinator that begins. */
  async begin(): Promise<InProcessMembership> {
    return new InProcessMembership({
      clock: this.#clock,
      allocateServerId: async () => ++this.#allocated,
      records: await this.openRecords(),
    });
  }

  /** Server ids with a record. */
  get written(): string[] {
    return this.#state
      .snapshot(KEYS.members)
      .map(({ key }) => key.slice(KEYS.members.length))
      .sort();
  }
}
