import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Line {
  readonly client: Socket;
  readonly target: Socket;
  isDeaf: boolean;
}

/** A TCP relay whose connections can lose what the server answers, or break. */
export class SeverableProxy {
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #endpoint = '';

  private constructor(targetPort: number) {
    this.#server = createServer((client) => this.#relay(client, targetPort));
  }

  /** Relays to `host:port` of this machine. */
  static async before(endpoint: string): Promise<SeverableProxy> {
    const proxy = new SeverableProxy(Number(endpoint.split(':').at(-1)));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const address = proxy.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    proxy.#endpoint = `127.0.0.1:${address.port}`;
    return proxy;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  /** The server hears the connections there are now, but they no longer hear the server. */
  loseReplies(): void {
    for (const line of this.#lines) line.isDeaf = true;
  }

  /** Breaks the connections there are now. */
  cut(): void {
    for (const line of this.#lines) this.#drop(line);
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket, targetPort: number): void {
    const line: Line = { client, target: connect(targetPort, '127.0.0.1'), isDeaf: false };
    this.#lines.add(line);
    client.pipe(line.target);
    line.target.on('data', (data) => {
      if (!line.isDeaf) client.write(data);
    });
    for (const socket of [client, line.target]) {
      socket.on('error', () => this.#drop(line));
      socket.on('close', () => this.#drop(line));
    }
  }

  #drop(line: Line): void {
    this.#lines.delete(line);
    line.client.destroy();
    line.target.destroy();
  }
}
