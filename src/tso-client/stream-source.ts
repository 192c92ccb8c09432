import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';
import {
  type AllocateRequest,
  type AllocateResponse,
  TimestampServiceClient,
} from '../gen/timestamps.js';
import { CHANNEL_OPTIONS, type ServerAccess } from './server-access.js';
import {
  type Demand,
  isRefusal,
  type Outcome,
  outcomeOfBlock,
  outcomeOfFailure,
  outcomeOfRefusal,
  type TimestampSource,
} from './timestamp-source.js';

/** A request whose answer has not come. */
interface Owed {
  readonly wanted: number;
  readonly settle: (outcome: Outcome) => void;
}

const ENDED: Outcome = {
  kind: 'unreachable',
  error: CoordError.of('ServiceUnavailable', {}, 'the server ended the stream'),
};

/** Rootstock's own stream: one message there and one back for any number of callers. */
export class StreamSource implements TimestampSource {
  readonly #client: TimestampServiceClient;
  readonly #stream: ClientDuplexStream<AllocateRequest, AllocateResponse>;
  /** In the order in which they were sent, which is the order of the answers. */
  readonly #owed: Owed[] = [];
  #isBroken = false;

  constructor({ address, credentials }: ServerAccess) {
    this.#client = new TimestampServiceClient(address, credentials, CHANNEL_OPTIONS);
    this.#stream = this.#client.allocate();
    this.#stream.on('data', (response: AllocateResponse) => this.#answered(response));
    this.#stream.on('error', (error: ServiceError) => this.#fail(outcomeOfFailure(error)));
    this.#stream.on('end', () => this.#fail(ENDED));
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  ask({ timestamps }: Demand, settle: (outcome: Outcome) => void): void {
    this.#owed.push({ wanted: timestamps, settle });
    this.#stream.write({ count: timestamps });
  }

  close(): void {
    this.#isBroken = true;
    this.#owed.length = 0;
    this.#stream.cancel();
    this.#client.close();
  }

  #answered({ timestamp, count, refusal }: AllocateResponse): void {
    const owed = this.#owed.shift();
    if (!owed) return;
    const { wanted, settle } = owed;
    if (isRefusal(refusal)) settle(outcomeOfRefusal(refusal));
    else settle(outcomeOfBlock({ first: timestamp, count, wanted }));
  }

  /** The first who hears of it leaves this source, and nobody else has to be told. */
  #fail(outcome: Outcome): void {
    this.#isBroken = true;
    this.#owed.shift()?.settle(outcome);
  }
}
