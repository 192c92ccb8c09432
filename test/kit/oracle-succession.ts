import { HOUR_MS, stateWith, UINT32_MAX, WALL_MS } from './allocator-fixtures.js';
import type { CommitFault } from './faulty-meta-store.js';
import { GrantSweep } from './grant-sweep.js';
import { OracleLife } from './oracle-life.js';
import { SeededRandom } from './seeded-random.js';

/** Deposed ones that have not heard of it; more only make the run longer. */
const ELDERS_MAX = 2;
/** A stall may outlast a window, a life, and the wait for a successor. */
const STALL_MS_MAX = 6_000;
/** Between two looks at the clock; some updates of an oracle. */
const TURN_MS_MAX = 1_500;
const TURNS_MAX = 16;
const LEADER_BLOCKS_MAX = 1_200;
const ELDER_BLOCKS_MAX = 60;
const COUNT_MAX = 300;

/** What happened, so that a test can tell that all of it did. */
export interface SuccessionTally {
  readonly blocks: number;
  readonly timestamps: number;
  /** Elected, whether or not they came to serve. */
  readonly lives: number;
  readonly failedOpens: number;
  /** Blocks handed out by somebody deposed. */
  readonly elderBlocks: number;
  readonly steps: number;
  readonly refused: number;
  readonly faults: Readonly<Record<CommitFault['kind'], number>>;
}

/** Leaders that follow each other on one store while clocks, saves and reads go wrong. */
export class OracleSuccession {
  readonly #random: SeededRandom;
  readonly #blocksWanted: number;
  readonly #sweep: GrantSweep;
  readonly #state = stateWith();
  readonly #tally = {
    timestamps: 0,
    lives: 0,
    failedOpens: 0,
    elderBlocks: 0,
    steps: 0,
    refused: 0,
    faults: { refuse: 0, loseReply: 0, stall: 0, stallReply: 0, hang: 0 },
  };
  #leader: OracleLife;
  #elders: OracleLife[] = [];
  /** End of the highest block that anybody was given. */
  #highest = Number.NEGATIVE_INFINITY;
  /** Met by somebody who waited. */
  #violation: unknown;

  constructor(seed: number, blocksWanted: number) {
    this.#random = new SeededRandom(seed);
    this.#blocksWanted = blocksWanted;
    this.#sweep = new GrantSweep(blocksWanted + TURNS_MAX * LEADER_BLOCKS_MAX * 2);
    this.#leader = this.#elect(WALL_MS);
  }

  /** @throws Error at the first block that overlaps, goes back, or is not below the durable bound. */
  async run(): Promise<SuccessionTally> {
    while (this.#sweep.blocks < this.#blocksWanted) {
      for (let turns = this.#random.below(TURNS_MAX); turns > 0; turns -= 1) await this.#turn();
      this.#succeed();
    }
    this.#sweep.assertDisjoint();
    return { ...this.#tally, blocks: this.#sweep.blocks };
  }

  async #turn(): Promise<void> {
    const lives = [...this.#elders, this.#leader];
    const ms = this.#random.below(TURN_MS_MAX);
    for (const { clock } of lives) await clock.advance(ms);
    if (this.#violation !== undefined) throw this.#violation;
    if (this.#random.chance(0.1)) this.#random.pick(lives).clock.step(this.#stepMs());
    // Elders before and after their successor, whose blocks must lie above either.
    for (const elder of this.#elders) this.#serve(elder, ELDER_BLOCKS_MAX);
    this.#serve(this.#leader, LEADER_BLOCKS_MAX);
    for (const elder of this.#elders) this.#serve(elder, ELDER_BLOCKS_MAX);
  }

  #serve(life: OracleLife, blocksMax: number): void {
    const random = this.#random;
    const taken = life.take(
      1 + random.below(COUNT_MAX),
      random.below(blocksMax),
      this.#floorOf(life),
    );
    if (life !== this.#leader) this.#tally.elderBlocks += taken;
    if (!random.chance(0.2)) return;
    const count = 1 + random.below(random.chance(0.2) ? UINT32_MAX : COUNT_MAX);
    life.request(count, this.#floorOf(life)).catch((error: unknown) => {
      this.#violation ??= error;
    });
  }

  /** A leader is above all that anybody was given; who was deposed, above its own at least. */
  #floorOf(life: OracleLife): number {
    return life === this.#leader ? this.#highest : life.highest;
  }

  /** The leader dies where it stands, or goes on as if nothing had happened. */
  #succeed(): void {
    const gone = this.#leader;
    gone.depose();
    if (gone.hasFailedToOpen) this.#tally.failedOpens += 1;
    this.#tally.refused += gone.refused;
    const heirs = [...this.#elders, ...(this.#random.chance(0.5) ? [gone] : [])];
    this.#elders = heirs.slice(-this.#random.below(ELDERS_MAX + 1));
    const downMs = this.#random.below(4_000);
    const stepMs = this.#random.chance(0.2) ? this.#stepMs() : 0;
    this.#leader = this.#elect(gone.clock.nowMs() + downMs + stepMs);
  }

  #elect(wallMs: number): OracleLife {
    const trouble = this.#random.pick([0, 0.2, 0.7]);
    this.#tally.lives += 1;
    return new OracleLife({
      state: this.#state,
      wallMs,
      faultOf: () => (this.#random.chance(trouble) ? this.#fault() : undefined),
      isUnreadable: () => this.#random.chance(trouble / 5),
      onGrant: (first, end) => {
        this.#highest = Math.max(this.#highest, end);
        this.#tally.timestamps += end - first;
        this.#sweep.add(first, end);
      },
    });
  }

  #stepMs(): number {
    this.#tally.steps += 1;
    return this.#random.pick([-HOUR_MS, HOUR_MS, this.#random.below(2 * HOUR_MS) - HOUR_MS]);
  }

  #fault(): CommitFault {
    const ms = 1 + this.#random.below(STALL_MS_MAX);
    const fault = this.#random.pick<CommitFault>([
      { kind: 'refuse' },
      { kind: 'loseReply' },
      { kind: 'stall', ms },
      { kind: 'stallReply', ms },
      { kind: 'hang', isWritten: this.#random.chance(0.5) },
    ]);
    this.#tally.faults[fault.kind] += 1;
    return fault;
  }
}
