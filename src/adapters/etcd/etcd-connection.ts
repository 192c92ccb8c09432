import { setTimeout as pause } from 'node:timers/promises';
import { Etcd3, type KVClient, type LeaseClient } from 'etcd3';
import { CoordError } from '../../domain/errors.js';
import { invariant } from '../../domain/invariant.js';
import { EndpointHealth } from './endpoint-health.js';
import { etcdFailure, isRefusal, isReplyTooLarge } from './etcd-errors.js';

export interface EtcdConnectionOptions {
  /** `host:port`, with or without `http://`; one of them is enough to start with. */
  readonly endpoints: readonly string[];
  /** How long one attempt may take before another connection is tried. */
  readonly callDeadlineMs?: number;
  /** How long a read is tried again before its caller hears of it. */
  readonly requestTimeoutMs?: number;
  /** How long `open` looks for an endpoint that answers. */
  readonly openDeadlineMs?: number;
}

/** A call option: the wall-clock time by which the call must be answered. */
export interface Deadline {
  readonly deadline: number;
}

/** A healthy etcd answers within milliseconds; a frozen one must not hold a call for long. */
const CALL_DEADLINE_MS = 1_500;
/** Three deadlines: a restarting etcd is back by then, an operator still waits. */
const OPEN_DEADLINE_MS = 5_000;
/** As patient as `open`: those who read are start-up and campaigns. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Between attempts; long enough not to burden an etcd that struggles. */
const RETRY_PAUSE_MS = 100;

/** Pages aim below this; one value of etcd's largest kind (1.5 MiB) fits several times. */
export const REPLY_BYTES_MAX = 16 * 2 ** 20;

/**
 * No transport pings: etcd takes more than one in 5 s, or any without a call, for abuse and drops
 * the connection. Every call has a deadline instead, and one that passes replaces the connection.
 */
const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': REPLY_BYTES_MAX,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.enable_channelz': 0,
  'grpc.enable_retries': 0,
};

/** etcd3 with deadlines on every call, and nothing decided behind our back. */
export class EtcdConnection {
  readonly kv: KVClient;
  readonly lease: LeaseClient;
  readonly #client: Etcd3;
  readonly #callDeadlineMs: number;
  readonly #requestTimeoutMs: number;
  #isClosed = false;

  private constructor(options: EtcdConnectionOptions) {
    const { endpoints, callDeadlineMs, requestTimeoutMs } = options;
    invariant(endpoints.length > 0, 'etcd needs at least one endpoint');
    this.#callDeadlineMs = callDeadlineMs ?? CALL_DEADLINE_MS;
    this.#requestTimeoutMs = requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#client = new Etcd3({
      hosts: [...endpoints],
      grpcOptions: CHANNEL_OPTIONS,
      faultHandling: new EndpointHealth().faultHandling,
      defaultCallOptions: (call) => (call.isStream ? {} : this.deadline()),
    });
    this.kv = this.#client.kv;
    this.lease = this.#client.leaseClient;
  }

  /** Settles once an endpoint answers; `MetaStoreUnavailable` if none does in time. */
  static async open(options: EtcdConnectionOptions): Promise<EtcdConnection> {
    const connection = new EtcdConnection(options);
    const openDeadlineMs = options.openDeadlineMs ?? OPEN_DEADLINE_MS;
    const probe = { key: Buffer.from('\0'), keys_only: true };
    try {
      await connection.#retry((deadline) => connection.kv.range(probe, deadline), openDeadlineMs);
      return connection;
    } catch (error) {
      connection.close();
      const where = `no etcd answers at ${options.endpoints.join(', ')}`;
      const reason = error instanceof Error ? error.message : String(error);
      const text = `${where} within ${openDeadlineMs} ms: ${reason}`;
      throw new CoordError('MetaStoreUnavailable', text, { cause: error });
    }
  }

  /** The options of one call: the usual deadline, or less when less is left. */
  deadline(leftMs = this.#callDeadlineMs): Deadline {
    return { deadline: Date.now() + Math.min(leftMs, this.#callDeadlineMs) };
  }

  /**
   * Runs a call that may be repeated, until it succeeds or the time for it is spent. The call
   * hands on the deadline of its attempt.
   */
  async read<T>(action: string, call: (deadline: Deadline) => Promise<T>): Promise<T> {
    try {
      return await this.#retry(call, this.#requestTimeoutMs);
    } catch (error) {
      throw etcdFailure(action, error);
    }
  }

  /** The pause between two attempts of the same call. */
  pause(): Promise<void> {
    return pause(RETRY_PAUSE_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  async #retry<T>(call: (deadline: Deadline) => Promise<T>, timeoutMs: number): Promise<T> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      try {
        return await call(this.deadline(untilMs - performance.now()));
      } catch (error) {
        const isFinal = this.#isClosed || isRefusal(error) || isReplyTooLarge(error);
        if (isFinal || performance.now() + RETRY_PAUSE_MS >= untilMs) throw error;
      }
      await this.pause();
    }
  }
}
