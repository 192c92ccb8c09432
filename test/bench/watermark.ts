import { BehaviorSubject, combineLatest, map, type Subscription } from 'rxjs';
import { Watermark } from '../../src/timetick/watermark.js';
import { type BenchRow, row } from './benches.js';
import { interleave } from './rounds.js';

const SIZES = [
  { sources: 4, channels: 16 },
  { sources: 64, channels: 256 },
  { sources: 256, channels: 1_024 },
] as const;

/**
 * When proxies report: each in a moment of its own, always in the same order, as their timers make
 * them; or all at the very same timestamp.
 */
type Phases = 'own phases' | 'one phase';

const ARM_MS = 400;
/** Looking at the clock takes as long as several updates. */
const UPDATES_PER_LOOK = 16_384;

interface Size {
  readonly sources: number;
  readonly channels: number;
}

/** Takes the report of one source for every channel. */
interface Merge {
  report(source: number, ticks: number): void;
  /** Sum of the minima, the same for every merge of the same reports. */
  readonly sum: number;
}

class Watermarks implements Merge {
  readonly #watermarks: readonly Watermark[];

  constructor({ sources, channels }: Size) {
    this.#watermarks = Array.from({ length: channels }, () => {
      const watermark = new Watermark();
      for (let source = 0; source < sources; source += 1) watermark.join(source, 0);
      return watermark;
    });
  }

  report(source: number, ticks: number): void {
    for (const watermark of this.#watermarks) watermark.advance(source, ticks);
  }

  get sum(): number {
    return this.#watermarks.reduce((sum, { ticks }) => sum + ticks, 0);
  }
}

/** What RxJS has for it. */
class CombinedLatest implements Merge {
  readonly #subjects: readonly (readonly BehaviorSubject<number>[])[];
  readonly #minima: number[] = [];
  readonly #subscriptions: Subscription[];

  constructor({ sources, channels }: Size) {
    this.#subjects = Array.from({ length: channels }, () =>
      Array.from({ length: sources }, () => new BehaviorSubject(0)),
    );
    this.#subscriptions = this.#subjects.map((subjects, channel) =>
      combineLatest([...subjects])
        .pipe(map(leastOf))
        .subscribe((least) => {
          this.#minima[channel] = least;
        }),
    );
  }

  report(source: number, ticks: number): void {
    for (const subjects of this.#subjects) subjects[source]?.next(ticks);
  }

  get sum(): number {
    return this.#minima.reduce((sum, ticks) => sum + ticks, 0);
  }

  end(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }
}

function leastOf(ticks: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const one of ticks) if (one < least) least = one;
  return least;
}

/** Rounds of reports by every source, for about `ARM_MS`. */
class Reports {
  readonly #merge: Merge;
  readonly #size: Size;
  readonly #step: number;
  readonly #reportsPerLook: number;
  #ticks = 0;
  #source = 0;

  constructor(merge: Merge, size: Size, phases: Phases) {
    this.#merge = merge;
    this.#size = size;
    this.#step = phases === 'own phases' ? 1 : 0;
    this.#reportsPerLook = Math.ceil(UPDATES_PER_LOOK / size.channels);
  }

  /** @returns updates, one per source and channel, a second. */
  run(): number {
    const beganMs = performance.now();
    let reports = 0;
    let elapsedMs = 0;
    while (elapsedMs < ARM_MS) {
      for (let one = 0; one < this.#reportsPerLook; one += 1) this.#report();
      reports += this.#reportsPerLook;
      elapsedMs = performance.now() - beganMs;
    }
    return (reports * this.#size.channels * 1_000) / elapsedMs;
  }

  rounds(count: number): void {
    for (let one = 0; one < count * this.#size.sources; one += 1) this.#report();
  }

  #report(): void {
    if (this.#source === 0) this.#ticks += 1;
    this.#ticks += this.#step;
    this.#merge.report(this.#source, this.#ticks);
    this.#source = (this.#source + 1) % this.#size.sources;
  }
}

/** Both arms do the same work. */
function agree(size: Size, phases: Phases): void {
  const small = { sources: size.sources, channels: 2 };
  const merges = [new Watermarks(small), new CombinedLatest(small)] as const;
  for (const merge of merges) new Reports(merge, small, phases).rounds(3);
  const [ours, theirs] = merges;
  if (ours.sum !== theirs.sum) throw new Error(`${ours.sum} is not ${theirs.sum}`);
}

/** Updates of per-channel watermarks beside `combineLatest` and a minimum over it. */
export async function benchWatermark(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const phases of ['own phases', 'one phase'] as const) {
    for (const size of SIZES) {
      agree(size, phases);
      const latest = new CombinedLatest(size);
      const ours = new Reports(new Watermarks(size), size, phases);
      const theirs = new Reports(latest, size, phases);
      ours.run();
      theirs.run();
      const measured = await interleave(
        async () => ours.run() / 1e6,
        async () => theirs.run() / 1e6,
      );
      latest.end();
      const what = `million watermark updates/s, ${size.sources} sources × ${size.channels} channels, ${phases}`;
      rows.push(row(what, measured.ours, measured.yardstick, measured.ratio, 'combineLatest'));
    }
  }
  return rows;
}
