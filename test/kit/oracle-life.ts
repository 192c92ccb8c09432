import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { TimestampOracle } from '../../src/allocators/timestamp-oracle.js';
import type { Position } from '../../src/allocators/window-counter.js';
import { CoordError } from '../../src/domain/errors.js';
import { LOGICAL_PER_MS } from '../../src/domain/timestamp.js';
import { bootOn, durableEndMs, parts, TIMESTAMP_KEYS, WALL_MS } from './allocator-fixtures.js';
import type { CommitFault } from './faulty-meta-store.js';
import type { VirtualClock } from './virtual-clock.js';

interface OracleLifeOptions {
  readonly state: MemoryMetaState;
  readonly wallMs: number;
  /** Asked before each of its saves. */
  readonly faultOf: () => CommitFault | undefined;
  /** Whether its reads fail now. */
  readonly isUnreadable: () => boolean;
  /** Told of every block, as places on one line: exact numbers for hundreds of years. */
  readonly onGrant: (first: number, end: number) => void;
}

const placeOf = ({ physicalMs, logical }: Position): number =>
  (physicalMs - WALL_MS) * LOGICAL_PER_MS + logical;

/** One process that leads until another is elected, and may live on without having heard of it. */
export class OracleLife {
  readonly clock: VirtualClock;
  readonly #options: OracleLifeOptions;
  #oracle: TimestampOracle | undefined;
  /** The bound its successor found; it must stay below for ever. */
  #boundMs: number | undefined;
  /** End of the highest block it returned. */
  #highest = Number.NEGATIVE_INFINITY;
  hasFailedToOpen = false;
  /** Callers refused after waiting. */
  refused = 0;

  /** Takes the leadership from whoever has it, and opens in its own time. */
  constructor(options: OracleLifeOptions) {
    const { state, wallMs, faultOf, isUnreadable } = options;
    const onGet = () =>
      isUnreadable() ? CoordError.of('MetaStoreUnavailable', {}, 'injected fault') : undefined;
    const { clock, store, fence } = bootOn(state, { wallMs, faults: { onCommit: faultOf, onGet } });
    this.clock = clock;
    this.#options = options;
    TimestampOracle.open({ store, fence, clock, keys: TIMESTAMP_KEYS }).then(
      (oracle) => {
        this.#oracle = oracle;
      },
      () => {
        this.hasFailedToOpen = true;
      },
    );
  }

  get highest(): number {
    return this.#highest;
  }

  /** Another one is elected at this very moment. */
  depose(): void {
    this.#boundMs = durableEndMs(this.#options.state, TIMESTAMP_KEYS);
  }

  /** Up to `times` blocks without waiting, none of them below `floor`. @returns how many. */
  take(count: number, times: number, floor: number): number {
    const bound = this.#bound();
    for (let taken = 0; taken < times; taken += 1) {
      const first = this.#oracle?.take(count);
      if (first === undefined) return taken;
      this.#grant(placeOf(first), count, { floor: Math.max(floor, this.#highest), bound });
    }
    return times;
  }

  /** One block by the call that waits; a retriable refusal is counted and fine. */
  async request(count: number, floor: number): Promise<void> {
    const lowest = Math.max(floor, this.#highest);
    try {
      const first = await this.#oracle?.allocate(count);
      if (first === undefined) return;
      this.#grant(placeOf(parts(first)), count, { floor: lowest, bound: this.#bound() });
    } catch (error) {
      if (!(error instanceof CoordError) || !error.retriable) throw error;
      this.refused += 1;
    }
  }

  #bound(): number {
    const boundMs = this.#boundMs ?? durableEndMs(this.#options.state, TIMESTAMP_KEYS);
    return (boundMs - WALL_MS) * LOGICAL_PER_MS;
  }

  #grant(first: number, count: number, { floor, bound }: { floor: number; bound: number }): void {
    const end = first + count;
    if (first < floor) throw new Error(`${first} came after all below ${floor} were returned`);
    if (end > bound) throw new Error(`a block ends at ${end}, behind the durable ${bound}`);
    this.#highest = Math.max(this.#highest, end);
    this.#options.onGrant(first, end);
  }
}
