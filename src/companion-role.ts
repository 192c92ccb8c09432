import { CoordError } from './domain/errors.js';
import type { Ground } from './ports/ground.js';
import type { Companion } from './root/coordinator.js';

interface StoppableRuntime {
  /** Takes no more work and finishes what it took. */
  stop(): Promise<void>;
  /** Lets go of everything at once, writing nothing. */
  abandon(): void;
}

/** A coordinator beside RootCoord, from process start to exit; RootCoord decides when it leads. */
export class CompanionRole<Runtime extends StoppableRuntime> implements Companion {
  readonly #name: string;
  readonly #begin: (ground: Ground) => Promise<Runtime>;
  #runtime: Runtime | undefined;

  /** @param begin reads what the store holds. */
  constructor(name: string, begin: (ground: Ground) => Promise<Runtime>) {
    this.#name = name;
    this.#begin = begin;
  }

  async start(ground: Ground): Promise<void> {
    this.#runtime = await this.#begin(ground);
  }

  async stop(): Promise<void> {
    await this.#runtime?.stop();
  }

  abandon(): void {
    this.#runtime?.abandon();
  }

  /** @throws CoordError `ServiceNotReady` before `start` has settled. */
  get runtime(): Runtime {
    if (this.#runtime) return this.#runtime;
    throw CoordError.of('ServiceNotReady', {}, `${this.#name} has not read its records yet`);
  }
}
