import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { killAtExit } from './kill-at-exit.js';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.js';

/** etcd is ready in under two seconds on an idle machine; tests share theirs. */
const READY_WITHIN_MS = 20_000;
const POLL_EVERY_MS = 50;
/** A port found free may be taken before etcd binds it. */
const STARTS_MAX = 3;
const ETCD_PROGRAM = '/usr/bin/etcd';

/** A real single-node etcd that a test may stop, freeze, kill and start again. */
export interface EtcdServer {
  /** `host:port` of the client side. */
  readonly endpoint: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** `kill -9`, the data stay. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nobody answers. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same data and ports. */
  restart(): Promise<void>;
}

/** Starts etcd in a directory of its own; settles when it answers. */
export async function startEtcd(): Promise<EtcdServer> {
  for (let start = 1; ; start++) {
    const server = new EtcdProcess(await freePort(), await freePort(), await temporaryDirectory());
    try {
      await server.restart();
      return server;
    } catch (error) {
      await server.stop();
      if (start === STARTS_MAX) throw error;
    }
  }
}

class EtcdProcess implements EtcdServer {
  readonly endpoint: string;
  readonly #peerUrl: string;
  readonly #directory: TemporaryDirectory;
  #child: ChildProcess | undefined;

  constructor(clientPort: number, peerPort: number, directory: TemporaryDirectory) {
    this.endpoint = `127.0.0.1:${clientPort}`;
    this.#peerUrl = `http://127.0.0.1:${peerPort}`;
    this.#directory = directory;
  }

  async restart(): Promise<void> {
    const clientUrl = `http://${this.endpoint}`;
    const child = spawn(
      ETCD_PROGRAM,
      [
        ...['--data-dir', this.#directory.path, '--log-level', 'error'],
        ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
        ...['--listen-peer-urls', this.#peerUrl, '--initial-advertise-peer-urls', this.#peerUrl],
        ...['--initial-cluster', `default=${this.#peerUrl}`],
      ],
      { stdio: 'ignore' },
    );
    this.#child = child;
    killAtExit(child);
    await once(child, 'spawn');
    await untilHealthy(clientUrl, child);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.#directory.remove();
  }
}

async function untilHealthy(clientUrl: string, child: ChildProcess): Promise<void> {
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < untilMs) {
    if (child.exitCode !== null) throw new Error(`etcd ended with code ${child.exitCode}`);
    if (await isHealthy(clientUrl)) return;
    await pause(POLL_EVERY_MS);
  }
  throw new Error(`etcd did not answer within ${READY_WITHIN_MS} ms`);
}

async function isHealthy(clientUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(`${clientUrl}/health`, { signal: AbortSignal.timeout(1_000) });
    return (await reply.text()).includes('"true"');
  } catch {
    return false;
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
