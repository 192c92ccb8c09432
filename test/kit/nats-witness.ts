import { connect, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { freezeAmid } from './freeze-amid.js';
import type { NatsServer } from './nats-server.js';

/** Sees what the server is given on a subject before whoever gave it has the answer. */
export class NatsWitness {
  readonly #server: NatsServer;
  readonly #connection: NatsConnection;
  readonly #seen: Subscription;

  private constructor(server: NatsServer, connection: NatsConnection, subject: string) {
    this.#server = server;
    this.#connection = connection;
    this.#seen = connection.subscribe(subject);
  }

  static async of(server: NatsServer, subject: string): Promise<NatsWitness> {
    const connection = await connect({ servers: server.endpoint, reconnect: false });
    const witness = new NatsWitness(server, connection, subject);
    await connection.flush();
    return witness;
  }

  /**
   * `kill -9` when the server has a message in its hands for which this is true, with everything
   * read that it had answered by then.
   */
  async killAmid(isAmid: (message: Msg) => boolean): Promise<void> {
    for await (const message of this.#seen) {
      if (isAmid(message) && (await freezeAmid(this.#server, () => isAmid(message)))) break;
    }
    await this.#server.kill();
    await this.#connection.close();
  }
}
