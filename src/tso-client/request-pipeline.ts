import { pause } from '../adapters/clock/pause.js';
import { CoordError } from '../domain/errors.js';
import { unreachable } from '../domain/invariant.js';
import type { CallerBatch } from './caller-batch.js';
import type { Outcome, TimestampSource } from './timestamp-source.js';
import type { TimestampSupply } from './timestamp-supply.js';

/** As many callers as PD serves with one request; handing out more takes milliseconds of a turn. */
export const CALLERS_PER_REQUEST_MAX = 10_000;
/** A request carries its count in a uint32. */
export const TIMESTAMPS_PER_REQUEST_MAX = 2 ** 32 - 1;

/** A server that is away is asked again after 50 ms, then at doubled intervals up to a second. */
const RETRY_DELAY_MIN_MS = 50;
const RETRY_DELAY_MAX_MS = 1_000;

interface PipelineOptions {
  /**
   * Ways to ask, the best first; the next is taken when a server does not know one.
   *
   * @param retries how often the connection was lost or refused so far.
   */
  readonly sources: readonly ((retries: number) => TimestampSource)[];
  readonly requestsInFlightMax: number;
}

/** A request under way. */
interface AskedRequest {
  readonly batches: readonly CallerBatch[];
  /** Whatever was handed out before it was sent is not above this. */
  readonly floor: bigint;
  /** Its answer counts no more: the callers wait for another. */
  isForsaken: boolean;
}

/**
 * Turns batches of callers into requests, few at a time, and keeps at it: an allocation can be asked
 * for again without harm, so callers of a lost connection wait for the next one. Every request is
 * sent after its callers came, never before.
 */
export class RequestPipeline {
  readonly #options: PipelineOptions;
  /** Not asked for yet, the oldest first. */
  #waiting: CallerBatch[] = [];
  #asked: AskedRequest[] = [];
  #source: TimestampSource | undefined;
  #sourceIndex = 0;
  #retries = 0;
  /** The source in use has brought something already. */
  #hasServed = false;
  /** The largest timestamp that was ever handed out here. */
  #highest = -1n;
  #retryDelayMs = RETRY_DELAY_MIN_MS;
  #isPausing = false;
  readonly #closing = new AbortController();
  #trouble: CoordError | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Why there is no connection, if there is none. */
  get trouble(): CoordError | undefined {
    return this.#trouble;
  }

  offer(batch: CallerBatch): void {
    this.#waiting.push(batch);
    this.#dispatch();
  }

