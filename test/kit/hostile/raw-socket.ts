import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A TCP connection that says whatever it is told to. */
export class RawSocket {
  readonly #socket: Socket;
  #heard = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#heard = Buffer.concat([this.#heard, bytes]);
    });
    // The other side may cut the connection at any time; that is what most of this is for.
    socket.on('error', () => {});
  }

  static async open(port: number): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  /** Everything the server said so far. */
  get bytes(): Buffer {
    return this.#heard;
  }

  /** The same as text. */
  get heard(): string {
    return this.#heard.toString('latin1');
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Settles when the bytes are with the kernel, or the server no longer listens to us. */
  async send(bytes: Uint8Array | string): Promise<void> {
    if (!this.isOpen) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', resolve);
      this.#socket.write(bytes, () => {
        this.#socket.off('close', resolve);
        resolve();
      });
    });
  }

  /** Settles when the server has closed the connection; false when it did not within the time. */
  async closed(withinMs: number): Promise<boolean> {
    if (!this.isOpen) return true;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    await Promise.race([closed, pause(withinMs)]);
    return !this.isOpen;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
