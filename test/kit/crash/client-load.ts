import type { Status } from '../../../src/gen/common.js';
import type { SeededRandom } from '../seeded-random.js';
import type { ServerProcess } from '../server-process.js';
import type { CallLog } from './call-log.js';
import { Connection } from './connection.js';
import type { NameOperation, Sighting } from './name-history.js';
import type { NumberLedger } from './number-ledger.js';
import { foundIn } from './server-view.js';
import { createRequest, shapeOf, shapes } from './shapes.js';
import { Violation } from './violation.js';

/** Where the load notes what it did and what it was given. */
export interface LoadRecord {
  readonly calls: CallLog;
  readonly timestamps: NumberLedger;
  readonly ids: NumberLedger;
  readonly counts: LoadCounts;
}

export interface LoadCounts {
  creates: number;
  drops: number;
  reads: number;
  allocations: number;
  unanswered: number;
}

/** A few calls wait on each connection, so that they overlap on the way in, too. */
const CONNECTIONS = 4;
const WORKERS_PER_CONNECTION = 3;
/** Most blocks are small, some move the window. */
const SMALL_BLOCK = 8;
const LARGE_BLOCK = 5_000;
/**
 * A few last for seconds: then the counter runs ahead of the clock, and only the saved window keeps
 * a successor above it. Few, because the server lets it run a minute ahead at most.
 */
const LONG_BLOCK = 2 ** 31;
const LONG_BLOCKS_PER_LOAD = 2;
/** DDL that coordinators send to RootCoord itself. */
const DIRECT_SHARE = 0.25;

const SERVICE_NOT_READY = 1;
const UNEXPECTED = 65_535;
const DUPLICATE = 'create duplicate collection with different parameters';

/** In place of an answer once the server is stopping or gone. */
const GONE = Symbol('gone');
type Gone = typeof GONE;

type DdlOutcome = 'done' | 'refused' | 'unanswered';

/**
 * Clients that create and drop collections under random names, read them, and take ids and
 * timestamps, until the server is gone. Every answer is judged as far as it can be on its own.
 */
export class ClientLoad {
  readonly #record: LoadRecord;
  readonly #names: readonly string[];
  readonly #connections: readonly Connection[];
  readonly #workers: Promise<PromiseSettledResult<void>[]>;
  #onAcknowledged = (): void => {};
  #isEnding = false;
  #ddlUnderWay = 0;
  #longBlocksLeft = LONG_BLOCKS_PER_LOAD;

  constructor(
    server: ServerProcess,
    names: readonly string[],
    random: SeededRandom,
    record: LoadRecord,
  ) {
    this.#names = names;
    this.#record = record;
    this.#connections = Array.from({ length: CONNECTIONS }, () => new Connection(server));
    const workers = this.#connections.flatMap((connection) =>
      Array.from({ length: WORKERS_PER_CONNECTION }, () => this.#work(connection, random.fork())),
    );
    this.#workers = Promise.allSettled(workers);
  }

  /** Creates and drops that have no answer yet. */
  get ddlUnderWay(): number {
    return this.#ddlUnderWay;
  }