  /** Refuses with `error` everybody whose deadline has come. @returns the next deadline, if any. */
  expire(nowMs: number, error: CoordError): number | undefined {
    const isDue = (batch: CallerBatch) => batch.deadlineMs <= nowMs;
    const batches = [...this.#asked.flatMap((request) => request.batches), ...this.#waiting];
    const left = batches.filter((batch) => !batch.isSettled && !isDue(batch));
    for (const batch of batches) if (isDue(batch)) batch.refuse(error);
    this.#waiting = this.#waiting.filter((batch) => !batch.isSettled);
    // A server that let a whole request wait so long is none any more.
    if (this.#asked.some(isDead)) this.#leave();
    this.#dispatch();
    return left.reduce<number | undefined>(
      (next, { deadlineMs }) => Math.min(next ?? deadlineMs, deadlineMs),
      undefined,
    );
  }

  close(error: CoordError): void {
    this.#closing.abort();
    this.#leave();
    this.#refuseAll(error);
  }

  #dispatch(): void {
    const { requestsInFlightMax } = this.#options;
    while (
      this.#waiting.length > 0 &&
      this.#asked.length < requestsInFlightMax &&
      !this.#isPausing &&
      !this.#closing.signal.aborted
    ) {
      this.#ask();
    }
  }

  #ask(): void {
    const batches = this.#takeBatches();
    const request = { batches, floor: this.#highest, isForsaken: false };
    this.#asked.push(request);
    const settle = (outcome: Outcome) => {
      if (!request.isForsaken) this.#settle(request, outcome);
    };
    const demand = {
      callers: sumOf(batches, 'callers'),
      timestamps: sumOf(batches, 'timestamps'),
    };
    this.#connected().ask(demand, settle);
  }

  /** The oldest that fit one request; one batch alone always does. */
  #takeBatches(): CallerBatch[] {
    let callers = 0;
    let timestamps = 0;
    const end = this.#waiting.findIndex((batch) => {
      callers += batch.callers;
      timestamps += batch.timestamps;
      return callers > CALLERS_PER_REQUEST_MAX || timestamps > TIMESTAMPS_PER_REQUEST_MAX;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(end, 1));
  }

  #connected(): TimestampSource {
    if (this.#source?.isBroken) this.#dropSource();
    this.#source ??= this.#options.sources[this.#sourceIndex]?.(this.#retries);
    if (!this.#source) throw CoordError.plain('there is no way to ask');
    return this.#source;
  }

  #settle(request: AskedRequest, outcome: Outcome): void {
    switch (outcome.kind) {
      case 'granted':
        return this.#grant(request, outcome.supply);
      case 'refused':
        this.#done(request);
        this.#trouble = undefined;
        for (const batch of request.batches) batch.refuse(outcome.error);
        return this.#dispatch();
      case 'unsupported':
        return this.#fallBack();
      case 'unreachable':
        return this.#retry(outcome.error);
      default:
        return unreachable(outcome);
    }
  }

  #grant(request: AskedRequest, supply: TimestampSupply): void {
    if (supply.lowest <= request.floor) return this.#retry(staleServer(supply.lowest));
    this.#done(request);
    this.#hasServed = true;
    this.#trouble = undefined;
    this.#retryDelayMs = RETRY_DELAY_MIN_MS;
    if (supply.highest > this.#highest) this.#highest = supply.highest;
    for (const batch of request.batches) batch.grant(supply);
    this.#dispatch();
  }

  #done(request: AskedRequest): void {
    this.#asked = this.#asked.filter((asked) => asked !== request);
  }

  /** A server that knew the call and no longer does is another one: it is asked from the start. */
  #fallBack(): void {
    this.#sourceIndex = this.#hasServed ? 0 : this.#sourceIndex + 1;
    this.#leave();
    if (this.#sourceIndex < this.#options.sources.length) return this.#dispatch();
    this.#sourceIndex = 0;
    this.#refuseAll(
      CoordError.of('ServiceUnimplemented', {}, 'the server gives no timestamps by any call'),
    );
  }

  /** Another connection, after a while; the server behind it may know better ways to ask. */
  #retry(error: CoordError): void {
    this.#trouble = error;
    this.#leave();
    this.#sourceIndex = 0;
    this.#retries += 1;
    this.#isPausing = true;
    const delayMs = this.#retryDelayMs;
    this.#retryDelayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS);
    void pause(delayMs, this.#closing.signal).then(() => {
      this.#isPausing = false;
      this.#dispatch();
    });
  }

  /** Forsakes what is under way; whoever still waits for it comes first next time. */
  #leave(): void {
    this.#dropSource();
    for (const request of this.#asked) request.isForsaken = true;
    const unserved = this.#asked.flatMap(({ batches }) => batches.filter((b) => !b.isSettled));
    this.#waiting = [...unserved, ...this.#waiting];
    this.#asked = [];
  }

  #dropSource(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#hasServed = false;
  }

  #refuseAll(error: CoordError): void {
    const refused = this.#waiting;
    this.#waiting = [];
    for (const batch of refused) batch.refuse(error);
  }
}

const isDead = ({ batches }: AskedRequest): boolean => batches.every(({ isSettled }) => isSettled);

function sumOf(batches: readonly CallerBatch[], what: 'callers' | 'timestamps'): number {
  return batches.reduce((sum, batch) => sum + batch[what], 0);
}

/** A leader that was deposed and has not heard of it: its successor answered here already. */
const staleServer = (answered: bigint): CoordError =>
  CoordError.of('ServiceUnavailable', { answered }, 'the server gave a timestamp of the past');
