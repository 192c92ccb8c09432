import { type ChannelCredentials, credentials as grpcCredentials } from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';

/**
 * Longer than a server lets a request wait for its saved window (5 s), so that the server's own
 * words arrive before the deadline does.
 */
const TIMEOUT_DEFAULT_MS = 10_000;
/** Some tens of megabytes of promises, and a tenth of a second to serve them all. */
const CALLERS_DEFAULT_MAX = 100_000;
/**
 * One is under way while the callers of the last are served; more make requests small without
 * making anything faster.
 */
const REQUESTS_IN_FLIGHT_DEFAULT_MAX = 2;
/** What PD allows; a server of ours reads 64 ahead. */
const REQUESTS_IN_FLIGHT_MAX = 16;
/** A timer cannot wait longer. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

export interface TsoClientOptions {
  /**
   * `host:port` of `proxy.port` or `rootCoord.port`; of a leader and its standbys all of them, in
   * any order: whoever does not serve sends the client on to the next.
   */
  readonly address: string | readonly string[];
  /** Plaintext when left out. */
  readonly credentials?: ChannelCredentials;
  /** Longest wait of one call, connecting included; whole milliseconds, default 10 000. */
  readonly timeoutMs?: number;
  /** Callers that may wait at once, default 100 000; the next is refused. */
  readonly callersMax?: number;
  /** Requests under way at once, 1 … 16, default 2; callers meanwhile gather for the next. */
  readonly requestsInFlightMax?: number;
}

interface TsoClientSettings extends Required<Omit<TsoClientOptions, 'address'>> {
  /** At least one. */
  readonly addresses: readonly string[];
}

/** The options with their defaults. @throws CoordError `ParameterInvalid` outside their ranges. */
export function settingsOf(options: TsoClientOptions): TsoClientSettings {
  const {
    address,
    credentials = grpcCredentials.createInsecure(),
    timeoutMs = TIMEOUT_DEFAULT_MS,
    callersMax = CALLERS_DEFAULT_MAX,
    requestsInFlightMax = REQUESTS_IN_FLIGHT_DEFAULT_MAX,
  } = options;
  const addresses = typeof address === 'string' ? [address] : address;
  if (addresses.length === 0) throw CoordError.invalid('there is no address');
  checkRange('timeoutMs', timeoutMs, TIMEOUT_MAX_MS);
  checkRange('callersMax', callersMax, Number.MAX_SAFE_INTEGER);
  checkRange('requestsInFlightMax', requestsInFlightMax, REQUESTS_IN_FLIGHT_MAX);
  return { addresses, credentials, timeoutMs, callersMax, requestsInFlightMax };
}

function checkRange(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw CoordError.invalid(`${name} is ${value} instead of a whole number from 1 to ${max}`);
}
