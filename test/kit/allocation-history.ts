import type { WindowKeys } from '../../src/allocators/allocator-keys.js';
import type { Position } from '../../src/allocators/window-counter.js';
import type { WindowAllocatorOptions } from '../../src/allocators/window-options.js';
import { unreachable } from '../../src/domain/invariant.js';
import { bootOn, durableEndMs, stateWith } from './allocator-fixtures.js';
import type { CommitFault } from './faulty-meta-store.js';
import { GrantLedger } from './grant-ledger.js';
import type { VirtualClock } from './virtual-clock.js';

/** One thing that happens to an allocator and the world around it. */
export type HistoryEvent =
  | { readonly kind: 'grant'; readonly count: number; readonly times: number }
  /** Everything up to the very end of the window, in ever smaller blocks. */
  | { readonly kind: 'drain' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'step'; readonly ms: number }
  /** Every commit that begins from now on meets this, whichever process makes it. */
  | { readonly kind: 'trouble'; readonly fault: CommitFault | undefined }
  /** The process dies where it stands; the next one boots after a while. */
  | { readonly kind: 'crash'; readonly downMs: number };

/** What of an allocator a history needs. */
export interface Subject {
  take(count: number): Position | undefined;
}

type Open = (options: WindowAllocatorOptions) => Promise<Subject>;

/** Lives that follow each other on one store, and the ledger of everything they served. */
export class AllocationHistory {
  readonly ledger = new GrantLedger();
  readonly #state = stateWith();
  readonly #keys: WindowKeys;
  readonly #open: Open;
  #fault: CommitFault | undefined;
  #clock: VirtualClock | undefined;
  #wallMs = Date.UTC(2026, 0, 1);
  #subject: Subject | undefined;
  /** Lives that came as far as serving. */
  lives = 0;

  constructor(keys: WindowKeys, open: Open) {
    this.#keys = keys;
    this.#open = open;
  }

  async play(event: HistoryEvent): Promise<void> {
    switch (event.kind) {
      case 'grant':
        return this.#grant(event.count, event.times);
      case 'drain':
        for (let count = 2 ** 31; count >= 1; count /= 2) this.#grant(count, 10);
        return;
      case 'pass':
        if (this.#clock === undefined) this.#boot();
        return this.#clock?.advance(event.ms);
      case 'step':
        this.#wallMs += event.ms;
        return this.#clock?.step(event.ms);
      case 'trouble':
        this.#fault = event.fault;
        return;
      case 'crash':
        return this.#crash(event.downMs);
      default:
        return unreachable(event);
    }
  }

  #boot(): void {
    const { clock, store, fence } = bootOn(this.#state, {
      wallMs: this.#wallMs,
      faults: { onCommit: () => this.#fault },
    });
    this.#clock = clock;
    this.#open({ store, fence, clock, keys: this.#keys }).then(
      (subject) => {
        if (this.#clock !== clock) return;
        this.#subject = subject;
        this.lives += 1;
      },
      () => {
        if (this.#clock === clock) this.#crash(0);
      },
    );
  }

  /** Nothing of the old process moves again: its clock stands still for ever. */
  #crash(downMs: number): void {
    this.#wallMs = (this.#clock?.nowMs() ?? this.#wallMs) + downMs;
    this.#clock = undefined;
    this.#subject = undefined;
  }

  #grant(count: number, times: number): void {
    const durableMs = durableEndMs(this.#state, this.#keys);
    for (let i = 0; i < times; i++) {
      const first = this.#subject?.take(count);
      if (first === undefined) return;
      this.ledger.record(first.physicalMs, first.logical, count, durableMs);
    }
  }
}
