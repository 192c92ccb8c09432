import { setTimeout as pause } from 'node:timers/promises';
import { DescribeCollectionResponse } from '../../src/gen/milvus.js';
import { CallLog } from './crash/call-log.js';
import { ClientLoad } from './crash/client-load.js';
import { Connection } from './crash/connection.js';
import { type CrashReport, emptyReport } from './crash/crash-report.js';
import { judgeName, type NameState, UNUSED_NAME } from './crash/name-history.js';
import { NumberLedger } from './crash/number-ledger.js';
import { readEverything, type ServerView } from './crash/server-view.js';
import { shapeOf } from './crash/shapes.js';
import { type AuditMood, ROOT_PATH, StoreAudit } from './crash/store-audit.js';
import { withReader } from './crash/store-reader.js';
import { Violation } from './crash/violation.js';
import { eventually } from './eventually.js';
import { SeededRandom } from './seeded-random.js';
import { type ServerOptions, ServerProcess } from './server-process.js';
import type { TestStore } from './stores.js';

export interface CrashRoundsOptions {
  readonly store: TestStore;
  /** Decides workload and kill delays; the machine's own timing does the rest. */
  readonly seed: number;
  /** How many times the server is killed. */
  readonly kills: number;
  /** Told after every round. */
  readonly onRound?: (report: CrashReport) => void;
  /** No round begins after this time on the clock of `performance.now()`. */
  readonly untilMs?: number;
}

/** A drop is final at once: what follows on it is to be interrupted, too. */
const SETS = ['rootstock.undrop.keepSeconds=0'];
/** Few enough that names are created, dropped and created again all the time. */
const NAMES = Array.from({ length: 24 }, (_, i) => `crash_${i}`);
/** Long enough for a few hundred DDL, short enough for many kills. */
const LOAD_MS_MAX = 1_000;
/**
 * When the end comes: around the first calls after a restart, anywhere, right after a promise that
 * has to be kept, or while the collection just dropped is being purged.
 */
const MOMENTS = ['early', 'anyTime', 'onAnswer', 'afterAnswer'] as const;
const EARLY_MS_MAX = 100;
const AFTER_ANSWER_MS_MAX = 15;
/** Logged as a warning when the store is loaded. */
const ORPHANS_FOUND = 'keys without a collection found';
/** A first guess; measured from the first start on. */
const START_MS_GUESS = 600;
/** Kills during the start are spread a little past it. */
const START_SPREAD = 1.25;
/** Purges take milliseconds each; a machine that is busy elsewhere takes longer. */
const RECOVERED_WITHIN_MS = 20_000;

/**
 * Kills the real server again and again while clients create and drop collections, and checks
 * after every restart that nothing acknowledged is lost, nothing is half there, and no number
 * comes twice.
 */
export class CrashRounds {
  readonly #options: CrashRoundsOptions;
  readonly #random: SeededRandom;
  readonly #calls = new CallLog();
  readonly #timestamps = new NumberLedger('timestamps');
  readonly #ids = new NumberLedger('ids');
  readonly #audit = new StoreAudit(this.#timestamps, this.#ids);
  readonly #states = new Map<string, NameState[]>(NAMES.map((name) => [name, [UNUSED_NAME]]));
  /** What clients were told of each collection that was there at the last look. */
  #descriptions = new Map<bigint, Buffer>();
  #server: ServerProcess | undefined;
  #startMs = START_MS_GUESS;
  readonly #report = emptyReport();

