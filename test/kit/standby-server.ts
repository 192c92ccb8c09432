import { ProgramRun } from './program-run.js';
import type { LogLine } from './server-process.js';
import type { TestStore } from './stores.js';

const PORTS = ['proxy.port=0', 'rootCoord.port=0', 'dataCoord.port=0', 'metrics.port=0'];

interface Listening extends LogLine {
  readonly ports: { readonly proxy: number; readonly rootCoord: number; readonly metrics: number };
}

const isListening = (line: LogLine): line is Listening => line.msg === 'listening';

const parsed = (lines: readonly string[]): LogLine[] =>
  lines.map((line): LogLine => JSON.parse(line));

/** The real program, started on a store that another one holds. */
export class StandbyServer {
  readonly #run: ProgramRun;

  private constructor(run: ProgramRun) {
    this.#run = run;
  }

  /** Settles when it stands by. */
  static async start({ dataDir, sets }: TestStore): Promise<StandbyServer> {
    const settings = [...PORTS, ...sets].flatMap((set) => ['--set', set]);
    const args = ['dist/src/main.js', '--data-dir', dataDir, ...settings];
    const run = new ProgramRun(process.execPath, args);
    await run.until((lines) => parsed(lines).some(({ msg }) => msg.startsWith('standing by')));
    return new StandbyServer(run);
  }

  get log(): LogLine[] {
    return parsed(this.#run.lines);
  }

  /** Address of MilvusService. */
  get address(): string {
    return `127.0.0.1:${this.#ports.proxy}`;
  }

  get rootCoordAddress(): string {
    return `127.0.0.1:${this.#ports.rootCoord}`;
  }

  get healthUrl(): string {
    return `http://127.0.0.1:${this.#ports.metrics}/healthz`;
  }

  /** SIGTERM; settles when the process is gone. */
  async terminate(): Promise<void> {
    process.kill(this.#run.pid, 'SIGTERM');
    await this.#run.ended();
  }

  get #ports(): Listening['ports'] {
    const listening = this.log.find(isListening);
    if (!listening) throw new Error('the server never said where it listens');
    return listening.ports;
  }
}
