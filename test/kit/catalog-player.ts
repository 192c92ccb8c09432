import { CoordError } from '../../src/domain/errors.js';
import { DEFAULT_DATABASE_ID } from '../../src/domain/ids.js';
import { physicalMsOf, type Timestamp, timestamp } from '../../src/domain/timestamp.js';
import type { JournaledChange } from '../../src/root/catalog/journal.js';
import { DEEDS, type Deed, perform } from './catalog-deeds.js';
import { type Facts, Model, type Snapshot } from './catalog-model.js';
import { ModelReads } from './catalog-model-reads.js';
import { answersOf, presentAnswersOf, RootReads } from './catalog-reads.js';
import { RULES } from './ddl-fixtures.js';
import { bootRuntime, type TestRuntime } from './root-runtime.js';

const MINUTE_MS = 60_000;
/** No sum of the pauses of a history comes near either. */
const KEEP_MS = 50 * MINUTE_MS;
const RETENTION_MS = 130 * MINUTE_MS;
const MARGIN_MS = 4 * MINUTE_MS;

const SETTINGS = {
  rules: { ...RULES, undropKeepMs: KEEP_MS },
  historyRetentionMs: RETENTION_MS,
  // Hours pass in a history: at the default of 50 ms most of its time would go into this timer.
  timestampUpdateIntervalMs: 1_000,
  timestampWindowMs: 10_000,
};

/** What happens between deeds. */
export interface Pause {
  readonly kind: 'stop' | 'kill' | 'pass';
  /** For `pass`: how much time does. */
  readonly ms: number;
}

export type Step = Deed | Pause;

const isPause = (step: Step): step is Pause => 'ms' in step;

/** How much was read, and what of it was what. */
export class Tally {
  /** Pairs of a moment of one history and a read, each counted once. */
  pairs = 0;
  /** The same pairs again, after a restart or after time has passed. */
  repeated = 0;
  /** Reads outside the retention window, refused. */
  outside = 0;
  restarts = 0;
  readonly effective = new Map<string, number>();
  readonly ineffective = new Map<string, number>();
}

const count = (counts: Map<string, number>, kind: string): void => {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
};

interface Version {
  readonly since: bigint;
  readonly snapshot: Snapshot;
}

const NOTHING: Snapshot = { databases: [], collections: [], aliases: [], dropped: [] };

/** A history on a real RootCoord and on the model, side by side. */
export class CatalogPlayer {
  readonly #tally: Tally;
  #booted: TestRuntime;
  #versions: Version[] = [];
  /** Of every collection there ever was. */
  readonly #ids: bigint[] = [];
  readonly #read = new Set<bigint>();
  readonly #expected = new WeakMap<Snapshot, { ids: number; answers: string[] }>();
  #sequence = 0n;

  private constructor(booted: TestRuntime, tally: Tally) {
    this.#booted = booted;
    this.#tally = tally;
  }

  /** @throws what differs first. */
  static async play(steps: readonly Step[], tally: Tally): Promise<void> {
    const player = new CatalogPlayer(await bootRuntime({ settings: SETTINGS }), tally);
    try {
      await player.#begin();
      for (const step of steps) await player.#take(step);
      player.#checkAll();
    } finally {
      player.#booted.runtime.abandon();
    }
    const [failure] = player.#booted.broken;
    if (failure) throw failure;
  }