  constructor(options: CrashRoundsOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  /** Settles after the last round; leaves no process behind. @throws Violation */
  async run(): Promise<CrashReport> {
    try {
      await this.#runRounds();
      return this.report;
    } finally {
      await this.#server?.kill();
    }
  }

  get report(): CrashReport {
    const numbers = this.#timestamps.count + this.#ids.count;
    return { ...this.#report, numbers, changes: this.#audit.changes };
  }

  async #runRounds(): Promise<void> {
    const { kills, untilMs = Number.POSITIVE_INFINITY, onRound } = this.#options;
    const isDone = () => this.#kills >= kills || performance.now() > untilMs;
    for (let round = 0; !isDone(); round++) {
      await this.#round(round);
      onRound?.(this.report);
    }
    await this.#liveInOrder();
  }

  get #serverOptions(): ServerOptions {
    const { store } = this.#options;
    return { ...store, sets: [...store.sets, ...SETS] };
  }

  get #kills(): number {
    return this.#report.killsUnderLoad + this.#report.killsDuringStart;
  }

  /** One kill under load, and before it whatever is this round's turn. */
  async #round(round: number): Promise<void> {
    if (round % 3 === 1) await this.#dieDuringStart();
    if (round % 4 === 2) await this.#liveUntilStopped();
    if (round % 8 === 4) await this.#liveInOrder();
    await this.#liveUntilKilled({ recoversFirst: round % 4 !== 3, isExamined: round % 4 !== 1 });
  }

  /** Once or twice in a row, so that a recovery is interrupted that was interrupted before. */
  async #dieDuringStart(): Promise<void> {
    const times = 1 + this.#random.below(2);
    for (let i = 0; i < times; i++) {
      const delayMs = this.#random.below(this.#startMs * START_SPREAD);
      await ServerProcess.startAndKill(this.#serverOptions, delayMs);
      this.#report.killsDuringStart += 1;
    }
  }

  async #liveUntilKilled(plan: { recoversFirst: boolean; isExamined: boolean }): Promise<void> {
    const server = await this.#start();
    if (plan.recoversFirst) await this.#examineRecovered();
    const load = await this.#load(server);
    if (load.ddlUnderWay > 0) this.#report.killsAmidDdl += 1;
    await server.kill();
    this.#server = undefined;
    this.#report.killsUnderLoad += 1;
    await load.ended();
    checkLog(server);
    // Without the look the next start is the first to open what the killed process left.
    if (plan.isExamined) await this.#examineDead('asLeft');
  }

  async #liveUntilStopped(): Promise<void> {
    const server = await this.#start();
    const load = await this.#load(server);
    await this.#terminate(server);
    this.#report.stopsUnderLoad += 1;
    await load.ended();
    await this.#examineDead('asLeft');
  }

  async #liveInOrder(): Promise<void> {
    const server = await this.#start();
    await this.#examineRecovered();
    await this.#terminate(server);
    this.#report.stopsInOrder += 1;
    await this.#examineDead('recovered');
  }

  /** Starts the server on what the last one left, and checks what clients see. */
  async #start(): Promise<ServerProcess> {
    const startedAtMs = performance.now();
    const server = await ServerProcess.start(this.#serverOptions);
    this.#startMs = performance.now() - startedAtMs;
    this.#server = server;
    this.#report.restartMsMax = Math.max(this.#report.restartMsMax, Math.round(this.#startMs));
    const connection = new Connection(server);
    try {
      this.#judge(await readEverything(connection, NAMES));
    } finally {
      connection.close();
    }
    return server;
  }

  /** Runs clients against the server for a while and returns when it is to be ended. */
  async #load(server: ServerProcess): Promise<ClientLoad> {
    const load = new ClientLoad(server, NAMES, this.#random.fork(), {
      calls: this.#calls,
      timestamps: this.#timestamps,
      ids: this.#ids,
      counts: this.#report,
    });
    await this.#awaitMoment(load);
    load.expectEnd();
    return load;
  }

  async #awaitMoment(load: ClientLoad): Promise<void> {
    const moment = this.#random.pick(MOMENTS);
    if (moment === 'early') return pause(this.#random.below(EARLY_MS_MAX));
    await load.nextAcknowledged();
    await pause(this.#random.below(LOAD_MS_MAX));
    if (moment === 'anyTime') return;
    await load.nextAcknowledged();
    if (moment === 'afterAnswer') await pause(this.#random.below(AFTER_ANSWER_MS_MAX));
  }

  async #terminate(server: ServerProcess): Promise<void> {
    const startedAtMs = performance.now();
    const code = await server.terminate();
    this.#server = undefined;
    const stopMs = Math.round(performance.now() - startedAtMs);
    this.#report.stopMsMax = Math.max(this.#report.stopMsMax, stopMs);
    checkLog(server);
    if (code === 0) return;
    throw new Violation(`a server told to stop ends with ${code}`, server.log.slice(-20));
  }

  /** What clients see after a start must follow from what they were answered before. */
  #judge(view: ServerView): void {
    const descriptions = new Map<bigint, Buffer>();
    for (const [name, reply] of view) {
      const states = this.#states.get(name) ?? [];
      const calls = this.#calls.take(name);
      const before = judgeName(name, states, calls);
      const startedAt = this.#calls.next();
      const found = reply && { id: reply.collectionID, shape: shapeOf(name, reply).name };
      const look = { operation: { kind: 'read', found }, startedAt, endedAt: startedAt } as const;
      this.#states.set(name, judgeName(name, before, [look], calls));
      if (reply) descriptions.set(reply.collectionID, this.#checkUnchanged(reply));
    }
    this.#descriptions = descriptions;
  }

  /** Nobody alters collections here, so one id has one description for ever. */
  #checkUnchanged(reply: DescribeCollectionResponse): Buffer {
    const described = Buffer.from(DescribeCollectionResponse.encode(reply).finish());
    const known = this.#descriptions.get(reply.collectionID);
    if (!known || known.equals(described)) return described;
    throw new Violation('a restart changed a collection', {
      before: DescribeCollectionResponse.decode(known),
      after: reply,
    });
  }

  /** Waits until the running server has undone and finished everything, then examines the store. */
  async #examineRecovered(): Promise<void> {
    await withReader(this.#options.store, ROOT_PATH, async (reader) => {
      const halfway = () => this.#audit.countHalfway(reader);
      await eventually(halfway, (count) => count === 0, RECOVERED_WITHIN_MS);
      await this.#audit.examine(reader, 'recovered');
    });
    this.#report.audits += 1;
    this.#compareWithRecords();
  }

  /** Examines the store while no server has it; all its numbers are known then. */
  async #examineDead(mood: AuditMood): Promise<void> {
    await withReader(this.#options.store, ROOT_PATH, (reader) => this.#audit.examine(reader, mood));
    this.#report.audits += 1;
    this.#report.foundHalfway += this.#halfway;
    this.#timestamps.closeLife();
    this.#ids.closeLife();
  }

  get #halfway(): number {
    return this.#audit.collections().filter(({ state }) => state !== 'Created').length;
  }

  /** The store and the clients know the same collections. */
  #compareWithRecords(): void {
    const records = this.#audit.collections();
    const described = [...this.#descriptions.values()].map((bytes) =>
      DescribeCollectionResponse.decode(bytes),
    );
    const stored = records.map(({ id, name, createdAt, partitions, virtualChannels }) =>
      [id, name, createdAt, partitions.length, ...virtualChannels].join(' '),
    );
    const shown = described.map((reply) =>
      [
        reply.collectionID,
        reply.collectionName,
        reply.createdTimestamp,
        reply.numPartitions,
        ...reply.virtualChannelNames,
      ].join(' '),
    );
    if (stored.sort().join('\n') === shown.sort().join('\n')) return;
    throw new Violation('clients and the store know different collections', { stored, shown });
  }
}

/** Whatever a predecessor died of, its successor finds nothing broken. */
function checkLog({ log }: ServerProcess): void {
  const complaints = log.filter(
    ({ level, msg }) => level === 'error' || level === 'fatal' || msg === ORPHANS_FOUND,
  );
  if (complaints.length > 0) throw new Violation('the server complains', complaints);
}
