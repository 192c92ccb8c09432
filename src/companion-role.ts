import { CoordError } from './domain/errors.js';
import type { Companion } from './root/coordinator.js';

/** What a coordinator stands on while RootCoord leads. */
export type Ground = Parameters<Companion['start']>[0];

interface StoppableRuntime {
  /** Takes no more work and finishes what it took. */
  stop(): Promise<void>;
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

  /** @throws CoordError `ServiceNotReady` before `start` has settled. */
  get runtime(): Runtime {
    if (this.#runtime) return this.#runtime;
    throw CoordError.of('ServiceNotReady', {}, `${this.#name} has not read its records yet`);
  }
}