  async #begin(): Promise<void> {
    const [first] = await this.#news();
    if (first?.operation !== 'database.created') throw new Error('no default database');
    const createdMs = BigInt(this.#booted.clock.nowMs());
    const database = { id: DEFAULT_DATABASE_ID, name: 'default', properties: {}, createdMs };
    this.#versions = [
      { since: 0n, snapshot: NOTHING },
      { since: first.timestamp, snapshot: { ...NOTHING, databases: [database] } },
    ];
    this.#checkAll();
  }

  async #take(step: Step): Promise<void> {
    if (!isPause(step)) return this.#do(step);
    if (step.kind === 'pass') await this.#booted.clock.advance(step.ms);
    else await this.#restart(step.kind);
    this.#checkAll();
  }

  async #restart(kind: 'stop' | 'kill'): Promise<void> {
    const { runtime, state, clock, broken } = this.#booted;
    if (kind === 'stop') await runtime.stop();
    else runtime.abandon();
    if (broken[0]) throw broken[0];
    this.#booted = await bootRuntime({ state, clock, settings: SETTINGS });
    this.#tally.restarts += 1;
  }

  async #do(deed: Deed): Promise<void> {
    const { root } = this.#booted;
    const from = await root.allocateTimestamps(1, 0n);
    const effect = new Model(this.#now, (at) => isKept(at, from)).decide(deed);
    await this.#news();
    const failure = await perform(root, deed).then(
      () => undefined,
      (caught: unknown) => CoordError.from(caught).message,
    );
    const until = await root.allocateTimestamps(1, 0n);
    const news = await this.#news();
    const change = news.find(({ operation }) => operation === DEEDS[deed.kind]);
    if ((change !== undefined) !== (effect !== undefined)) {
      throw new Error(
        `${JSON.stringify(deed)} ${change ? 'changed something' : `changed nothing (${failure})`}`,
      );
    }
    count(change ? this.#tally.effective : this.#tally.ineffective, deed.kind);
    if (change && effect)
      this.#add(change.timestamp, effect(this.#factsOf(change, news)), from, until);
    this.#checkNow();
  }

  #add(since: bigint, snapshot: Snapshot, from: bigint, until: bigint): void {
    if (since <= from || since >= until) throw new Error(`${since} is not of ${from}…${until}`);
    this.#versions.push({ since, snapshot });
    for (const at of [since - 1n, since, since + 1n]) this.#check(at);
  }

  #factsOf(change: JournaledChange, news: readonly JournaledChange[]): Facts {
    const { objectId: id, timestamp: at, operation } = change;
    const creation = news.find(
      (each) => each.objectId === id && each.operation.endsWith('.creating'),
    );
    const facts = { at, id, createdAt: creation?.timestamp ?? at, defaultPartitionId: 0n };
    if (operation !== DEEDS.createCollection) return facts;
    this.#ids.push(id);
    const query = { databaseName: 'default', collectionName: '', collectionId: id, at: 0n };
    const [partition] = this.#booted.root.partitions.list(query);
    return { ...facts, defaultPartitionId: partition?.id ?? 0n };
  }

  get #now(): Snapshot {
    return this.#versions.at(-1)?.snapshot ?? NOTHING;
  }

  #snapshotAt(at: bigint): Snapshot {
    return this.#versions.findLast(({ since }) => since <= at)?.snapshot ?? NOTHING;
  }

  /** Every moment just before, at and after every change, and the edge of the window. */
  #checkAll(): void {
    const edge = this.#horizon();
    const moments = new Set([edge - 1n, edge, edge + 1n]);
    for (const { since } of this.#versions.slice(1)) {
      for (const at of [since - 1n, since, since + 1n]) moments.add(at);
    }
    for (const at of moments) {
      if (at >= edge) this.#check(at);
      else this.#checkOutside(at);
    }
    this.#checkNow();
  }

  #horizon(): Timestamp {
    return timestamp(this.#booted.clock.nowMs() - RETENTION_MS, 0);
  }

  #check(at: bigint): void {
    const answers = answersOf(new RootReads(this.#booted.root, at), this.#ids);
    this.#compare(answers, this.#expectedAt(this.#snapshotAt(at)), `at ${at}`);
    if (this.#read.has(at)) this.#tally.repeated += answers.length;
    else this.#tally.pairs += answers.length;
    this.#read.add(at);
  }

  #checkNow(): void {
    const reads = new RootReads(this.#booted.root, 0n);
    const model = new ModelReads(this.#now);
    const answers = [...answersOf(reads, this.#ids), ...presentAnswersOf(reads)];
    const expected = [...this.#expectedAt(this.#now), ...presentAnswersOf(model)];
    this.#compare(answers, expected, 'now');
    this.#tally.pairs += answers.length;
  }

  #checkOutside(at: bigint): void {
    const answers = answersOf(new RootReads(this.#booted.root, at), this.#ids);
    const expected = answers.map(() => 'refused as ParameterInvalid');
    this.#compare(answers, expected, `outside at ${at}`);
    this.#tally.outside += answers.length;
  }

  #expectedAt(snapshot: Snapshot): readonly string[] {
    const known = this.#expected.get(snapshot);
    if (known?.ids === this.#ids.length) return known.answers;
    const answers = answersOf(new ModelReads(snapshot), this.#ids);
    this.#expected.set(snapshot, { ids: this.#ids.length, answers });
    return answers;
  }

  #compare(answers: readonly string[], expected: readonly string[], when: string): void {
    const place = answers.findIndex((answer, i) => answer !== expected[i]);
    if (place < 0 && answers.length === expected.length) return;
    throw new Error(
      `read ${place} ${when} differs\nRootCoord: ${answers[place]}\nmodel:     ${expected[place]}`,
    );
  }

  /** What the journal says since it was asked last. */
  async #news(): Promise<JournaledChange[]> {
    const { feed } = this.#booted.root;
    const over = new AbortController();
    const filter = { databaseNames: [], kinds: [], objectIds: [] };
    const query = { afterSequence: this.#sequence, isOnlyNew: false, filter };
    const watcher = feed.watch(query, over.signal);
    const news: JournaledChange[] = [];
    while (this.#sequence < feed.lastSequence) {
      news.push(...(watcher.take()?.changes ?? []));
      this.#sequence = watcher.sequence;
      if (this.#sequence < feed.lastSequence) await watcher.ready();
    }
    over.abort();
    return news;
  }
}

/** Whether a drop can still be taken back; never asked near the moment when that ends. */
function isKept(droppedAt: bigint, now: bigint): boolean {
  const keptMs = physicalMsOf(now as Timestamp) - physicalMsOf(droppedAt as Timestamp);
  if (Math.abs(keptMs - KEEP_MS) < MARGIN_MS) throw new Error('too near the end of keeping');
  return keptMs < KEEP_MS;
}
