import { afterAll, beforeAll } from 'vitest';
import { eventually } from '../eventually.js';
import { residentMib } from '../process-memory.js';
import { ServerProcess } from '../server-process.js';
import { type TemporaryDirectory, temporaryDirectory } from '../temporary-directory.js';
import { RawUnary } from './raw-unary.js';

/** What the server says of its event loop when it ends; milliseconds. */
export interface LoopReport {
  readonly blockedMs: number;
  readonly cpuMs: number;
}

/** How the server ended. */
export interface HostileEnd {
  readonly exitCode: number | null;
  readonly loop: LoopReport;
  /** Lines that tell of a defect rather than of bad input. */
  readonly complaints: readonly string[];
}

/** A real server, and a client without manners. */
export class HostileServer {
  #directory: TemporaryDirectory | undefined;
  #server: ServerProcess | undefined;
  #client: RawUnary | undefined;
  #residentAtStartMib = 0;

  /** To be called inside a `describe`. */
  static inSuite(): HostileServer {
    const hostile = new HostileServer();
    beforeAll(() => hostile.#start());
    afterAll(() => hostile.remove());
    return hostile;
  }

  /** One for a single test, which has to `remove` it. */
  static async start(): Promise<HostileServer> {
    const hostile = new HostileServer();
    await hostile.#start();
    return hostile;
  }

  get process(): ServerProcess {
    return present(this.#server);
  }

  get client(): RawUnary {
    return present(this.#client);
  }

  /** Memory gained since the start, in MiB. */
  get grownMib(): number {
    return residentMib(this.process.pid) - this.#residentAtStartMib;
  }

  /** SIGTERM. */
  async end(): Promise<HostileEnd> {
    const { log } = this.process;
    const exitCode = await this.process.terminate();
    this.#server = undefined;
    const ended = await eventually(
      async () => log.find(({ msg }) => msg === 'ended'),
      (line) => line !== undefined,
    );
    return {
      exitCode,
      loop: ended?.loopLongest as LoopReport,
      complaints: log
        .filter(({ level }) => level === 'error' || level === 'fatal')
        .map((line) => JSON.stringify(line)),
    };
  }

  async #start(): Promise<void> {
    this.#directory = await temporaryDirectory();
    this.#server = await ServerProcess.start({ dataDir: this.#directory.path });
    this.#client = new RawUnary(this.#server);
    this.#residentAtStartMib = residentMib(this.#server.pid);
  }

  async remove(): Promise<void> {
    this.#client?.close();
    await this.#server?.kill();
    await this.#directory?.remove();
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the server of this suite is not running');
  return value;
}
