import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A line of the server's log. */
export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ServerOptions {
  readonly dataDir: string;
  /** `key=value` settings over the defaults; every port is a free one unless said here. */
  readonly sets?: readonly string[];
  readonly args?: readonly string[];
}

interface Ports {
  readonly proxy: number;
  readonly rootCoord: number;
  readonly dataCoord: number;
  readonly metrics: number;
}

const FREE_PORTS = ['proxy.port=0', 'rootCoord.port=0', 'dataCoord.port=0', 'metrics.port=0'];
const HEALTHY_WITHIN_MS = 20_000;

/** The real program in a process of its own, the way `npm start` runs it. */
export class ServerProcess {
  readonly ports: Ports;
  readonly log: readonly LogLine[];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  private constructor(child: ChildProcess, log: LogLine[], exited: Promise<number | null>) {
    const listening = log.find(({ msg }) => msg === 'listening');
    this.ports = listening?.ports as Ports;
    this.log = log;
    this.#child = child;
    this.#exited = exited;
  }

  /** Settles once the server is healthy; rejects with its output when it ends before. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { child, exited } = spawnServer(options);
    const log: LogLine[] = [];
    await untilHealthy(child, log, exited);
    return new ServerProcess(child, log, exited);
  }

  /**
   * Starts the server and `kill -9`s it `delayMs` later, wherever it has come by then; rejects when
   * it ends by itself before.
   */
  static async startAndKill(options: ServerOptions, delayMs: number): Promise<void> {
    const { child, exited } = spawnServer(options);
    const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
    const failure = await untilHealthy(child, [], exited).catch((error: unknown) => error);
    const code = await exited;
    clearTimeout(timer);
    if (code !== null) throw failure;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Address of MilvusService. */
  get address(): string {
    return `127.0.0.1:${this.ports.proxy}`;
  }

  /** Address of RootCoord. */
  get rootCoordAddress(): string {
    return `127.0.0.1:${this.ports.rootCoord}`;
  }

  /** Address of DataCoord. */
  get dataCoordAddress(): string {
    return `127.0.0.1:${this.ports.dataCoord}`;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** SIGTERM. @returns the exit code. */
  async terminate(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#exited;
  }

  /** SIGSTOP and SIGCONT: a process that hangs and comes back. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }
}

function spawnServer({ dataDir, sets = [], args = [] }: ServerOptions) {
  const settings = [...FREE_PORTS, ...sets].flatMap((set) => ['--set', set]);
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=16', 'dist/src/main.js', '--data-dir', dataDir, ...settings, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exited };
}

async function untilHealthy(
  child: ChildProcess,
  log: LogLine[],
  exited: Promise<number | null>,
): Promise<void> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the server was started without pipes');
  let complaints = '';
  stderr.on('data', (text) => {
    complaints += text;
  });
  const healthy = new Promise<void>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const parsed = JSON.parse(line) as LogLine;
      log.push(parsed);
      if (parsed.msg === 'healthy') resolve();
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('is not healthy in time'), HEALTHY_WITHIN_MS);
  });
  const ended = exited.then((code) => `ended with ${code}`);
  const failure = await Promise.race([healthy, late, ended]);
  clearTimeout(timer);
  if (!failure) return;
  child.kill('SIGKILL');
  const output = log.map((line) => JSON.stringify(line)).join('\n');
  throw new Error(`the server ${failure}\n${output}\n${complaints}`);
}
