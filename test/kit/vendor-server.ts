import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { killAtExit } from './kill-at-exit.js';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.js';

/** etcd is ready in under two seconds on an idle machine; tests share theirs. */
const READY_WITHIN_MS = 20_000;
const POLL_EVERY_MS = 50;
/** A port found free may be taken before the server binds it. */
const STARTS_MAX = 3;

/** A vendor's real server that a test may stop, freeze, kill and start again. */
export interface VendorServer {
  /** `host:port` for clients. */
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

/** How a server is started, always the same way. */
export interface VendorProgram {
  readonly endpoint: string;
  readonly path: string;
  argumentsFor(dataDir: string): readonly string[];
  /** Whether it answers by now. */
  isReady(): Promise<boolean>;
}

/** Starts a server in a directory of its own; settles when it is ready. */
export async function startVendorServer(
  programOnFreePorts: () => Promise<VendorProgram>,
): Promise<VendorServer> {
  for (let start = 1; ; start++) {
    const server = new VendorProcess(await programOnFreePorts(), await temporaryDirectory());
    try {
      await server.restart();
      return server;
    } catch (error) {
      await server.stop();
      if (start === STARTS_MAX) throw error;
    }
  }
}

class VendorProcess implements VendorServer {
  readonly #program: VendorProgram;
  readonly #directory: TemporaryDirectory;
  #child: ChildProcess | undefined;

  constructor(program: VendorProgram, directory: TemporaryDirectory) {
    this.#program = program;
    this.#directory = directory;
  }

  get endpoint(): string {
    return this.#program.endpoint;
  }

  async restart(): Promise<void> {
    const { path } = this.#program;
    const argv = this.#program.argumentsFor(this.#directory.path);
    const child = spawn(path, argv, { stdio: 'ignore' });
    this.#child = child;
    killAtExit(child);
    await once(child, 'spawn');
    await untilReady(this.#program, child);
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

async function untilReady(program: VendorProgram, child: ChildProcess): Promise<void> {
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < untilMs) {
    if (child.exitCode !== null) throw new Error(`${program.path} ended with ${child.exitCode}`);
    if (await program.isReady()) return;
    await pause(POLL_EVERY_MS);
  }
  throw new Error(`${program.path} was not ready within ${READY_WITHIN_MS} ms`);
}
