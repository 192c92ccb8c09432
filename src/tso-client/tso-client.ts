import { SystemClock } from '../adapters/clock/system-clock.js';
import { CoordError } from '../domain/errors.js';
import type { Timestamp } from '../domain/timestamp.js';
import type { Timer } from '../ports/clock.js';
import { CallerBatch } from './caller-batch.js';
import { MilvusSource } from './milvus-source.js';
import {
  CALLERS_PER_REQUEST_MAX,
  RequestPipeline,
  TIMESTAMPS_PER_REQUEST_MAX,
} from './request-pipeline.js';
import { RootCoordSource } from './root-coord-source.js';
import type { ServerAccess } from './server-access.js';
import { StreamSource } from './stream-source.js';
import type { PartsReceiver } from './timestamp-supply.js';
import { settingsOf, type TsoClientOptions } from './tso-client-options.js';

export { CoordError } from '../domain/errors.js';
export { logicalOf, physicalMsOf, type Timestamp } from '../domain/timestamp.js';
export type { PartsReceiver } from './timestamp-supply.js';
export type { TsoClientOptions } from './tso-client-options.js';

/**
 * Timestamps for many callers of one process. Whoever asks in one turn of the event loop, or while
 * requests are under way, shares the next request: a million callers a second need a few hundred.
 *
 * - Unique: no timestamp is handed out twice, by whatever client.
 * - Linearizable: a call that starts after another returned gets a larger timestamp, whichever
 *   clients they used. Nothing is fetched ahead: each request is sent after its callers came.
 * - Patient: a lost connection, a restart or a server not yet ready is waited for, and asked again,
 *   until the deadline of the call. With several addresses each is tried in turn, so that a standby
 *   that takes over is found.
 * - A server without `rootstock.control.v1.TimestampService` is asked by RootCoord's AllocTimestamp
 *   instead, and one without that, by Milvus' own, which costs a call for each caller.
 *
 * Connects with the first call, and keeps the connection until `close`. Every failure is a
 * `CoordError`; `retriable` says whether asking again may help: `ServiceUnavailable` (no server
 * until the deadline), `TimedOut` (a server, but no answer), `TooManyRequests` (`callersMax` are
 * waiting), `Cancelled` (closed), and the server's own refusals.
 *
 * ```ts
 * const tso = new TsoClient({ address: '127.0.0.1:19530' });
 * const timestamp = await tso.allocate();
 * tso.close();
 * ```
 */
export class TsoClient {
  readonly #clock = new SystemClock();
  readonly #timeoutMs: number;
  readonly #callersMax: number;
  readonly #pipeline: RequestPipeline;
  /** Whoever came in this turn; offered when it ends. */
  #gathering: CallerBatch | undefined;
  #callers = 0;
  #expiryTimer: Timer | undefined;
  #isClosed = false;

  /** @throws CoordError `ParameterInvalid` for an option outside its range. */
  constructor(options: TsoClientOptions) {
    const { addresses, credentials, timeoutMs, callersMax, requestsInFlightMax } =
      settingsOf(options);
    const deadlineMs = () => this.#clock.nowMs() + timeoutMs;
    const access = (retries: number): ServerAccess => {
      const address = addresses[retries % addresses.length] ?? '';
      return { address, credentials, deadlineMs };
    };
    this.#timeoutMs = timeoutMs;
    this.#callersMax = callersMax;
    this.#pipeline = new RequestPipeline({
      requestsInFlightMax,
      sources: [
        (retries) => new StreamSource(access(retries)),
        (retries) => new RootCoordSource(access(retries)),
        (retries) => new MilvusSource(access(retries)),
      ],
    });
  }

  /** Callers that wait for a timestamp now. */
  get callers(): number {
    return this.#callers;
  }

  /** One timestamp. */
  allocate(): Promise<Timestamp> {
    const refusal = this.#refusal();
    return refusal ? Promise.reject(refusal) : this.#batchFor(1).addOne();
  }

  /** The first of `count` adjoining timestamps; 1 … 2^32-1. */
  allocateBlock(count: number): Promise<Timestamp> {
    const refusal = this.#refusal() ?? refusalOf(count);
    return refusal ? Promise.reject(refusal) : this.#batchFor(count).addBlock(count);
  }

  /**
   * One timestamp as two numbers, for callers to whom a promise and a bigint are dear: a core serves
   * twice as many. Calls one of both functions, once and later; neither should throw.
   */
  allocateParts(receive: PartsReceiver, refuse: (error: CoordError) => void): void {
    const refusal = this.#refusal();
    if (refusal) queueMicrotask(() => refuse(refusal));
    else this.#batchFor(1).addDirect(receive, refuse);
  }

  /** Refuses whoever waits with `Cancelled` and hangs up. Closing twice is fine. */
  close(): void {
    this.#isClosed = true;
    if (this.#expiryTimer) this.#clock.clearTimeout(this.#expiryTimer);
    this.#gathering?.refuse(closed());
    this.#gathering = undefined;
    this.#pipeline.close(closed());
  }

  #refusal(): CoordError | undefined {
    if (this.#isClosed) return closed();
    if (this.#callers < this.#callersMax) return undefined;
    const limit = { callersMax: this.#callersMax };
    return CoordError.of('TooManyRequests', limit, 'callers wait for timestamps');
  }

  /** Where one more caller with this many timestamps joins. */
  #batchFor(timestamps: number): CallerBatch {
    this.#callers += 1;
    const batch = this.#gathering;
    if (
      batch !== undefined &&
      batch.callers < CALLERS_PER_REQUEST_MAX &&
      batch.timestamps + timestamps <= TIMESTAMPS_PER_REQUEST_MAX
    ) {
      return batch;
    }
    return this.#beginBatch(batch);
  }

  #beginBatch(full: CallerBatch | undefined): CallerBatch {
    if (full) this.#pipeline.offer(full);
    else setImmediate(() => this.#endTurn());
    const deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs;
    const batch = new CallerBatch(deadlineMs, ({ callers }) => {
      this.#callers -= callers;
    });
    this.#gathering = batch;
    this.#expiryTimer ??= this.#expireIn(this.#timeoutMs);
    return batch;
  }

  #endTurn(): void {
    const batch = this.#gathering;
    if (!batch) return;
    this.#gathering = undefined;
    this.#pipeline.offer(batch);
  }

  #expireIn(delayMs: number): Timer {
    return this.#clock.setTimeout(() => this.#expire(), delayMs);
  }

  /** One timer for all: it fires once in a timeout while nobody waits that long. */
  #expire(): void {
    this.#endTurn();
    const nowMs = this.#clock.monotonicMs();
    const nextMs = this.#pipeline.expire(nowMs, this.#overdue());
    this.#expiryTimer = nextMs === undefined ? undefined : this.#expireIn(nextMs - nowMs);
  }

  #overdue(): CoordError {
    const waited = `no timestamp came within ${this.#timeoutMs} ms`;
    const { trouble } = this.#pipeline;
    if (!trouble) return CoordError.of('TimedOut', {}, waited);
    const reason = `${waited}: ${trouble.message}`;
    return new CoordError('ServiceUnavailable', reason, { cause: trouble });
  }
}

const closed = (): CoordError => CoordError.of('Cancelled', {}, 'the timestamp client is closed');

function refusalOf(count: number): CoordError | undefined {
  if (Number.isInteger(count) && count >= 1 && count <= TIMESTAMPS_PER_REQUEST_MAX)
    return undefined;
  return CoordError.invalid(`a block of ${count} timestamps instead of 1 to 2^32-1`);
}