  /** Settles the moment a create or drop is acknowledged, or when all clients have failed. */
  async nextAcknowledged(): Promise<void> {
    const acknowledged = new Promise<void>((resolve) => {
      this.#onAcknowledged = resolve;
    });
    await Promise.race([acknowledged, this.#workers]);
  }

  /** From now on the server may be gone. Before, a failing call is a violation. */
  expectEnd(): void {
    this.#isEnding = true;
  }

  /** Settles when every client has noticed that the server is gone. @throws Violation */
  async ended(): Promise<void> {
    const outcomes = await this.#workers;
    for (const connection of this.#connections) connection.close();
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #work(connection: Connection, random: SeededRandom): Promise<void> {
    for (;;) {
      const answer = await this.#step(connection, random);
      if (answer === GONE) return;
    }
  }

  /** One call of one client. @returns GONE when it was the last. */
  #step(connection: Connection, random: SeededRandom): Promise<unknown> {
    const name = random.pick(this.#names);
    const dice = random.fraction();
    if (dice < 0.36) return this.#create(connection, random, name);
    if (dice < 0.62) return this.#drop(connection, random, name);
    if (dice < 0.77) return this.#describe(connection, name);
    if (dice < 0.81) return this.#has(connection, name);
    if (dice < 0.83) return this.#show(connection);
    if (dice < 0.89) return this.#takeTimestamps(connection, this.#blockSize(random));
    if (dice < 0.95) return this.#takeIds(connection, this.#blockSize(random));
    if (dice < 0.98) return this.#takeTimestamp(connection);
    return this.#connect(connection);
  }

  #create(connection: Connection, random: SeededRandom, name: string) {
    const shape = random.pick(shapes);
    const door = !shape.isForFront && random.chance(DIRECT_SHARE) ? 'root' : 'front';
    const request = createRequest(shape, name);
    this.#record.counts.creates += 1;
    return this.#ddl(
      name,
      () => connection.create(door, request),
      (outcome) => ({ kind: 'create', shape: shape.name, outcome }),
    );
  }

  #drop(connection: Connection, random: SeededRandom, name: string) {
    const door = random.chance(DIRECT_SHARE) ? 'root' : 'front';
    this.#record.counts.drops += 1;
    return this.#ddl(
      name,
      () => connection.drop(door, name),
      (outcome) => {
        if (outcome === 'refused') throw new Violation('a drop is refused', name);
        return { kind: 'drop', outcome };
      },
    );
  }

  async #ddl(
    name: string,
    call: () => Promise<Status>,
    operation: (outcome: DdlOutcome) => NameOperation,
  ): Promise<unknown> {
    const { calls, counts } = this.#record;
    const startedAt = calls.next();
    this.#ddlUnderWay += 1;
    const reply = await this.#ask(async () => ({ status: await call() }));
    this.#ddlUnderWay -= 1;
    if (reply === GONE) {
      counts.unanswered += 1;
      calls.unanswered(name, startedAt, operation('unanswered'));
      return GONE;
    }
    calls.answered(name, startedAt, operation(outcomeOf(reply.status)));
    this.#onAcknowledged();
    return undefined;
  }

  async #describe(connection: Connection, name: string): Promise<unknown> {
    const startedAt = this.#record.calls.next();
    const reply = await this.#ask(() => connection.describe(name));
    if (reply === GONE) return GONE;
    const found = foundIn(name, reply);
    const sighting = found && { id: found.collectionID, shape: shapeOf(name, found).name };
    return this.#read(name, startedAt, sighting);
  }

  async #has(connection: Connection, name: string): Promise<unknown> {
    const startedAt = this.#record.calls.next();
    const reply = await this.#ask(() => connection.has(name));
    return reply === GONE ? GONE : this.#read(name, startedAt, reply.value ? {} : undefined);
  }

  async #show(connection: Connection): Promise<unknown> {
    const startedAt = this.#record.calls.next();
    const reply = await this.#ask(() => connection.show());
    if (reply === GONE) return GONE;
    const ids = new Map(reply.collectionNames.map((name, i) => [name, reply.collectionIds[i]]));
    for (const name of this.#names) {
      const id = ids.get(name);
      this.#read(name, startedAt, id === undefined ? undefined : { id });
    }
    return undefined;
  }

  async #takeTimestamps(connection: Connection, count: number): Promise<unknown> {
    const reply = await this.#ask(() => connection.takeTimestamps(count));
    if (reply === GONE) return GONE;
    return this.#note('timestamps', 'RootCoord.AllocTimestamp', reply.status, [
      reply.timestamp,
      count,
    ]);
  }

  async #takeTimestamp(connection: Connection): Promise<unknown> {
    const reply = await this.#ask(() => connection.takeTimestamp());
    if (reply === GONE) return GONE;
    return this.#note('timestamps', 'MilvusService.AllocTimestamp', reply.status, [
      reply.timestamp,
      1,
    ]);
  }

  async #connect(connection: Connection): Promise<unknown> {
    const reply = await this.#ask(() => connection.connect());
    if (reply === GONE) return GONE;
    return this.#note('timestamps', 'Connect', reply.status, [reply.identifier, 1]);
  }

  async #takeIds(connection: Connection, count: number): Promise<unknown> {
    const reply = await this.#ask(() => connection.takeIds(count));
    return reply === GONE ? GONE : this.#note('ids', 'AllocID', reply.status, [reply.ID, count]);
  }

  /** The answer, or GONE when the server may be stopping and does not answer any more. */
  async #ask<T extends { status?: Status | undefined }>(call: () => Promise<T>): Promise<T | Gone> {
    let failure: unknown;
    try {
      const reply = await call();
      if (reply.status?.code !== SERVICE_NOT_READY) return reply;
      failure = reply.status;
    } catch (error) {
      failure = String(error);
    }
    if (this.#isEnding) return GONE;
    throw new Violation('a call failed while the server was healthy', failure);
  }

  #blockSize(random: SeededRandom): number {
    if (this.#longBlocksLeft > 0 && random.chance(0.1)) {
      this.#longBlocksLeft -= 1;
      return 1 + random.below(LONG_BLOCK);
    }
    return 1 + random.below(random.chance(0.1) ? LARGE_BLOCK : SMALL_BLOCK);
  }

  #read(name: string, startedAt: number, found: Sighting | undefined): void {
    this.#record.counts.reads += 1;
    this.#record.calls.answered(name, startedAt, { kind: 'read', found });
  }

  /** @param grant first and count of what was given. */
  #note(
    kind: 'ids' | 'timestamps',
    source: string,
    status: Status | undefined,
    [first, count]: [bigint, number],
  ): void {
    if (first <= 0n) throw new Violation(`${source} gave no number`, status);
    this.#record.counts.allocations += 1;
    this.#record[kind].note(source, first, BigInt(count));
  }
}

function outcomeOf(status: Status): 'done' | 'refused' {
  if (status.code === 0) return 'done';
  if (status.code === UNEXPECTED && status.reason.startsWith(DUPLICATE)) return 'refused';
  throw new Violation('a create or drop fails for no reason', status);
}
