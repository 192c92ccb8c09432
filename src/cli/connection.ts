import {
  type CallOptions,
  type Client,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { SystemClock } from '../adapters/clock/system-clock.js';
import type { Config } from '../config/schema.js';
import { CoordError } from '../domain/errors.js';
import { ControlServiceClient } from '../gen/control.js';
import { MilvusServiceClient } from '../gen/milvus.js';
import { callError } from './call-error.js';
import { type ConfigOptions, readConfig } from './read-config.js';
import { serverAddress } from './server-address.js';

/** A DDL waits in a queue, but nobody waits longer for one. */
const CALL_DEADLINE_MS = 60_000;
/** A server that is there takes a connection at once; one that starts does so this soon. */
const CONNECT_WITHIN_MS = 3_000;
/** A network that swallows packets is noticed this soon. */
const KEEPALIVE_MS = 30_000;
/** How soon the connection is tried again, and how seldom at last. */
const RECONNECT_MS = { first: 100, longest: 5_000 };

export interface ClientOptions extends ConfigOptions {
  readonly address?: string;
}

/** Starts a unary call: the rest of the arguments a client takes after the request. */
export type StartCall<Answer> = (
  metadata: Metadata,
  options: Partial<CallOptions>,
  done: (error: ServiceError | null, answer: Answer) => void,
) => void;

/** The services of one Rootstock, and the configuration this program runs with. */
export class Connection {
  readonly address: string;
  readonly config: Config;
  readonly control: ControlServiceClient;
  readonly milvus: MilvusServiceClient;
  readonly #clock = new SystemClock();

  private constructor(options: ClientOptions) {
    this.config = readConfig(options).config;
    this.address = serverAddress(options.address, this.config);
    const { clientMaxRecvSize, clientMaxSendSize } = this.config.proxy.grpc;
    const channel = {
      'grpc.max_receive_message_length': clientMaxRecvSize,
      'grpc.max_send_message_length': clientMaxSendSize,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.initial_reconnect_backoff_ms': RECONNECT_MS.first,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS.longest,
      'grpc.enable_channelz': 0,
    };
    const plaintext = credentials.createInsecure();
    this.control = new ControlServiceClient(this.address, plaintext, channel);
    this.milvus = new MilvusServiceClient(this.address, plaintext, channel);
  }

  /**
   * Connects, does the work and closes. @throws ConfigError, UsageError, and CoordError in words
   * when the server is not there or a call fails.
   */
  static async use<T>(options: ClientOptions, work: (connection: Connection) => Promise<T>) {
    const connection = new Connection(options);
    try {
      await connection.#untilReady(connection.control);
      return await work(connection);
    } catch (caught) {
      throw callError(connection.address, caught);
    } finally {
      connection.control.close();
      connection.milvus.close();
    }
  }

  /** One unary call, within a deadline. */
  readonly call = <Answer>(start: StartCall<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = { deadline: this.#clock.nowMs() + CALL_DEADLINE_MS };
      start(new Metadata(), options, (error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });

  #untilReady(client: Client): Promise<void> {
    return new Promise((resolve, reject) => {
      client.waitForReady(this.#clock.nowMs() + CONNECT_WITHIN_MS, (error) => {
        if (error) reject(CoordError.plain(`${this.address} cannot be reached`));
        else resolve();
      });
    });
  }
}
