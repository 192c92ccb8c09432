import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './etcd-server.js';
import { killAtExit } from './kill-at-exit.js';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.js';

const READY_WITHIN_MS = 20_000;
const POLL_EVERY_MS = 50;
/** A port found free may be taken before the server binds it. */
const STARTS_MAX = 3;
const NATS_PROGRAM = '/usr/sbin/nats-server';

/** A real nats-server with JetStream that a test may kill and start again. */
export interface NatsServer {
  /** `host:port` for clients. */
  readonly endpoint: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** `kill -9`, the data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
}

/** Starts nats-server in a directory of its own; settles when it greets. */
export async function startNats(): Promise<NatsServer> {
  for (let start = 1; ; start++) {
    const server = new NatsProcess(await freePort(), await temporaryDirectory());
    try {
      await server.restart();
      return server;
    } catch (error) {
      await server.stop();
      if (start === STARTS_MAX) throw error;
    }
  }
}

class NatsProcess implements NatsServer {
  readonly endpoint: string;
  readonly #port: number;
  readonly #directory: TemporaryDirectory;
  #child: ChildProcess | undefined;

  constructor(port: number, directory: TemporaryDirectory) {
    this.endpoint = `127.0.0.1:${port}`;
    this.#port = port;
    this.#directory = directory;
  }

  async restart(): Promise<void> {
    const address = ['--addr', '127.0.0.1', '--port', String(this.#port)];
    const store = ['--jetstream', '--store_dir', this.#directory.path];
    const child = spawn(NATS_PROGRAM, [...address, ...store], { stdio: 'ignore' });
    this.#child = child;
    killAtExit(child);
    await once(child, 'spawn');
    await untilGreeting(this.#port, child);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.#directory.remove();
  }
}

async function untilGreeting(port: number, child: ChildProcess): Promise<void> {
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < untilMs) {
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
    if (await greets(port)) return;
    await pause(POLL_EVERY_MS);
  }
  throw new Error(`nats-server did not greet within ${READY_WITHIN_MS} ms`);
}

/** The server's first line tells whether JetStream is ready. */
async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [greeting] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return String(greeting).includes('"jetstream":true');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
